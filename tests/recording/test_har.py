"""Recorded calls as an HTTP Archive."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError

from sotalia.recording.har import har
from sotalia.recording.records import AttemptRecord, CallRecord, GroupRecord, Phase
from tests.recording.har_rules import checked
from tests.recording.samples import BEGAN_AT, many
from tests.recording.strategies import calls


@given(st.lists(calls(), max_size=4))
def test_any_record_gives_an_archive(records: list[CallRecord]) -> None:
    log = checked(har(records))
    sent = [attempt for record in records for attempt in record.attempts if attempt.url]
    assert len(log["entries"]) == len(sent)


def test_an_entry_an_attempt() -> None:
    records = many(200)
    log = checked(har(records))
    assert len(log["entries"]) == sum(len(record.attempts) for record in records) > 200
    [page] = log["pages"]
    assert (page["id"], page["title"]) == ("group_1", "transfer upload s3://photos/big.bin")
    uploads = [entry for entry in log["entries"] if entry.get("pageref") == page["id"]]
    assert len(uploads) == sum(len(record.attempts) for record in records if record.groups)


def one() -> tuple[CallRecord, AttemptRecord]:
    record = CallRecord(7, "s3", "PutObject", BEGAN_AT)
    record.caller, record.seconds = "app/photos.py:12 in store", 1.0
    attempt = AttemptRecord(1, 0.25)
    record.attempts = [attempt]
    attempt.method, attempt.url = "PUT", "https://photos.s3.amazonaws.com/a%20b?x-id=PutObject&empty=&n=1%2F2"
    attempt.request_headers, attempt.response_headers = {"Content-Type": "image/png"}, {"etag": '"1"'}
    attempt.request_bytes, attempt.response_bytes, attempt.status = 10, 0, 200
    attempt.connection, attempt.peer = "new", "52.1.2.3:443"
    attempt.phases = [
        Phase("credentials", 0.25, 0.1),
        Phase("sign", 0.35, 0.05),
        Phase("pool", 0.45, 0.05),
        Phase("connect", 0.5, 0.02),
        Phase("tls", 0.52, 0.03),
        Phase("send", 0.55, 0.01),
        Phase("wait", 0.56, 0.2),
        Phase("body", 0.76, 0.004),
        Phase("parse", 0.764, 0.1),
        Phase("delay", 0.864, 3.0),
    ]
    return record, attempt


def entry(record: CallRecord) -> Any:
    [found] = checked(har([record]))["entries"]
    return found


def test_timings_of_a_new_connection() -> None:
    record, _ = one()
    found = entry(record)
    assert found["startedDateTime"] == "2026-11-26T12:00:00.250Z"
    assert found["timings"] == {
        "blocked": 250,
        "dns": -1,
        "connect": 50,
        "ssl": 30,
        "send": 10,
        "wait": 200,
        "receive": 4,
    }
    assert found["time"] == 514


def test_timings_of_a_connection_that_was_there() -> None:
    record, attempt = one()
    attempt.phases = [phase for phase in attempt.phases if phase.name not in ("connect", "tls")]
    timings = entry(record)["timings"]
    assert (timings["connect"], timings["ssl"], timings["blocked"]) == (-1, -1, 300)


def test_what_was_sent() -> None:
    record, attempt = one()
    attempt.url = "https://photos.s3.amazonaws.com/ü?x-id=PutObject&empty=&n=1%2F2"
    request = entry(record)["request"]
    assert request["url"] == "https://photos.s3.amazonaws.com/%C3%BC?x-id=PutObject&empty=&n=1%2F2"
    assert request["queryString"] == [
        {"name": "x-id", "value": "PutObject"},
        {"name": "empty", "value": ""},
        {"name": "n", "value": "1/2"},
    ]
    assert (request["method"], request["bodySize"], "postData" in request) == ("PUT", 10, False)


def test_bodies_where_they_were_recorded() -> None:
    record, attempt = one()
    attempt.request_body, attempt.response_body = "hello", "<Ok/>"
    attempt.response_headers = {"content-type": "application/xml", "LOCATION": "https://elsewhere"}
    attempt.response_bytes = None
    found = entry(record)
    assert found["request"]["postData"] == {"mimeType": "image/png", "params": [], "text": "hello"}
    response = found["response"]
    assert response["content"] == {"size": 0, "mimeType": "application/xml", "text": "<Ok/>"}
    assert (response["bodySize"], response["redirectURL"]) == (-1, "https://elsewhere")


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("52.1.2.3:443", ("52.1.2.3", "443")),
        ("[::1]:443", ("::1", "443")),
        ("::1:443", ("::1", "443")),
        ("fe80::1%eth0:443", ("fe80::1", "443")),
        ("proxy.example:3128", (None, "3128")),
        ("socket", (None, None)),
        (None, (None, None)),
    ],
)
def test_peers(peer: str | None, expected: Any) -> None:
    record, attempt = one()
    attempt.peer = peer
    found = entry(record)
    assert (found.get("serverIPAddress"), found.get("connection")) == expected


def test_comments_say_why_an_attempt_was_made_again() -> None:
    record, first = one()
    first.status, first.retry_reason, first.delay_seconds = 503, "the service answered 503 SlowDown", 0.0505
    first.remarks = ["fault: throttle (rule 1)"]
    second = AttemptRecord(2, 4.0)
    second.url, second.error = first.url, "ConnectionResetError: reset by peer"
    record.attempts.append(second)
    record.error = "ConnectionClosedError"
    record.groups = [GroupRecord(1, "filesystem", "open"), GroupRecord(2, "transfer", "upload", 1)]
    one_, two = checked(har([record]))["entries"]
    assert one_["comment"] == (
        "call 7: s3.PutObject, attempt 1 of 2; retried: the service answered 503 SlowDown; the next one 50.5 ms later; "
        "within transfer upload; fault: throttle (rule 1)"
    )
    assert two["comment"] == (
        "call 7: s3.PutObject, attempt 2 of 2; ConnectionResetError: reset by peer; the call failed: ConnectionClosedError; "
        "within transfer upload"
    )
    assert (two["response"]["status"], two["response"]["_error"]) == (0, second.error)
    assert (one_["response"]["statusText"], one_["response"]["bodySize"]) == ("Service Unavailable", 0)
    assert one_["pageref"] == two["pageref"] == "group_1"


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        ("app/photos.py:12 in store", {"type": "script", "url": "app/photos.py", "lineNumber": 11}),
        ("C:\\app\\photos.py:1", {"type": "script", "url": "C:\\app\\photos.py", "lineNumber": 0}),
        ("somewhere", None),
        (None, None),
    ],
)
def test_the_callers_line_is_where_chrome_looks(caller: str | None, expected: Any) -> None:
    record, _ = one()
    record.caller = caller
    assert entry(record).get("_initiator") == expected


def test_calls_that_sent_nothing_are_counted() -> None:
    refused = CallRecord(1, "s3", "PutObject", BEGAN_AT)
    refused.error = "ParamValidationError"
    without = CallRecord(2, "sqs", "SendMessage", BEGAN_AT)
    without.attempts = [AttemptRecord(1, 0.0)]
    log = checked(har([refused, without, one()[0]]))
    assert len(log["entries"]) == 1
    assert log["comment"] == (
        "calls that sent nothing: s3.PutObject (ParamValidationError), sqs.SendMessage (no request)"
    )


def test_pages_are_as_long_as_their_calls() -> None:
    records = []
    for number, (start, seconds) in enumerate([(1.0, 0.5), (0.0, 0.1), (2.0, None)]):
        record = CallRecord(number, "s3", "UploadPart", BEGAN_AT + start)
        record.seconds, record.groups = seconds, [GroupRecord(3, "transfer", "upload")]
        records.append(record)
    [page] = checked(har(records))["pages"]
    assert (page["startedDateTime"], page["pageTimings"]["onLoad"]) == ("2026-11-26T12:00:00.000Z", 2000)


def test_no_calls() -> None:
    assert checked(har([]))["entries"] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("time", -5),
        ("time", "1"),
        ("timings", {}),
        ("startedDateTime", "yesterday"),
        ("cache", None),
        ("color", "red"),
    ],
)
def test_the_rules_refuse_what_the_format_does_not_allow(path: str, value: Any) -> None:
    archive = json.loads(har([one()[0]]))
    archive["log"]["entries"][0][path] = value
    with pytest.raises(ValidationError):
        checked(json.dumps(archive))
