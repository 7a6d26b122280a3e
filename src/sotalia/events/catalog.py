"""Every event there is: its name, when it is emitted, what handlers get, and what their return value does.

The table in the documentation is written from this (``python -m sotalia.events.catalog``), and tests compare it with what
calls really emit.
"""

from __future__ import annotations

from typing import NamedTuple


class Event(NamedTuple):
    """One event. In ``pattern`` the words in capitals stand for one part each: ``SERVICE`` is the hyphenated service id
    (``s3``, ``cloudwatch-logs``), ``OPERATION`` the API's name (``ListObjectsV2``).
    """

    pattern: str
    when: str
    arguments: dict[str, str]
    returns: str
    is_per_attempt: bool = False
    in_guide: bool = False
    is_on_session: bool = False

    @property
    def name(self) -> str:
        """The first part of the pattern."""
        return self.pattern.partition(".")[0]


_MODEL = "OperationModel"
_CONTEXT = "dict, shared by all events of the call"

CATALOG: tuple[Event, ...] = (
    Event(
        "choose-service-name",
        "first of all when a client is made",
        {"service_name": "str"},
        "another name to load the service by",
        is_on_session=True,
    ),
    Event(
        "creating-client-class.SERVICE",
        "at every creation of a client",
        {"class_attributes": "dict[str, object]", "base_classes": "list[type]"},
        "ignored; change both in place",
        in_guide=True,
        is_on_session=True,
    ),
    Event(
        "creating-serializer.PREFIX",
        "while a client is made; PREFIX is the service's endpoint prefix",
        {"protocol_name": "str", "service_model": "ServiceModel", "serializer_kwargs": "dict"},
        "ignored; set `timestamp_precision` in place",
        is_on_session=True,
    ),
    Event(
        "creating-resource-class.SERVICE.RESOURCE",
        "each time a resource class is made",
        {
            "class_attributes": "dict[str, object]",
            "base_classes": "list[type]",
            "service_context": "ServiceContext",
        },
        "ignored; change both in place",
        in_guide=True,
        is_on_session=True,
    ),
    Event(
        "getattr.SERVICE.NAME",
        "when a client lacks an attribute",
        {"client": "the client"},
        "the first that is not None becomes the attribute",
    ),
    Event(
        "provide-client-params.SERVICE.OPERATION",
        "first in every call, before anything is checked",
        {"params": "dict of the caller's arguments", "model": _MODEL, "context": _CONTEXT},
        "the first that is not None replaces the parameters",
        in_guide=True,
    ),
    Event(
        "before-parameter-build.SERVICE.OPERATION",
        "right after, with the parameters that came of it",
        {"params": "dict", "model": _MODEL, "context": _CONTEXT},
        "ignored; change the parameters in place",
    ),
    Event(
        "before-endpoint-resolution.SERVICE",
        "before the rule set decides where the call goes; no OPERATION part",
        {"builtins": "dict, a copy for this call", "model": _MODEL, "params": "dict", "context": _CONTEXT},
        "ignored; change the built-ins in place",
    ),
    Event(
        "before-call.SERVICE.OPERATION",
        "once the request is built: `url`, `method`, `headers` and `body` count",
        {
            "model": _MODEL,
            "params": "dict, the request",
            "request_signer": "RequestSigner",
            "context": _CONTEXT,
        },
        "the first pair (http_response, parsed) is taken as the answer; later handlers do not run",
        in_guide=True,
    ),
    Event(
        "request-created.SERVICE.OPERATION",
        "before each attempt; the signer is itself a handler of it",
        {"request": "AWSRequest", "operation_name": "str"},
        "ignored; change the request in place",
        is_per_attempt=True,
        in_guide=True,
    ),
    Event(
        "choose-signer.SERVICE.OPERATION",
        "when a request is about to be signed, also for presigning",
        {"signing_name": "str", "region_name": "str", "signature_version": "str", "context": _CONTEXT},
        "the first that is not None is the signature version",
        is_per_attempt=True,
    ),
    Event(
        "before-sign.SERVICE.OPERATION",
        "before the signature is computed: the last chance for signed headers",
        {
            "request": "AWSRequest",
            "signing_name": "str",
            "region_name": "str",
            "signature_version": "str",
            "request_signer": "RequestSigner",
            "operation_name": "str",
        },
        "ignored; change the request in place",
        is_per_attempt=True,
    ),
    Event(
        "before-send.SERVICE.OPERATION",
        "before each request goes out",
        {"request": "AWSPreparedRequest"},
        "the first AWSResponse is taken as the answer; exceptions count as failed attempts",
        is_per_attempt=True,
        in_guide=True,
    ),
    Event(
        "before-parse.SERVICE.OPERATION",
        "when an answer came",
        {"operation_model": _MODEL, "response_dict": "dict", "customized_response_dict": "dict"},
        "ignored; what is put into `customized_response_dict` goes into the result",
        is_per_attempt=True,
    ),
    Event(
        "response-received.SERVICE.OPERATION",
        "after each attempt, with its answer or its exception",
        {
            "response_dict": "dict or None",
            "parsed_response": "dict or None",
            "context": _CONTEXT,
            "exception": "Exception or None",
        },
        "ignored",
        is_per_attempt=True,
    ),
    Event(
        "needs-retry.SERVICE.OPERATION",
        "after each attempt, also a good one",
        {
            "response": "(AWSResponse, dict) or None",
            "endpoint": "Endpoint",
            "operation": _MODEL,
            "attempts": "int, attempts made so far",
            "caught_exception": "Exception or None",
            "request_dict": "dict",
        },
        "the first that is not None: seconds to wait before another attempt, or False for none",
        is_per_attempt=True,
        in_guide=True,
    ),
    Event(
        "after-call.SERVICE.OPERATION",
        "when there is an answer, of whatever status",
        {"http_response": "AWSResponse", "parsed": "dict", "model": _MODEL, "context": _CONTEXT},
        "ignored; change the result in place",
        in_guide=True,
    ),
    Event(
        "after-call-error.SERVICE.OPERATION",
        "when sending raised: no connection, no credentials, a broken answer; never for an error that the service answered",
        {"exception": "Exception", "context": _CONTEXT},
        "ignored; the exception is raised",
        in_guide=True,
    ),
)


def markdown() -> str:
    """The table of the documentation."""
    lines = [
        "# Events",
        "",
        "Written from `sotalia/events/catalog.py`; do not edit. **G**: one of the guide's nine. **↻**: once per attempt.",
        "**S**: emitted on the session, so register before the client is made. Every handler also gets `event_name`.",
        "",
        "| Event | | When | Keyword arguments | Return value |",
        "|---|---|---|---|---|",
    ]
    for event in CATALOG:
        marks = " ".join(
            mark
            for mark, holds in (
                ("G", event.in_guide),
                ("↻", event.is_per_attempt),
                ("S", event.is_on_session),
            )
            if holds
        )
        arguments = ", ".join(f"`{name}`: {kind}" for name, kind in event.arguments.items())
        lines.append(f"| `{event.pattern}` | {marks} | {event.when} | {arguments} | {event.returns} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    print(markdown(), end="")
