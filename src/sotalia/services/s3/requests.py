"""Requests of S3 on their way out."""

from __future__ import annotations

import os

from sotalia.auth.sigv4 import UNSIGNED_TRAILER, is_trailing_checksum
from sotalia.config.unsigned import is_unsigned
from sotalia.events import only_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.transport.messages import AWSRequest


@only_for(lambda model: model.http.get("method") in ("PUT", "POST"))
def expect_continue(params: dict[str, Any], **kwargs: Any) -> None:
    """Have S3 look at the headers before a body is sent: it may redirect, or refuse."""
    body = params.get("body")
    if not hasattr(body, "read") and not hasattr(body, "__aiter__"):
        return
    if os.environ.get("BOTO_EXPERIMENTAL__NO_EMPTY_CONTINUE"):
        from sotalia.transport.messages import body_length

        if body_length(body) == 0:
            return
    params["headers"]["Expect"] = "100-continue"


def escape_line_breaks(params: dict[str, Any], **kwargs: Any) -> None:
    """Keep line breaks in keys: XML would read each as one line feed."""
    body = params["body"]
    if b"\r" in body or b"\n" in body:
        params["body"] = body.replace(b"\r", b"&#xD;").replace(b"\n", b"&#xA;")


def strip_arn_from_auth_path(request: AWSRequest, **kwargs: Any) -> None:
    """An access point is in the host already; the signature of old must not see it in the path."""
    path = request.auth_path
    if isinstance(path, str) and path.startswith("/arn%3A"):
        rest = path[1:].partition("/")[2]
        request.auth_path = f"/{rest}"


def mark_unsigned_trailer(request: AWSRequest, signature_version: Any, **kwargs: Any) -> None:
    """A body with a trailer says so even when nothing is signed."""
    if is_unsigned(signature_version) and is_trailing_checksum(request):
        headers = request.headers
        del headers["X-Amz-Content-SHA256"]
        headers["X-Amz-Content-SHA256"] = UNSIGNED_TRAILER
