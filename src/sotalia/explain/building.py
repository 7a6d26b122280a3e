"""Make an :class:`~sotalia.explain.explanation.Explanation` of a rehearsal: worked out, put into words, without secrets."""

from __future__ import annotations

import os

from sotalia.config.unsigned import is_unsigned
from sotalia.credentials.chain import told
from sotalia.credentials.deferred import DeferredCredentials
from sotalia.credentials.precedence import summaries
from sotalia.endpoints.trace import conditions
from sotalia.explain.curl import curl_command
from sotalia.explain.explanation import (
    AuthReport,
    BodyReport,
    Change,
    CredentialsReport,
    EndpointReport,
    Explanation,
    RegionReport,
    RequestReport,
    RetryReport,
    TimeoutReport,
)
from sotalia.explain.people import handler_reports, hook_reports, name_of, owner_of, shown_place
from sotalia.explain.rehearsal import PLACEHOLDER
from sotalia.explain.secrets import Secrets, serializable
from sotalia.model.naming import xform_name
from sotalia.runtime.redaction import redact_headers, redact_params, redact_text, redact_url
from sotalia.transport.messages import body_length, prepared_body
from sotalia.transport.proxies import environment_proxies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.explain.rehearsal import Rehearsal
    from sotalia.session.core import SessionCore

#: Characters of a body that are shown.
BODY_SHOWN = 4000
_RULES_SHOWN = 30


def build(rehearsal: Rehearsal, given: dict[str, Any]) -> Explanation:
    """The explanation. ``given`` are the caller's parameters."""
    call, client = rehearsal.call, rehearsal.client
    operation, model, config = call.operation, call.operation.model, client.meta.config
    secrets = _secrets(rehearsal, given)
    request = _request(rehearsal, secrets)
    auth = _auth(rehearsal)
    error = rehearsal.error
    changes = tuple(
        Change(
            what=change.what,
            name=secrets.clean(str(change.name)),
            action=change.action,
            handler=name_of(change.handler),
            owner=owner_of(change.handler),
            place=shown_place(change.handler),
        )
        for change in rehearsal.changes
    )
    return Explanation(
        service=operation.service_id,
        operation=operation.name,
        method=xform_name(operation.name),
        parameters=secrets.clean(_json_value(redact_params(dict(call.parameters), model))),
        changes=changes,
        endpoint=_endpoint(rehearsal, secrets),
        region=_region(rehearsal),
        credentials=_credentials(rehearsal),
        auth=auth,
        request=request,
        retries=_retries(rehearsal),
        timeouts=TimeoutReport(connect=config.connect_timeout, read=config.read_timeout),
        proxy=_proxy(rehearsal),
        handlers=tuple(handler_reports(rehearsal, secrets)),
        hooks=tuple(hook_reports(rehearsal.registry, operation)),
        notes=tuple(map(secrets.clean_text, rehearsal.notes)),
        error=None if error is None else secrets.clean_text(f"{type(error).__name__}: {error}"),
        error_stage=None if error is None else rehearsal.stage,
        responder=None
        if rehearsal.responder is None
        else f"{name_of(rehearsal.responder)} ({shown_place(rehearsal.responder)})",
        curl=None if request is None else _curl(request, auth),
    )


def _curl(request: RequestReport, auth: AuthReport | None) -> str:
    signs = auth is not None and auth.version in ("v4", "s3v4")
    return curl_command(
        request.method,
        request.url,
        request.headers,
        scope=(auth.signing_region, auth.signing_name) if auth is not None and signs else None,
        body_length=request.body.length,
        body=None if request.body.is_cut else request.body.text,
    )


def _secrets(rehearsal: Rehearsal, given: dict[str, Any]) -> Secrets:
    secrets = Secrets()
    shape = rehearsal.call.operation.model.input_shape
    for parameters in (given, rehearsal.call.parameters):
        secrets.add_parameters(dict(parameters), shape)
    keys = rehearsal.keys
    if keys is not None:
        for part in (keys.access_key, keys.secret_key, keys.token):
            if part != PLACEHOLDER:
                secrets.add(part)
    token = None if rehearsal.signer is None else getattr(rehearsal.signer.auth_token, "token", None)
    if token != PLACEHOLDER:
        secrets.add(token)
    return secrets


