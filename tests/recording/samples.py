"""Records as a recorder would make them, for tests of what shows and exports them. Seeded: each run has the same."""

from __future__ import annotations

import random

from sotalia.recording.records import AttemptRecord, CallRecord, Change, GroupRecord, HandlerRun, Phase

#: When the first call of all samples began, in seconds since 1970: 2026-11-26 12:00 UTC.
BEGAN_AT = 1_795_694_400.0
_OPERATIONS = (
    ("s3", "GetObject"),
    ("s3", "PutObject"),
    ("s3", "ListObjectsV2"),
    ("dynamodb", "GetItem"),
    ("sqs", "SendMessage"),
)


def many(count: int, seed: int = 16) -> list[CallRecord]:
    """So many calls: some concurrent, some retried, some failed, some of a transfer."""
    chosen = random.Random(seed)
    transfer = GroupRecord(1, "transfer", "upload s3://photos/big.bin")
    records: list[CallRecord] = []
    at = BEGAN_AT
    for number in range(1, count + 1):
        service, operation = chosen.choice(_OPERATIONS)
        record = CallRecord(number, service, operation, at)
        at += chosen.uniform(0, 0.02)
        record.region, record.thread, record.caller = (
            "eu-west-1",
            f"worker-{number % 4}",
            "app/photos.py:12 in store",
        )
        record.parameters = {"Bucket": "photos", "Key": f"<img src=x>{number}.jpg"}
        record.phases = _phases(chosen, 0.0, "parameters", "endpoint", "serialize", "prepare")
        if operation == "PutObject":
            record.groups = [transfer]
        _add_attempts(record, chosen)
        records.append(record)
    return records


def _add_attempts(record: CallRecord, chosen: random.Random) -> None:
    started = _end(record.phases)
    is_retried = chosen.random() < 0.1
    for number in (1, 2) if is_retried else (1,):
        attempt = AttemptRecord(number, started)
        connected = () if number == 2 or chosen.random() < 0.8 else ("connect", "tls")
        attempt.phases = _phases(
            chosen, started, "credentials", "sign", "pool", *connected, "send", "wait", "body", "parse"
        )
        attempt.connection, attempt.peer = "new" if connected else "reused", "127.0.0.1:5000"
        attempt.method, attempt.url = "GET", f"https://photos.s3.eu-west-1.amazonaws.com/{record.number}.jpg"
        attempt.request_headers = {
            "Host": "photos.s3.eu-west-1.amazonaws.com",
            "Authorization": "***",
            "X-Team": "data",
        }
        attempt.status = 503 if is_retried and number == 1 else 404 if chosen.random() < 0.05 else 200
        attempt.response_headers = {
            "x-amz-request-id": f"R{record.number}-{number}",
            "content-length": "1024",
        }
        attempt.request_bytes, attempt.response_bytes, attempt.request_id = (
            0,
            1024,
            f"R{record.number}-{number}",
        )
        attempt.seconds = _end(attempt.phases) - started
        if attempt.status == 503:
            attempt.delay_seconds, attempt.retry_reason = 0.05, "the service answered 503 SlowDown"
            attempt.remarks.append("fault: throttle (rule 1)")
            attempt.phases.append(Phase("delay", _end(attempt.phases), 0.05))
        started = _end(attempt.phases)
        record.attempts.append(attempt)
        record.handlers += [
            HandlerRun(
                event=f"before-call.{record.service}.{record.operation}",
                name="stamp",
                place="app/hooks.py:7",
                owner="yours",
                started=0.0001,
                seconds=0.00002,
                changes=[Change("header", "X-Team", "added", None, "data")],
            ),
            HandlerRun(
                event=f"request-created.{record.service}.{record.operation}",
                name="RequestSigner.handler",
                place="src/sotalia/auth/signer.py:80",
                owner="sotalia",
                started=attempt.started,
                seconds=0.0002,
                attempt=number,
                changes=[Change("header", "Authorization", "added", None, "***")],
            ),
        ]
    last = record.attempts[-1]
    record.seconds, record.status, record.request_id = started, last.status, last.request_id
    if last.status == 404:
        record.error, record.message = "NoSuchKey", "The specified key does not exist."


def _phases(chosen: random.Random, started: float, *names: str) -> list[Phase]:
    phases: list[Phase] = []
    for name in names:
        seconds = chosen.uniform(0.00002, 0.03 if name in ("wait", "connect", "tls") else 0.0005)
        phases.append(Phase(name, started, seconds))
        started += seconds
    return phases


def _end(phases: list[Phase]) -> float:
    last = phases[-1]
    return last.started + (last.seconds or 0.0)
