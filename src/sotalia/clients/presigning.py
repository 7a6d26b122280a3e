"""Presigned URLs and forms: a request signed now, to be sent later by somebody else.

The events of a presigned call are ``provide-client-params``, ``before-parameter-build``, ``before-endpoint-resolution``,
``choose-signer`` and ``before-sign``. On an asynchronous client both functions return coroutines.
"""

from __future__ import annotations

import time

from sotalia import exceptions
from sotalia.call import Call, pipeline
from sotalia.endpoints.functions import is_arn
from sotalia.protocols.scalars import plain
from sotalia.transport.messages import AWSRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient

_FILENAME = "${filename}"


def generate_presigned_url(
    self: BaseClient,
    ClientMethod: str,  # noqa: N803 - the reference's public names
    Params: dict[str, Any] | None = None,  # noqa: N803
    ExpiresIn: int = 3600,  # noqa: N803
    HttpMethod: str | None = None,  # noqa: N803
) -> Any:
    """A URL with which anybody can make one call for ``ExpiresIn`` seconds.

    ``ClientMethod``: the method's name (``"get_object"``) · ``Params``: its parameters · ``HttpMethod``: another verb than
    the operation's. Raises ``UnknownClientMethodError``, ``ParamValidationError``, ``NoCredentialsError``.
    """
    return self.meta.runtime.run(_presigned_url(self, ClientMethod, Params, ExpiresIn, HttpMethod))


def generate_presigned_post(
    self: BaseClient,
    Bucket: str,  # noqa: N803
    Key: str,  # noqa: N803
    Fields: dict[str, Any] | None = None,  # noqa: N803
    Conditions: list[Any] | None = None,  # noqa: N803
    ExpiresIn: int = 3600,  # noqa: N803
) -> Any:
    """Address and fields of a form with which anybody can upload one object for ``ExpiresIn`` seconds.

    ``Key`` may end with ``${filename}``. ``Fields`` are sent along (``{"acl": "public-read"}``) and need a condition each.
    Returns ``{"url": ..., "fields": {...}}``.
    """
    return self.meta.runtime.run(_presigned_post(self, Bucket, Key, Fields, Conditions, ExpiresIn))


def add_generate_presigned_url(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-client-class``: every client can presign."""
    class_attributes["generate_presigned_url"] = generate_presigned_url


def add_generate_presigned_post(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-client-class.s3``: S3 clients can presign forms."""
    class_attributes["generate_presigned_post"] = generate_presigned_post


async def _presigned_url(
    client: BaseClient, method: str, params: dict[str, Any] | None, expires_in: int, verb: str | None
) -> str:
    operation_name = client._PY_TO_OP_NAME.get(method)
    if operation_name is None:
        from sotalia.runtime.spelling import did_you_mean

        error = exceptions.UnknownClientMethodError(method_name=method)
        from sotalia.runtime.error_pickles import reworded

        reworded(error, f"{error}{did_you_mean(method, client._PY_TO_OP_NAME)}")
        raise error
    request = await _request(client, operation_name, dict(params or {}))
    if verb is not None:
        request["method"] = verb
    return await client.parts.signer.presign_url(request, operation_name, expires_in)


async def _presigned_post(
    client: BaseClient,
    bucket: str,
    key: str,
    fields: dict[str, Any] | None,
    conditions: list[Any] | None,
    expires_in: int,
) -> dict[str, Any]:
    bucket, key = plain(bucket), plain(key)
    fields = dict(fields or {})
    conditions = list(conditions or ())
    # The address of CreateBucket is that of the bucket, which is where the form goes.
    request_dict = await _request(client, "CreateBucket", {"Bucket": bucket})
    conditions.append({"bucket": bucket})
    if key.endswith(_FILENAME):
        conditions.append(["starts-with", "$key", key.removesuffix(_FILENAME)])
    else:
        conditions.append({"key": key})
    fields["key"] = key
    expiration = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + expires_in))
    request = AWSRequest.from_request_dict(request_dict)
    request.context["s3-presign-post-fields"] = fields
    request.context["s3-presign-post-policy"] = {"expiration": expiration, "conditions": conditions}
    await client.parts.signer.sign_async("PutObject", request, signing_type="presign-post")
    return {"url": request.url, "fields": fields}


# What Python names where nobody awaits them.
_presigned_url.__qualname__ = "generate_presigned_url"
_presigned_post.__qualname__ = "generate_presigned_post"


async def _request(client: BaseClient, operation_name: str, params: dict[str, Any]) -> dict[str, Any]:
    """The request dict of a call that is not made."""
    operation = client.parts.operation(operation_name)
    context: dict[str, Any] = {
        "is_presign_request": True,
        "use_global_endpoint": _may_use_global_endpoint(client),
    }
    call = Call(client, operation, params, context)
    await pipeline.provide_parameters(call)
    params = call.parameters
    endpoint = await client.parts.endpoint_resolver.resolve(
        operation.model, params, context, ignores_signing_region=not is_arn(params.get("Bucket"))
    )
    return pipeline.address(call, pipeline.serialize(client, operation, params), endpoint)


def _may_use_global_endpoint(client: BaseClient) -> bool:
    """Whether URLs of S3 name no region, unless the bucket or its addressing asks for one."""
    if client.meta.partition != "aws":
        return False
    config = client.meta.config
    s3_config = config.s3 or {}
    if s3_config.get("use_dualstack_endpoint") or s3_config.get("addressing_style") == "virtual":
        return False
    return not (
        s3_config.get("us_east_1_regional_endpoint") == "regional" and config.region_name == "us-east-1"
    )
