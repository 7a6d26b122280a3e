"""Any record there can be, for tests of what prints and exports records."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sotalia.recording.records import (
    OF_ATTEMPTS,
    PHASES,
    AttemptRecord,
    CallRecord,
    Change,
    GroupRecord,
    HandlerRun,
    Phase,
)

# Also lone surrogates, separators of lines and what commands a terminal.
TEXTS = st.text(max_size=20)
MAYBE = st.none() | TEXTS
SECONDS = st.floats(min_value=0, max_value=1e6)
# Clocks of other threads, and parts that did not end.
ANY_SECONDS = st.floats(allow_nan=False, allow_infinity=False, width=32)
NUMBERS = st.integers(0, 2**53)
SIZES = st.none() | NUMBERS
HEADERS = st.dictionaries(
    st.sampled_from(["Host", "content-type", "Location", "X-Team"]) | TEXTS, TEXTS, max_size=4
)
URLS = st.just("") | st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["photos.s3.eu-west-1.amazonaws.com", "127.0.0.1:5000", "[::1]:80", "***@h"]),
    TEXTS,
)
PEERS = st.none() | st.sampled_from(["127.0.0.1:5000", "[::1]:443", "::1:443", "proxy.example:80"]) | TEXTS
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64) | ANY_SECONDS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def phases(names: Any) -> st.SearchStrategy[list[Phase]]:
    one = st.builds(Phase, st.sampled_from(list(names)) | TEXTS, ANY_SECONDS, st.none() | ANY_SECONDS)
    return st.lists(one, max_size=6)


CHANGES = st.builds(Change, TEXTS, TEXTS, TEXTS, MAYBE, MAYBE)
HANDLERS = st.builds(
    HandlerRun,
    event=TEXTS,
    name=TEXTS,
    place=TEXTS,
    owner=TEXTS,
    started=ANY_SECONDS,
    seconds=SECONDS,
    attempt=SIZES,
    changes=st.lists(CHANGES, max_size=2),
    answered=st.booleans(),
    error=MAYBE,
)
GROUPS = st.builds(GroupRecord, st.integers(1, 5), TEXTS, TEXTS, st.none() | st.integers(1, 5))


@st.composite
def attempts(draw: Any) -> AttemptRecord:
    record = AttemptRecord(draw(st.integers(1, 9)), draw(ANY_SECONDS))
    record.seconds = draw(st.none() | ANY_SECONDS)
    record.method, record.url = draw(st.sampled_from(["", "GET", "PUT"])), draw(URLS)
    record.request_headers, record.response_headers = draw(HEADERS), draw(HEADERS)
    record.request_bytes, record.response_bytes = draw(SIZES), draw(SIZES)
    record.request_body, record.response_body = draw(MAYBE), draw(MAYBE)
    record.status = draw(st.none() | st.integers(100, 599))
    record.request_id, record.error, record.retry_reason = draw(MAYBE), draw(MAYBE), draw(MAYBE)
    record.connection = draw(st.sampled_from([None, "new", "reused"]))
    record.peer = draw(PEERS)
    record.delay_seconds = draw(st.none() | SECONDS)
    record.phases = draw(phases(OF_ATTEMPTS))
    record.remarks = draw(st.lists(TEXTS, max_size=2))
    return record


@st.composite
def calls(draw: Any) -> CallRecord:
    record = CallRecord(
        draw(NUMBERS),
        draw(st.sampled_from(["s3", "cloudwatch-logs"]) | TEXTS),
        draw(TEXTS),
        draw(st.floats(0, 4e9) | ANY_SECONDS),
    )
    record.seconds = draw(st.none() | ANY_SECONDS)
    record.region, record.task, record.caller = draw(MAYBE), draw(MAYBE), draw(MAYBE)
    record.is_async, record.thread = draw(st.booleans()), draw(TEXTS)
    record.parent = draw(st.none() | st.integers(1, 5))
    record.groups = draw(st.lists(GROUPS, max_size=3))
    record.parameters = draw(st.dictionaries(TEXTS, JSON_VALUES, max_size=3))
    record.phases = draw(phases(PHASES))
    record.attempts = draw(st.lists(attempts(), max_size=3))
    record.handlers = draw(st.lists(HANDLERS, max_size=2))
    record.status = draw(st.none() | st.integers(100, 599))
    record.error, record.message, record.request_id = draw(MAYBE), draw(MAYBE), draw(MAYBE)
    record.remarks = draw(st.lists(TEXTS, max_size=2))
    return record