def _json_value(value: Any) -> Any:
    """Text, numbers, lists and dictionaries; all else as text."""
    if isinstance(value, dict):
        return {str(name): _json_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else redact_text(str(value))


# -- where it goes -----------------------------------------------------------------------------------------------------


def _endpoint(rehearsal: Rehearsal, secrets: Secrets) -> EndpointReport | None:
    provider, endpoint = rehearsal.provider, rehearsal.endpoint
    if endpoint is None:
        return None
    url = secrets.clean(redact_url(endpoint.url))
    if provider is None:
        return EndpointReport(url=url)
    values: dict[str, Any] = {
        name: redact_url(value) if isinstance(value, str) else _json_value(value)
        for name, value in provider.values.items()
    }
    rules = tuple(conditions(provider.path)[:_RULES_SHOWN])
    return EndpointReport(url=url, rules=secrets.clean(rules), values=secrets.clean(values))


def _region(rehearsal: Rehearsal) -> RegionReport:
    client = rehearsal.client
    request, session = client.parts.request, client.parts.session
    name = client.meta.region_name
    if request.given_region is not None:
        origin = "the argument region_name of the client"
    elif getattr(request.config, "region_name", None) is not None:
        origin = "region_name of the client's Config"
    elif request.region_name is None:
        origin = "no region is set; this is where the service is without one"
    else:
        origin = str(session.where("region"))
        if origin.startswith("the session's own"):
            origin = "the argument region_name of the session"
    if request.region_name is not None and name != request.region_name:
        origin += f" ({request.region_name}), as the service has it"
    return RegionReport(name=name, origin=origin)


def _proxy(rehearsal: Rehearsal) -> str | None:
    """The proxy of the client's own connections; its password is left out."""
    config, channel = rehearsal.client.meta.config, rehearsal.client.parts.channel
    if not channel.owns_transport:
        return None
    request = rehearsal.call.request
    url = rehearsal.client.meta.endpoint_url or "" if request is None else request["url"]
    proxies = config.proxies if config.proxies is not None else environment_proxies(url, os.environ)
    proxy = (proxies or {}).get(url.partition("://")[0])
    return None if not proxy else redact_url(proxy if "://" in proxy else f"http://{proxy}")


# -- who signs -----------------------------------------------------------------------------------------------------------


def _credentials(rehearsal: Rehearsal) -> CredentialsReport:
    client = rehearsal.client
    session = client.parts.session
    known = client.parts.request.credentials
    signer = rehearsal.client.parts.signer
    if known is None and is_unsigned(getattr(signer, "signature_version", None)):
        return CredentialsReport(method=None, origin="none: the client does not sign", are_fetched=False)
    if known is None:
        return CredentialsReport(method=None, origin="none: no source has any", are_fetched=False)
    if (source := rehearsal.source) is not None:
        return CredentialsReport(
            method=source.method, origin=source.origin, are_fetched=source.keys is not None
        )
    if isinstance(known, DeferredCredentials):
        if known.found is None:  # Fetched for this, and nobody has any.
            return CredentialsReport(method=None, origin="none: no source has any", are_fetched=False)
        known = known.found
    method = str(getattr(known, "method", type(known).__name__))
    expires_at = getattr(known, "_expiry_time", None)
    return CredentialsReport(
        method=method,
        origin=_origin(session, method),
        are_fetched=rehearsal.are_keys_real and rehearsal.keys is not None,
        expires_at=None if expires_at is None else expires_at.isoformat(),
    )


def _origin(session: SessionCore, method: str) -> str:
    if method == "explicit":
        return "keys given in code"
    summary: str = summaries().get(method, method)
    for provider in session.credential_provider.providers:
        if str(getattr(provider, "METHOD", "")) == method:
            return redact_text(told(provider, "origin", summary))
    return summary


def _auth(rehearsal: Rehearsal) -> AuthReport | None:
    chosen = None if rehearsal.signer is None else rehearsal.signer.chosen
    if chosen is None:
        return None
    version, name, region = chosen
    return AuthReport(version=str(version), signing_name=name, signing_region=region)


# -- the request ---------------------------------------------------------------------------------------------------------


def _request(rehearsal: Rehearsal, secrets: Secrets) -> RequestReport | None:
    model, prepared = rehearsal.call.operation.model, rehearsal.prepared
    if prepared is not None:
        method, url, headers, body = prepared.method, prepared.url, prepared.headers, prepared.body
    elif rehearsal.call.request is not None and "url" in rehearsal.call.request:
        request = rehearsal.call.request
        method, url, headers, body = request["method"], request["url"], request["headers"], request["body"]
    else:
        return None
    shown: dict[str, Any] = redact_headers(headers, model)
    return RequestReport(
        method=str(method),
        url=secrets.clean(redact_url(url, model)),
        headers={str(name): secrets.clean(str(value)) for name, value in shown.items()},
        body=_body(rehearsal, body, secrets),
        is_signed=prepared is not None
        and rehearsal.signer is not None
        and rehearsal.signer.chosen is not None,
    )


def _body(rehearsal: Rehearsal, body: Any, secrets: Secrets) -> BodyReport:
    """The length, and the text of what is no payload of the caller's own."""
    operation = rehearsal.call.operation
    length = None if body is None else body_length(prepared_body(body))
    if body is None or length == 0:
        return BodyReport(length=0)
    shape = operation.model.input_shape
    payload = None if shape is None else shape.members.get(shape.serialization.get("payload") or "")
    is_callers = payload is not None and payload.type_name in ("blob", "string")
    if operation.has_streaming_input or is_callers or not isinstance(body, bytes | bytearray | str | dict):
        return BodyReport(length=length)
    parameters = dict(rehearsal.call.parameters)
    safe = serializable(parameters, shape)
    data: Any = prepared_body(body)
    if not _equal(safe, parameters) or bytes(data[:2]) == b"\x1f\x8b":
        try:
            data = prepared_body(operation.serialize(safe)["body"])
        except Exception:  # What takes the place of a secret does not fit there.
            return BodyReport(length=length)
    try:
        text = secrets.clean_text(bytes(data).decode("utf-8"))
    except (UnicodeDecodeError, TypeError):
        return BodyReport(length=length)
    if any(character < " " and character not in "\t\r\n" for character in text):
        return BodyReport(length=length)
    return BodyReport(length=length, text=text[:BODY_SHOWN], is_cut=len(text) > BODY_SHOWN)


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # Values of the caller's, whose comparison may do anything.
        return False


# -- retries ---------------------------------------------------------------------------------------------------------------


def _retries(rehearsal: Rehearsal) -> RetryReport:
    client = rehearsal.client
    parts, config = client.parts, client.meta.config
    retries: dict[str, Any] = config.retries or {}
    given: dict[str, Any] = getattr(parts.request.config, "retries", None) or {}
    in_config = "retries of the client's Config"
    most, quota = retries.get("total_max_attempts"), None
    for handler in rehearsal.registry.handlers(f"needs-retry.{rehearsal.call.operation.service_id}"):
        owner = getattr(handler, "__self__", None)
        if owner is not None and hasattr(owner, "max_attempts"):
            most = owner.max_attempts
            quota = getattr(getattr(owner, "quota", None), "available_capacity", None)
    counts = "max_attempts" in given or "total_max_attempts" in given
    return RetryReport(
        mode=str(retries.get("mode")),
        mode_origin=in_config if given.get("mode") else parts.session.where("retry_mode"),
        max_attempts=most,
        max_attempts_origin=in_config if counts else parts.session.where("max_attempts"),
        quota=quota,
    )
