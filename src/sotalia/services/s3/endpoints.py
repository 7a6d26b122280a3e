"""Where requests for a bucket go: addressing, and redirects to the region that a bucket is in."""

from __future__ import annotations

from contextvars import ContextVar

from sotalia.call import pipeline
from sotalia.endpoints.functions import is_arn, is_valid_host_label
from sotalia.retries.backoff import Delay
from sotalia.runtime import SingleFlight
from sotalia.runtime.features import features
from sotalia.transport.address import split_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.model.service import OperationModel

_PATH_STYLE = "AWS::S3::ForcePathStyle"
# Set while the redirector makes its own call. Not in the call's context, which handlers see as boto3's.
_is_lookup: ContextVar[bool] = ContextVar("is_lookup", default=False)


def choose_addressing(
    builtins: dict[str, Any],
    model: OperationModel,
    params: dict[str, Any],
    context: dict[str, Any],
    **kwargs: Any,
) -> None:
    """Path style where a bucket's region is not known yet, never for ARNs; global hosts for presigned URLs."""
    bucket = params.get("Bucket")
    bucket_is_arn = is_arn(bucket)
    if model.name == "GetBucketLocation":
        builtins[_PATH_STYLE] = True
    elif bucket_is_arn:
        builtins[_PATH_STYLE] = False
    if not context.get("use_global_endpoint") or bucket_is_arn or builtins[_PATH_STYLE]:
        return
    if isinstance(bucket, str) and (bucket.endswith("--x-s3") or not is_valid_host_label(bucket, False)):
        return
    builtins["AWS::Region"] = "aws-global"
    builtins["AWS::S3::UseGlobalEndpoint"] = True


class _Redirect(dict[str, "Any"]):
    """What handlers see of a redirect, and whether this call has already asked where the bucket is."""

    was_asked = False


class RegionRedirector:
    """Follows buckets to their regions: one redirect per call, remembered for the client's later calls."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client
        self._regions: dict[str, str] = {}
        self._lookups = SingleFlight()

    def for_view(self, view: BaseClient) -> RegionRedirector:
        """The same for a view of the client, with the regions that are known."""
        twin = RegionRedirector(view)
        twin._regions = self._regions
        return twin

    def annotate_request_context(
        self, params: dict[str, Any], context: dict[str, Any], **kwargs: Any
    ) -> None:
        """A handler of ``before-parameter-build``: keep what a redirect needs."""
        context["s3_redirect"] = _Redirect(redirected=False, bucket=params.get("Bucket"), params=params)

    def redirect_from_cache(self, builtins: dict[str, Any], params: dict[str, Any], **kwargs: Any) -> None:
        """A handler of ``before-endpoint-resolution``: go to the region that an earlier call found."""
        if not self._regions:
            return
        bucket = params.get("Bucket")
        region = self._regions.get(bucket) if isinstance(bucket, str) else None
        if region is not None:
            builtins["AWS::Region"] = region

    def redirect_from_error(
        self, request_dict: dict[str, Any], response: Any, operation: Any, **kwargs: Any
    ) -> Coroutine[Any, Any, Delay | None] | None:
        """A handler of ``needs-retry``: ``0`` to try again at once where the bucket is."""
        if response is None or response[1] is None or not _is_elsewhere(response, operation.name):
            return None
        return self._follow(request_dict, response, operation)

    async def _follow(self, request_dict: dict[str, Any], response: Any, operation: Any) -> Delay | None:
        context = request_dict["context"]
        redirect = context.get("s3_redirect")
        if not isinstance(redirect, _Redirect) or redirect.get("redirected") or _is_lookup.get():
            return None
        bucket = redirect.get("bucket")
        if is_arn(bucket):
            return None
        region = _told_region(response)
        was_asked, redirect.was_asked = redirect.was_asked, True
        if region is None and bucket is not None and operation.name != "HeadBucket" and not was_asked:
            runtime = self._client.meta.runtime
            region = await self._lookups.share(lambda: self._asked_region(bucket), runtime, str(bucket))
        if region is None:
            return None
        features.note("S3_REGION_REDIRECT")
        self._regions[str(bucket)] = region
        endpoint = await self._client.parts.endpoint_resolver.resolve(operation, redirect["params"], context)
        scheme, authority, _, _ = split_url(endpoint.url)
        _, _, path, query = split_url(request_dict["url"])
        request_dict["url"] = f"{scheme}://{authority}{path}" + (f"?{query}" if query else "")
        redirect["redirected"] = True
        return Delay(0, f"the bucket is in {region}")

    async def _asked_region(self, bucket: Any) -> str | None:
        """Where one more request says that the bucket is; its own redirects are not followed."""
        from sotalia import exceptions

        token = _is_lookup.set(True)
        try:
            answer = await pipeline.invoke(self._client, "HeadBucket", {"Bucket": bucket})
        except exceptions.ClientError as error:
            answer = error.response
        finally:
            _is_lookup.reset(token)
        return _region(answer["ResponseMetadata"].get("HTTPHeaders", {}).get("x-amz-bucket-region"))


def _told_region(response: Any) -> str | None:
    """Where the headers, else the error, say that the bucket is."""
    parsed = response[1]
    headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return _region(headers.get("x-amz-bucket-region")) or _region(parsed.get("Error", {}).get("Region"))


def _region(text: Any) -> str | None:
    """A region that a response names, or ``None``: it becomes part of a host, so it must be one label of it."""
    return text if isinstance(text, str) and is_valid_host_label(text, False) else None


def _is_elsewhere(response: Any, operation_name: str) -> bool:
    """Whether a response says that the bucket is in another region."""
    http_response, parsed = response
    if http_response.status_code < 300 and "Error" not in parsed:
        return False
    error = parsed.get("Error", {})
    code = error.get("Code")
    # A HEAD that was signed for the wrong region is refused without a word.
    is_silent = code in ("301", "400")
    headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return (
        (code == "AuthorizationHeaderMalformed" and "Region" in error)
        or code == "PermanentRedirect"
        or http_response.status_code in (301, 302, 307)
        or (is_silent and operation_name == "HeadObject")
        or (is_silent and operation_name == "HeadBucket" and "x-amz-bucket-region" in headers)
        or (code == "IllegalLocationConstraintException" and operation_name != "CreateBucket")
    )
