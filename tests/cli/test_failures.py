"""What a person is told of an error: one line, and the next step."""

from __future__ import annotations

from typing import Any

import pytest

from sotalia import exceptions
from sotalia.cli.failures import describe


def client_error(code: str, message: str = "m.", **metadata: Any) -> Exception:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}
    return exceptions.ClientError(response, "GetObject")


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            client_error("AccessDenied", HTTPStatusCode=403, RequestId="R1"),
            "AccessDenied: m (GetObject, HTTP 403, request R1); see who you are: sotalia credentials explain",
        ),
        (client_error("SlowDown"), "SlowDown: m (GetObject)"),
        (
            client_error("404", "Not Found"),
            "404: Not Found (GetObject); list what is there: sotalia ls s3://BUCKET/PREFIX",
        ),
        (client_error("Same", "Same"), "Same (GetObject)"),
        (client_error("X", "two\nlines \x1b[31m"), r"X: two\nlines \x1b[31m (GetObject)"),
        (
            exceptions.NoCredentialsError(),
            "Unable to locate credentials; see where they were looked for: sotalia credentials explain; for public data: "
            "--no-sign-request",
        ),
        (
            exceptions.NoRegionError(),
            "You must specify a region; give one: --region NAME, or set AWS_DEFAULT_REGION",
        ),
        (
            caused(exceptions.S3UploadFailedError("Failed to upload f"), client_error("SlowDown")),
            "SlowDown: m (GetObject)",
        ),
        (
            exceptions.S3UploadFailedError("Failed to upload f: it was changed"),
            "Failed to upload f: it was changed",
        ),
        (KeyError("x"), "KeyError: 'x' (a mistake of sotalia's: please report it, with --debug)"),
        (ValueError(), "ValueError"),
        (FileNotFoundError(2, "No such file or directory", "f"), "f: No such file or directory"),
    ],
)
def test_lines(error: Exception, expected: str) -> None:
    assert describe(error) == expected
