"""Records for what shows calls: a small program's day for the pictures, and values that mean harm. Always the same."""

from __future__ import annotations

import random
from typing import Any

from sotalia.recording.records import AttemptRecord, CallRecord, Change, GroupRecord, HandlerRun, Phase
from tests.recording.samples import BEGAN_AT

HOSTILE = [
    "</script><img src=x onerror=window.hacked=1>",
    "<!--<script>window.hacked=1</script>",
    "]]><svg onload=window.hacked=1>",
    '" onmouseover="window.hacked=1',
    "$summary $${data} ${window.hacked=1}",
    "line\u2028separator\u2029paragraph",
    "lone \ud800 surrogate \udfff",
    "\u202etxt.exe\u202c \u2066hidden\u2069 \u200b\ufeff",
    "\x1b]0;title\x07\x1b[31mred\x00\x7f\r\n\tnext",
    "'; rm -rf / #`id`$(id)",
    "日本語のキー・🐬" * 20,
    "__proto__",
]


def hostile() -> list[CallRecord]:
    """Each text of a record is one that means harm, each in its turn."""
    records = []
    for number, text in enumerate(HOSTILE, 1):
        record = CallRecord(number, text, text, BEGAN_AT + number * 0.01)
        record.seconds, record.status = 0.02, 200
        record.region = record.thread = record.task = record.caller = text
        record.error = record.message = record.request_id = text
        record.remarks, record.groups = [text], [GroupRecord(number, text, text)]
        record.parameters = {text: [text, {text: text}], "Body": b"\xff", "At": None}
        record.phases = [Phase(text, 0.0, 0.001), Phase("wait", 0.001, float("nan"))]
        attempt = AttemptRecord(1, 0.001)
        attempt.seconds, attempt.status = 0.01, 200
        attempt.method = attempt.url = attempt.error = attempt.connection = attempt.peer = text
        attempt.request_id = attempt.retry_reason = attempt.request_body = attempt.response_body = text
        attempt.request_headers, attempt.response_headers = {text: text, "X-Amz-Date": text}, {text: text}
        attempt.remarks = [text]
        record.attempts = [attempt]
        changes = [Change(text, text, text, text, text)]
        record.handlers = [
            HandlerRun(
                event=text,
                name=text,
                place=text,
                owner=text,
                started=0.0,
                seconds=0.0,
                changes=changes,
                error=text,
            )
        ]
        records.append(record)
    return records


class _Program:
    """Makes records as a program would, one after the other or several at once."""

    def __init__(self) -> None:
        self._chosen = random.Random(7)
        self.records: list[CallRecord] = []

    def call(self, at: float, name: str, wait: float, *groups: GroupRecord, **details: Any) -> CallRecord:
        service, _, operation = name.partition(".")
        record = CallRecord(len(self.records) + 1, service, operation, BEGAN_AT + at)
        record.region, record.thread = "eu-west-1", details.get("thread", "MainThread")
        record.caller = details.get("caller", "app/photos.py:41 in store")
        record.parameters = details.get("parameters", {"Bucket": "photos"})
        record.groups = list(groups)
        record.parent = details.get("parent")
        record.phases = self._spend(0.0, parameters=0.0004, endpoint=0.0002, serialize=0.0003, prepare=0.0006)
        failures = details.get("failures", [])
        for number, status in enumerate([*failures, details.get("status", 200)], 1):
            self._attempt(record, number, status, wait, details)
        last = record.attempts[-1]
        record.status, record.request_id = last.status, last.request_id
        record.seconds = _end(last.phases)
        record.error, record.message = details.get("error", (None, None))
        self.records.append(record)
        return record

    def _attempt(
        self, record: CallRecord, number: int, status: int, wait: float, details: dict[str, Any]
    ) -> None:
        started = _end(record.attempts[-1].phases if record.attempts else record.phases)
        attempt = AttemptRecord(number, started)
        is_new = number == 1 and details.get("is_new", False)
        connecting = {"pool": 0.0001, "connect": 0.009, "tls": 0.019} if is_new else {"pool": 0.0002}
        credentials = details.get("credentials", 0.0001) if number == 1 else 0.0001
        is_retried = status >= 500
        attempt.phases = self._spend(
            started,
            credentials=credentials,
            sign=0.0005,
            **connecting,
            send=details.get("send", 0.0008),
            wait=0.006 if is_retried else wait,
            body=details.get("body", 0.001),
            parse=0.0006,
        )
        attempt.seconds = _end(attempt.phases) - started
        host = f"{record.service}.eu-west-1.amazonaws.com"
        host = "photos." + host if record.service == "s3" else host
        attempt.method = details.get("method", "POST")
        attempt.url = f"https://{host}{details.get('path', '/')}"
        attempt.connection, attempt.peer = "new" if is_new else "reused", "52.218.0.1:443"
        attempt.status = status
        attempt.request_id = f"{self._chosen.getrandbits(64):016X}"
        attempt.request_bytes, attempt.response_bytes = details.get("sizes", (0, 1840))
        attempt.request_headers = {
            "Host": host,
            "User-Agent": "sotalia/0.1",
            "X-Amz-Date": "20261126T120000Z",
            "X-Team": "holiday",
            "Authorization": "***",
        }
        attempt.response_headers = {
            "x-amz-request-id": attempt.request_id,
            "content-type": "application/xml" if record.service == "s3" else "application/x-amz-json-1.0",
            "content-length": str(attempt.response_bytes),
        }
        if is_retried:
            delay = 0.05 * number
            attempt.delay_seconds, attempt.retry_reason = (
                delay,
                "the service responded 503 SlowDown, a throttling error",
            )
            attempt.phases.append(Phase("delay", _end(attempt.phases), delay))
        record.attempts.append(attempt)
        record.handlers += _handlers(record, attempt)

    def _spend(self, started: float, **seconds: float) -> list[Phase]:
        phases = []
        for name, most in seconds.items():
            took = most * self._chosen.uniform(0.8, 1.2)
            phases.append(Phase(name, started, took))
            started += took
        return phases


