"""What S3 refuses, as the errors that files raise: ``FileNotFoundError``, ``PermissionError``, ``OSError`` with an ``errno``.

The error of the client is the ``__cause__`` of each. Codes: "Error responses" in the Amazon S3 API Reference; a HEAD
request has no body, so its errors have the status as their code.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

# Some systems lack these.
_REMOTE_IO = getattr(errno, "EREMOTEIO", errno.EIO)
_REMOTE_CHANGED = getattr(errno, "EREMCHG", errno.ENOENT)

# OSError becomes PermissionError, FileNotFoundError, FileExistsError or TimeoutError by its number.
_CODES = {
    errno.EACCES: (
        "AccessDenied AccountProblem AllAccessDisabled CrossLocationLoggingProhibited ExpiredToken "
        "IllegalLocationConstraintException InvalidAccessKeyId InvalidObjectState InvalidPayer InvalidSecurity NotSignedUp "
        "RequestTimeTooSkewed SignatureDoesNotMatch 403"
    ),
    errno.ENOENT: (
        "NoSuchBucket NoSuchBucketPolicy NoSuchKey NoSuchLifecycleConfiguration NoSuchUpload NoSuchVersion 404"
    ),
    errno.EEXIST: "BucketAlreadyExists BucketAlreadyOwnedByYou",
    errno.EINVAL: (
        "AmbiguousGrantByEmailAddress AuthorizationHeaderMalformed BadDigest CredentialsNotSupported EntityTooSmall "
        "IllegalVersioningConfigurationException IncompleteBody IncorrectNumberOfFilesInPostRequest "
        "InvalidAddressingHeader InvalidArgument InvalidBucketName InvalidDigest InvalidEncryptionAlgorithmError "
        "InvalidLocationConstraint InvalidPart InvalidPartOrder InvalidPolicyDocument InvalidRange InvalidRequest "
        "InvalidSOAPRequest InvalidStorageClass InvalidTargetBucketForLogging InvalidToken InvalidURI MalformedACLError "
        "MalformedPOSTRequest MalformedXML MissingAttachment MissingContentLength MissingRequestBodyError "
        "MissingSecurityElement MissingSecurityHeader NoLoggingStatusForKey PreconditionFailed "
        "RequestIsNotMultiPartContent TokenRefreshRequired TooManyBuckets UnexpectedContent "
        "UnresolvableGrantByEmailAddress UserKeyMustBeSpecified 400 412 416"
    ),
    errno.EPERM: "InvalidBucketState MethodNotAllowed RequestTorrentOfBucketError 405",
    errno.ENOTEMPTY: "BucketNotEmpty",
    errno.EMSGSIZE: (
        "EntityTooLarge InlineDataTooLarge MaxMessageLengthExceeded MaxPostPreDataLengthExceededError MetadataTooLarge"
    ),
    errno.ENAMETOOLONG: "KeyTooLongError",
    errno.EBUSY: "ConditionalRequestConflict OperationAborted RestoreAlreadyInProgress ServiceUnavailable SlowDown 409 503",
    errno.ENOSYS: "NotImplemented 501",
    errno.ETIMEDOUT: "RequestTimeout",
    _REMOTE_IO: "InternalError 500",
    _REMOTE_CHANGED: "PermanentRedirect Redirect TemporaryRedirect 301 307",
}
#: ``errno`` by the code of an error.
ERRNO_BY_CODE = {code: number for number, codes in _CODES.items() for code in codes.split()}


class FileExpired(OSError):  # noqa: N818 - s3fs' name for it
    """The object was replaced or removed while it was being read, or what the listing cache knows of it is out of date.

    Open it again; ``invalidate_cache`` first where the listing is old.
    """

    def __init__(self, filename: str, e_tag: str | None) -> None:
        super().__init__(
            errno.EBUSY,
            f"the object changed after it was opened: no object {filename} with ETag {e_tag} any more; open it again",
        )
        self._arguments = (filename, e_tag)

    def __reduce__(self) -> Any:
        return type(self), self._arguments


def code_of(error: BaseException | None) -> str | None:
    """The code of an error that a service returned, ``None`` for another one."""
    details: dict[str, Any] = _response_of(error).get("Error") or {}
    code: str | None = details.get("Code")
    return code


def _response_of(error: BaseException | None) -> dict[str, Any]:
    """What a service returned, parsed; empty for another error."""
    response: dict[str, Any] | None = getattr(error, "response", None)
    # Other packages' errors have responses of their own classes.
    return response if isinstance(response, dict) else {}


def translated(error: Exception, path: str | None = None) -> Exception:
    """The error as one of files, with the given one as its cause; what no service returned stays what it is."""
    response = _response_of(error)
    if "Error" not in response:
        return _of_transfer(error)
    details: dict[str, Any] = response["Error"] or {}
    code = details.get("Code")
    message = details.get("Message") or str(error)
    number = ERRNO_BY_CODE.get(str(code))
    if code == "PreconditionFailed" and details.get("Condition") == "If-None-Match":
        number = errno.EEXIST
    if number is None:
        number, message = errno.EIO, str(error)
    return caused(OSError(number, message) if path is None else OSError(number, message, path), error)


@contextmanager
def translating() -> Generator[None, None, None]:
    """Within it errors of calls and transfers become those of files."""
    try:
        yield
    except Exception as error:
        final = translated(error)
        if final is error:
            raise
        raise final from error


def _of_transfer(error: Exception) -> Exception:
    """Errors that transfers have beyond those of calls."""
    if isinstance(
        error,
        exceptions.S3UploadFailedError | exceptions.S3CopyFailedError | exceptions.S3ValidationError,
    ):
        return caused(OSError(errno.EIO, str(error)), error)
    return error


def caused(error: Exception, cause: BaseException) -> Exception:
    """The error, with its cause."""
    error.__cause__ = cause
    return error


def not_found(path: str) -> FileNotFoundError:
    """There is neither an object nor a folder at this path."""
    return FileNotFoundError(errno.ENOENT, "no object and no folder of this name", path)
