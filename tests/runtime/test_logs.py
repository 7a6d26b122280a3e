"""What is logged about calls, sync and async, and that no secret is."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.retries.standard import StandardRetries
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind, SyncKind
from tests.retries.test_calls import made

SECRETS = {**KEYS, "aws_secret_access_key": "PLANTED-secret", "aws_session_token": "PLANTED-token"}


@pytest.fixture(autouse=True)
def _loggers_as_they_were() -> Iterator[None]:
    names = (
        "",
        "sotalia",
        "sotalia.call",
        "boto3",
        "botocore",
        "botocore.credentials",
        "sotalia.credentials",
    )
    before = [
        (logging.getLogger(name), logging.getLogger(name).level, list(logging.getLogger(name).handlers))
        for name in names
    ]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def logged(name: str = "sotalia", level: Any = logging.DEBUG) -> io.StringIO:
    """A stream that gets what is logged from now on."""
    from sotalia.runtime.logs import set_stream_logger

    stream = io.StringIO()
    set_stream_logger(name, level, "%(name)s %(levelname)s %(message)s", stream)
    return stream


def test_a_call_with_a_retry(client_kind: Kind) -> None:
    stream = logged()
    client = client_kind.scripted(
        "s3", [answer(500, body=b"<Error><Code>InternalError</Code></Error>"), answer(200, {"x-amz-request-id": "R1"})],
        client_kind.session(**SECRETS),
    )  # fmt: skip
    client.put_object(Bucket="bucket", Key="key", Body=b"PLANTED-body", SSECustomerKey="PLANTED-0123456789-0123456789-01",
                      SSECustomerAlgorithm="AES256", Metadata={"a": "b"})  # fmt: skip
    text = stream.getvalue()
    assert "PLANTED" not in text
    lines = [line for line in text.splitlines() if line.startswith("sotalia.call")]
    for expected, line in zip(
        (
            "s3.PutObject: called with {'Bucket': 'bucket', 'Key': 'key', 'Body': '<BytesIO>', 'SSECustomerKey': '***'",
            "s3.PutObject: attempt 1: PUT https://bucket.s3.us-west-2.amazonaws.com/key",
            "s3.PutObject: attempt 1 answered 500 in ",
            "s3.PutObject: attempt 1 is retried in 0.0",
            "s3.PutObject: attempt 2: PUT https://bucket.s3.us-west-2.amazonaws.com/key",
            "s3.PutObject: attempt 2 answered 200 in ",
            "s3.PutObject: done, 200 after 2 attempts",
        ),
        lines,
        strict=True,
    ):
        assert line.startswith(f"sotalia.call DEBUG {expected}")
    assert "error InternalError" in lines[2]
    assert lines[3].endswith(" s: standard mode: transient, by status 500")
    assert "request id R1" in lines[5]
    for header in ("'Authorization': '***'", "'X-Amz-Security-Token': '***'", "customer-key': '***'"):
        assert header in lines[1]


def test_what_was_raised(client_kind: Kind) -> None:
    stream = logged()
    client = client_kind.scripted("sqs", [exceptions.EndpointConnectionError(endpoint_url="https://sqs")] * 3)
    with pytest.raises(exceptions.EndpointConnectionError):
        client.list_queues()
    text = stream.getvalue()
    assert "sqs.ListQueues: attempt 1 failed after" in text
    assert "EndpointConnectionError: Could not connect" in text
    assert "sqs.ListQueues: failed after 3 attempts with EndpointConnectionError" in text
    assert text.count("standard mode: transient, by EndpointConnectionError") == 2


MOVED = answer(301, {"x-amz-bucket-region": "eu-west-1"}, b"<Error><Code>PermanentRedirect</Code></Error>")
EARLIER = {"Date": formatdate(time.time() - 3600, usegmt=True)}


def error(status: int, code: str, headers: dict[str, str] | None = None) -> Any:
    return answer(status, headers or {}, f"<Error><Code>{code}</Code></Error>".encode())


@pytest.mark.parametrize(
    ("mode", "first", "reason"),
    [
        ("standard", error(503, "SlowDown"), "standard mode: throttling, by code SlowDown"),
        ("standard", error(429, "Other"), "standard mode: throttling, by status 429"),
        ("adaptive", error(400, "RequestTimeout"), "standard mode: transient, by code RequestTimeout"),
        ("standard", ConnectionClosedError(endpoint_url="x"), "standard mode: transient, by ConnectionClosedError"),
        ("legacy", error(503, "SlowDown"), "legacy mode: status 503 with code SlowDown"),
        ("legacy", answer(500), "legacy mode: status 500 with code 500"),
        ("legacy", ConnectionClosedError(endpoint_url="x"), "legacy mode: ConnectionClosedError"),
        ("standard", MOVED, "the bucket is in eu-west-1"),
        ("standard", error(403, "RequestTimeTooSkewed", EARLIER), "s off, by the service's"),
        ("standard", error(418, "Teapot"), f"a_rule_of_ones_own' ({__file__}:"),
    ],
)  # fmt: skip
def test_why_a_call_is_retried(client_kind: Kind, mode: str, first: Any, reason: str) -> None:
    def a_rule_of_ones_own(response: Any, **kwargs: Any) -> float | None:
        return 0.001 if response and response[0].status_code == 418 else None

    stream = logged()
    client, _ = made(
        client_kind,
        "s3",
        [first, answer(200, body=b"<AccessControlPolicy><Owner/></AccessControlPolicy>")],
        config=Config(retries={"mode": mode}),
    )
    client.meta.events.register("needs-retry.s3", a_rule_of_ones_own)
    client.get_bucket_acl(Bucket="bucket")
    (line,) = [line for line in stream.getvalue().splitlines() if "is retried in" in line]
    assert line.startswith("sotalia.call DEBUG s3.GetBucketAcl: attempt 1 is retried in ")
    assert reason in line


def test_why_a_call_is_not_retried_any_more(client_kind: Kind) -> None:
    stream = logged()
    config = Config(retries={"total_max_attempts": 2})
    client, _ = made(client_kind, "s3", [answer(500)] * 4, config=config)
    with pytest.raises(exceptions.ClientError):
        client.list_buckets()
    assert "s3.ListBuckets: done, 500 after 2 attempts, which are all" in stream.getvalue()
    retries = [handler.__self__ for handler in client.meta.events.handlers("needs-retry.s3")
               if isinstance(getattr(handler, "__self__", None), StandardRetries)]  # fmt: skip
    while retries[0].quota.acquire(5):
        pass
    with pytest.raises(exceptions.ClientError):
        client.list_buckets()
    assert "s3.ListBuckets: done, 500 after 1 attempts, the retry quota is used up" in stream.getvalue()


def test_a_client_that_was_there_before_tells_as_well_and_only_while_asked_to(client_kind: Kind) -> None:
    logging.getLogger("sotalia").setLevel(logging.WARNING)
    client = client_kind.scripted("sqs", [answer(body=b"{}")] * 9)
    client.list_queues()
    stream = logged()
    client.list_queues()
    text = stream.getvalue()
    assert text.count("sqs.ListQueues: called with") == 1
    assert text.count("sqs.ListQueues: done") == 1
    client.list_queues()
    assert stream.getvalue().count("sqs.ListQueues: done") == 2
    logging.getLogger("sotalia").setLevel(logging.WARNING)
    client.list_queues()
    assert stream.getvalue().count("sqs.ListQueues") == 2 * text.count("sqs.ListQueues")


def test_many_first_calls_at_once_tell_once_each() -> None:
    client = SyncKind().scripted("sqs", [answer(body=b"{}")] * 8)
    stream = logged()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.list_queues(), range(8)))
    assert stream.getvalue().count("sqs.ListQueues: attempt 1 answered 200") == 8


def test_clients_and_credentials_are_told_of(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "PLANTED")
    stream = logged()
    client = client_kind.scripted(
        "sqs", [answer(200, body=b"{}")], client_kind.session(region_name="us-west-2")
    )
    client.list_queues()
    text = stream.getvalue()
    assert "sotalia.client DEBUG sqs: client for us-west-2 at https://" in text
    assert "sotalia.credentials.chain INFO Found credentials by env" in text
    assert "PLANTED" not in text


@pytest.mark.parametrize("name", ["sotalia", "boto3", "botocore", ""])
def test_names_of_the_reference_mean_ours(name: str) -> None:
    stream = logged(name)
    assert logging.getLogger("sotalia.call").isEnabledFor(logging.DEBUG)
    logging.getLogger("sotalia.call").debug("hello")
    if name.startswith("boto"):
        logging.getLogger(f"{name}.anything").debug("theirs")
        assert "theirs" in stream.getvalue()
    assert stream.getvalue().count("hello") == 1


def test_a_part_of_the_reference_means_the_same_part() -> None:
    stream = logged("botocore.credentials")
    logging.getLogger("sotalia.credentials").debug("found")
    logging.getLogger("sotalia.call").debug("not this")
    assert "found" in stream.getvalue()
    assert "not this" not in stream.getvalue()


def test_levels_and_formats(capsys: pytest.CaptureFixture[str]) -> None:
    sotalia.set_stream_logger("sotalia", logging.INFO)
    logging.getLogger("sotalia.x").debug("too little")
    logging.getLogger("sotalia.x").info("enough")
    shown = capsys.readouterr().err
    assert "too little" not in shown
    assert " sotalia.x [INFO] enough" in shown


def test_loggers_of_sessions(tmp_path: Any) -> None:
    session = sotalia.Session()._session
    stream = io.StringIO()
    session.set_stream_logger("sotalia", "INFO", stream=stream)
    session.set_file_logger(logging.DEBUG, str(tmp_path / "log"))
    logging.getLogger("sotalia.y").info("both")
    logging.getLogger("sotalia.y").debug("Authorization: PLANTED")
    for handler in logging.getLogger("sotalia").handlers:
        handler.close()
    assert stream.getvalue().endswith(" - sotalia.y - INFO - both\n")
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line.partition(" - ")[2] for line in lines] == [
        "sotalia.y - INFO - both",
        "sotalia.y - DEBUG - Authorization: ***",
    ]


def test_without_a_listener_nothing_is_registered() -> None:
    logging.getLogger("sotalia").setLevel(logging.WARNING)
    client = SyncKind().scripted("s3", [answer(200)])
    client.put_object(Bucket="bucket", Key="key")
    for event in (
        "before-parameter-build",
        "request-created",
        "response-received",
        "after-call",
        "after-call-error",
    ):
        names = [
            getattr(handler, "__module__", "")
            for handler in client.meta.events.handlers(f"{event}.s3.PutObject")
        ]
        assert "sotalia.runtime.logs" not in names
    assert client.meta.events.lookup("around.observer.s3.PutObject").handlers == ()


def test_a_failing_log_line_breaks_no_call(client_kind: Kind) -> None:
    class Odd(str):
        def __iter__(self) -> Any:
            raise RuntimeError("odd")

    stream = logged()
    client = client_kind.scripted("sqs", [answer(200, body=b"{}")])
    client.create_queue(QueueName="q", Attributes={"a": Odd("x")})
    assert "sqs.CreateQueue: an observer failed at parameters_ready" in stream.getvalue()
    assert "sqs.CreateQueue: done, 200 after 1 attempts" in stream.getvalue()


@pytest.mark.parametrize(
    "program",
    [
        # Importing and using a client loads no logging; a warning without configuration is not printed.
        "import sys, sotalia; sotalia.Session('AKID', 'secret', region_name='us-east-1').client('s3'); "
        "print('logging' in sys.modules)",
        "import sotalia; sotalia.Session().client('s3', region_name='fips-us-east-1'); "
        "import logging; print([type(h).__name__ for h in logging.getLogger('sotalia').handlers])",
    ],
)
def test_quiet_by_default(program: str) -> None:
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    assert run.stdout.strip() in ("False", "['NullHandler']")