def _handlers(record: CallRecord, attempt: AttemptRecord) -> list[HandlerRun]:
    name = f"{record.service}.{record.operation}"
    once = [
        HandlerRun(
            event=f"provide-client-params.{name}",
            name="default_bucket",
            place="app/hooks.py:12",
            owner="yours",
            started=0.0001,
            seconds=0.000014,
            changes=[Change("parameter", "Bucket", "added", None, "photos")],
        ),
        HandlerRun(
            event=f"before-call.{name}",
            name="team_header",
            place="app/hooks.py:21",
            owner="yours",
            started=0.0009,
            seconds=0.00002,
            changes=[Change("header", "X-Team", "changed", "unknown", "holiday")],
        ),
    ]
    signed = HandlerRun(
        event=f"request-created.{name}",
        name="RequestSigner.handler",
        place="sotalia/auth/signer.py:80",
        owner="sotalia",
        started=attempt.started,
        seconds=0.00041,
        attempt=attempt.number,
        changes=[
            Change("header", "X-Amz-Date", "added", None, "20261126T120000Z"),
            Change("header", "Authorization", "added", None, "***"),
        ],
    )
    return [*(once if attempt.number == 1 and record.service == "s3" else []), signed]


def _end(phases: list[Phase]) -> float:
    return phases[-1].started + (phases[-1].seconds or 0.0)


def program() -> list[CallRecord]:
    """A small program: it lists, uploads in parts, is slowed down, waits for a table, and misses a key."""
    made = _Program()
    listing = GroupRecord(1, "paginator", "list_objects_v2")
    upload = GroupRecord(2, "transfer", "upload s3://photos/2026/harbour.tif")
    waiting = GroupRecord(3, "waiter", "table_exists")
    made.call(
        0.0,
        "sts.AssumeRole",
        0.061,
        is_new=True,
        parameters={"RoleArn": "arn:aws:iam::123456789012:role/photos"},
        caller="app/main.py:9 in main",
    )
    for page in range(3):
        made.call(
            0.118 + page * 0.08,
            "s3.ListObjectsV2",
            0.038,
            listing,
            is_new=page == 0,
            method="GET",
            body=0.011,
            path="/?list-type=2&prefix=2026%2F",
            parameters={"Bucket": "photos", "Prefix": "2026/", "MaxKeys": 1000},
            sizes=(0, 214_031),
        )
    made.call(
        0.355,
        "s3.CreateMultipartUpload",
        0.024,
        upload,
        path="/2026/harbour.tif?uploads",
        thread="transfer-0",
    )
    for part in range(1, 9):
        at = 0.39 + (part - 1) // 4 * 0.16 + part % 4 * 0.004
        made.call(
            at,
            "s3.UploadPart",
            0.041 + part % 3 * 0.014,
            upload,
            method="PUT",
            send=0.046,
            thread=f"transfer-{part % 4}",
            sizes=(8_388_608, 0),
            is_new=part < 4,
            failures=[503, 503] if part == 6 else [],
            path=f"/2026/harbour.tif?partNumber={part}&uploadId=VXBsb2Fk",
            parameters={
                "Bucket": "photos",
                "Key": "2026/harbour.tif",
                "PartNumber": part,
                "UploadId": "VXBsb2Fk",
                "Body": "<8388608 bytes>",
            },
        )
    made.call(
        0.915,
        "s3.CompleteMultipartUpload",
        0.083,
        upload,
        thread="transfer-0",
        path="/2026/harbour.tif?uploadId=VXBsb2Fk",
    )
    table = {"TableName": "photos"}
    for number in range(3):
        made.call(
            0.36 + number * 0.21,
            "dynamodb.DescribeTable",
            0.012,
            waiting,
            is_new=number == 0,
            parameters=table,
            thread="worker-1",
            caller="app/index.py:30 in ready",
        )
    for number in range(6):
        made.call(
            1.005 + number * 0.021,
            "dynamodb.PutItem",
            0.009,
            parameters={**table, "Item": {"Key": {"S": f"2026/{number}.jpg"}}},
            caller="app/index.py:44 in add",
            failures=[500] if number == 3 else [],
        )
    made.call(
        1.03,
        "s3.HeadObject",
        0.017,
        method="HEAD",
        status=404,
        path="/2026/lost.jpg",
        parameters={"Bucket": "photos", "Key": "2026/lost.jpg"},
        error=("404", "Not Found"),
    )
    made.call(
        1.09,
        "s3.GetObject",
        0.022,
        method="GET",
        body=0.094,
        sizes=(0, 4_194_304),
        path="/2026/0.jpg",
        parameters={"Bucket": "photos", "Key": "2026/0.jpg"},
    )
    made.call(
        1.2,
        "sqs.SendMessage",
        0.019,
        is_new=True,
        parameters={
            "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/photos",
            "MessageBody": '{"done": true}',
        },
        caller="app/main.py:31 in main",
    )
    records = sorted(made.records, key=lambda record: record.started_at)
    for number, record in enumerate(records, 1):
        record.number = number
    return records
