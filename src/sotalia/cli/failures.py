"""What a person is told of an error: one line, with the next step where one is known."""

from __future__ import annotations

from sotalia.cli.output import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# By code of the service's error. Whoever is refused mostly is not who they think they are.
_BY_CODE = {
    # Of responses without a body, as to HeadObject, only the status is known.
    "301": "give the bucket's region: --region NAME",
    "400": "is it the right region, and are the keys current? sotalia credentials explain",
    "403": "see who you are: sotalia credentials explain",
    "404": "list what is there: sotalia ls s3://BUCKET/PREFIX",
    "AccessDenied": "see who you are: sotalia credentials explain",
    "AllAccessDisabled": "see who you are: sotalia credentials explain",
    "AuthorizationHeaderMalformed": "give the bucket's region: --region NAME",
    "ExpiredToken": "log in again; see where keys come from: sotalia credentials explain",
    "ExpiredTokenException": "log in again; see where keys come from: sotalia credentials explain",
    "InvalidAccessKeyId": "see where keys come from: sotalia credentials explain",
    "InvalidObjectState": "restore the object first: it is archived",
    "NoSuchBucket": "list yours: sotalia ls",
    "NoSuchKey": "list what is there: sotalia ls s3://BUCKET/PREFIX",
    "PermanentRedirect": "give the bucket's region: --region NAME",
    "RequestTimeTooSkewed": "set this machine's clock",
    "SignatureDoesNotMatch": "the secret key does not belong to the key id: sotalia credentials explain",
}
# By name of the class: importing the classes to compare with them costs 10 ms.
_BY_CLASS = {
    "EndpointConnectionError": "is it the right address? See --endpoint-url and --region",
    "NoCredentialsError": "see where they were looked for: sotalia credentials explain; for public data: --no-sign-request",
    "NoRegionError": "give one: --region NAME, or set AWS_DEFAULT_REGION",
    "PartialCredentialsError": "see where they come from: sotalia credentials explain",
    "ProfileNotFound": "see which there are in ~/.aws/config; write [profile NAME] there",
    "TokenRetrievalError": "log in again",
    "SSOTokenLoadError": "log in: aws sso login",
    "UnauthorizedSSOTokenError": "log in again: aws sso login",
}


def describe(error: BaseException) -> str:
    """One line, without characters that command a terminal."""
    cause = error.__cause__
    if cause is not None and type(error).__name__ == "S3UploadFailedError" and _details(cause):
        error = cause  # Its text is in the other's, after what the line says anyway.
    step = _next_step(error)
    text = _message(error)
    return printable(f"{text.rstrip('.')}; {step}" if step and step not in text else text)


def _message(error: BaseException) -> str:
    details = _details(error)
    if details:
        code, message = details.get("Code", "error"), str(details.get("Message", "")).strip()
        text = f"{code}: {message}" if message and message != code else str(code)
        return f"{text.rstrip('.')} ({_origin(error)})"
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    text = str(error).strip() or type(error).__name__
    # What programs raise for themselves names its mend; what Python raises mostly needs its kind.
    if isinstance(error, KeyError | AttributeError | AssertionError | IndexError):
        text = f"{type(error).__name__}: {text} (a mistake of sotalia's: please report it, with --debug)"
    return " ".join(text.split("\n"))


def _origin(error: Any) -> str:
    """The operation, the HTTP status and the id to ask AWS about."""
    metadata: dict[str, Any] = error.response.get("ResponseMetadata") or {}
    parts = [str(error.operation_name)]
    if metadata.get("HTTPStatusCode"):
        parts.append(f"HTTP {metadata['HTTPStatusCode']}")
    if metadata.get("RequestId"):
        parts.append(f"request {metadata['RequestId']}")
    return ", ".join(parts)


def _details(error: Any) -> dict[str, Any]:
    """What a service said; empty for errors that are no service's."""
    if not hasattr(error, "operation_name"):
        return {}
    response: dict[str, Any] = getattr(error, "response", None) or {}
    found: dict[str, Any] = response.get("Error") or {}
    return found


def _next_step(error: BaseException) -> str:
    found = _BY_CODE.get(str(_details(error).get("Code")), "")
    if found:
        return found
    return next((_BY_CLASS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _BY_CLASS), "")
