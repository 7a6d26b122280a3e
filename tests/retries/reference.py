"""The reference's retry handlers, and what both sides are asked with."""

from __future__ import annotations

import random
from functools import cache
from typing import Any, NamedTuple
from zlib import crc32

import botocore.awsrequest
import botocore.session
from botocore.config import Config

from sotalia.model.loader import Loader

LOADER = Loader()
_SESSION = botocore.session.Session()
_CLIENTS: dict[tuple[str, str], Any] = {}


@cache
def reference_service(service: str) -> Any:
    return _SESSION.get_service_model(service)


@cache
def reference_model(service: str, operation: str) -> Any:
    return reference_service(service).operation_model(operation)


def reference_client(service: str, mode: str, **retries: Any) -> Any:
    """A client of its own where options are given, else a shared one."""
    key = (service, mode)
    if retries or key not in _CLIENTS:
        # A session each: in legacy mode the reference's clients change each other's rules.
        client = botocore.session.Session().create_client(
            service,
            region_name="us-west-2",
            aws_access_key_id="a",
            aws_secret_access_key="b",
            config=Config(retries={"mode": mode, **retries}),
        )
        if retries:
            return client
        _CLIENTS[key] = client
    return _CLIENTS[key]


class Case(NamedTuple):
    """One outcome of one attempt."""

    service: str
    operation: str
    attempts: int = 1
    status: int | None = None
    code: Any = None
    headers: dict[str, str] = {}
    error: BaseException | None = None

    def __repr__(self) -> str:
        what = type(self.error).__name__ if self.status is None else f"{self.status} {self.code}"
        return f"{self.service} {self.operation} #{self.attempts} {what} {self.headers or ''}".strip()


class Body:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self) -> Any:
        yield self.body


BODY = b'{"a": 1}'
GOOD_CRC, BAD_CRC = str(crc32(BODY)), "12345"


def outcome(case: Case, *, metadata: bool = True) -> Any:
    """The ``response`` that handlers of ``needs-retry`` get: new each time, as they change it."""
    if case.status is None:
        return None
    parsed: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": case.status}} if metadata else {}
    if case.code is not None:
        parsed["Error"] = {"Code": case.code, "Message": "m"} if isinstance(case.code, str) else case.code[0]
    http = botocore.awsrequest.AWSResponse("https://x/", case.status, case.headers, Body(BODY))
    return http, parsed


def ask(handler: Any, case: Case, model: Any, context: dict[str, Any] | None = None) -> Any:
    """Decision or exception, and what was noted on the way; random numbers begin anew."""
    random.seed(7)
    response = outcome(case)
    retries = {"attempt": case.attempts, "invocation-id": "i", "max": 99}
    context = {"retries": retries} if context is None else context
    try:
        decided = handler(
            response=response,
            endpoint=None,
            operation=model,
            attempts=case.attempts,
            caught_exception=case.error,
            request_dict={"context": context},
            event_name=f"needs-retry.{case.service}.{case.operation}",
        )
    except Exception as raised:
        decided = (type(raised), str(raised))
    return decided, None if response is None else response[1], context
