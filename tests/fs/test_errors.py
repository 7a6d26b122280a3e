from __future__ import annotations

import errno
import pickle
from typing import Any

import pytest

from sotalia.exceptions import ClientError, NoCredentialsError
from sotalia.fs import FileExpired, S3FileSystem
from sotalia.fs.errors import ERRNO_BY_CODE, translated


def refused(code: str, **details: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "the message", **details}}, "GetObject")


@pytest.mark.parametrize(
    ("code", "kind", "number"),
    [
        ("NoSuchKey", FileNotFoundError, errno.ENOENT),
        ("404", FileNotFoundError, errno.ENOENT),
        ("NoSuchBucket", FileNotFoundError, errno.ENOENT),
        ("AccessDenied", PermissionError, errno.EACCES),
        ("403", PermissionError, errno.EACCES),
        ("ExpiredToken", PermissionError, errno.EACCES),
        ("BucketAlreadyExists", FileExistsError, errno.EEXIST),
        ("BucketNotEmpty", OSError, errno.ENOTEMPTY),
        ("RequestTimeout", TimeoutError, errno.ETIMEDOUT),
        ("SlowDown", OSError, errno.EBUSY),
        ("InvalidRange", OSError, errno.EINVAL),
        ("PreconditionFailed", OSError, errno.EINVAL),
        ("EntityTooLarge", OSError, errno.EMSGSIZE),
        ("SomethingNew", OSError, errno.EIO),
    ],
)
def test_codes(code: str, kind: type[OSError], number: int) -> None:
    cause = refused(code)
    error = translated(cause, "bucket/key")
    assert type(error) is kind
    assert isinstance(error, OSError)
    assert (error.errno, error.filename, error.__cause__) == (number, "bucket/key", cause)
    assert "the message" in str(error)


def test_an_object_that_exists_already() -> None:
    assert isinstance(translated(refused("PreconditionFailed", Condition="If-None-Match")), FileExistsError)


@pytest.mark.parametrize("error", [NoCredentialsError(), KeyError("a"), OSError("b")], ids=repr)
def test_what_no_service_returned_stays_what_it_is(error: Exception) -> None:
    assert translated(error) is error
    assert error.__cause__ is None


@pytest.mark.parametrize("response", [None, {}, {"Error": None}, {"Error": {}}, "text"], ids=repr)
def test_half_a_response(response: Any) -> None:
    error = NoCredentialsError()
    error.response = response
    assert isinstance(translated(error), Exception)


def test_an_expired_file_travels() -> None:
    error = pickle.loads(pickle.dumps(FileExpired("bucket/key", "etag")))
    assert (type(error), error.errno) == (FileExpired, errno.EBUSY)
    assert "bucket/key" in str(error)


def test_every_code_stands_once() -> None:
    assert len(ERRNO_BY_CODE) > 90


def test_errors_name_what_is_missing(fs: S3FileSystem, bucket: str) -> None:
    cases = {
        f"{bucket}/no": f"{bucket}/no",
        f"{bucket}/a/b": f"{bucket}/a/b",
        "no-such-bucket/key": "no-such-bucket",
    }
    for path, missing in cases.items():
        with pytest.raises(FileNotFoundError) as caught:
            fs.info(path)
        assert (caught.value.errno, caught.value.filename) == (errno.ENOENT, missing)
        assert isinstance(caught.value.__cause__, ClientError)
    with pytest.raises(FileNotFoundError):
        fs.open(f"{bucket}/no", "rb")
    with pytest.raises(FileNotFoundError, match=f"{bucket}/no"):
        fs.cat(f"{bucket}/no")
    with pytest.raises(FileExistsError):
        fs.mkdir(bucket)
    fs.pipe(f"{bucket}/a", b"1")
    with pytest.raises(OSError) as refusal:
        fs.rmdir(bucket)
    assert refusal.value.errno == errno.ENOTEMPTY
