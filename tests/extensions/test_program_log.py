"""``CallLog``, and ``SOTALIA_LOG``, which installs it without a line of code."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import logging.config
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import sotalia
from sotalia.exceptions import ClientError, ParamValidationError
from sotalia.extensions import CallLog
from sotalia.extensions.program_log import parse, start, start_from_environment, stop
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind, SyncKind

SECRET = "PLANTED-SECRET"
LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
MISSING = (
    b"<Error><Code>NoSuchKey</Code><Message>not\nthere \xe2\x80\xae</Message><RequestId>R</RequestId></Error>"
)
ID = {"x-amz-request-id": "R"}
FIELDS = [
    *("service", "operation", "region", "error", "message", "status", "attempts", "seconds", "request_id"),
]


def s3(client_kind: Kind, *script: Any, **arguments: Any) -> Any:
    return client_kind.scripted("s3", list(script) or [answer(200, ID, body=LISTING)], **arguments)


class Records(logging.Handler):
    """A program's own handler."""

    def __init__(self, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def texts(self) -> list[str]:
        return [record.getMessage() for record in self.records]


def quiet_logger() -> logging.Logger:
    """A logger that nothing hears but its handlers."""
    found = logging.getLogger("tests.alone")
    found.handlers[:], found.propagate = [], False
    found.setLevel(logging.INFO)
    return found


def without_pytest() -> None:
    """The handlers that pytest puts on the root when a test begins would take every line."""
    logging.root.handlers[:] = []


def begin(level: int, **options: Any) -> None:
    without_pytest()
    start(level, **options)


@pytest.fixture
def loggers() -> Iterator[Callable[[str], logging.Logger]]:
    """Loggers to configure; all is put back."""
    names = [None, "sotalia", "sotalia.call", "sotalia.calls", "sotalia.client"]
    known = [logging.getLogger(name) for name in names]
    before = [(each, each.level, each.handlers[:], each.propagate) for each in known]
    yield logging.getLogger
    stop()
    for each, level, handlers, propagate in before:
        each.handlers[:], each.propagate = handlers, propagate
        each.setLevel(level)
    for found in logging.root.manager.loggerDict.values():
        if isinstance(found, logging.Logger):
            found.disabled = False  # By dictConfig.


class Captured:
    """What was written to stderr so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._text = ""

    def getvalue(self) -> str:
        self._text += self._capsys.readouterr().err
        return self._text


@pytest.fixture
def stderr(capsys: pytest.CaptureFixture[str]) -> Captured:
    return Captured(capsys)


# -- the extension -------------------------------------------------------------------------------------------------


def test_a_record_a_call(client_kind: Kind) -> None:
    records: list[dict[str, Any]] = []
    script = [answer(503), answer(200, ID, body=LISTING), answer(404, ID, body=MISSING)]
    client = s3(client_kind, *script, extensions=[CallLog(records.append)])
    client.list_objects_v2(Bucket="bucket")
    with pytest.raises(ClientError):
        client.get_object(Bucket="bucket", Key="k")
    with pytest.raises(ParamValidationError):
        client.get_object(Bucket="bucket")
    assert [list(record) for record in records] == [FIELDS] * 3
    shown = [[record[name] for name in FIELDS if name not in ("message", "seconds")] for record in records]
    assert shown == [
        ["s3", "ListObjectsV2", "us-west-2", None, 200, 2, "R"],
        ["s3", "GetObject", "us-west-2", "NoSuchKey", 404, 1, "R"],
        ["s3", "GetObject", "us-west-2", "ParamValidationError", None, 0, None],
    ]
    assert records[0]["seconds"] > 0
    assert [record["message"] is None for record in records] == [True, False, False]


def test_lines_and_fields(client_kind: Kind, loggers: Callable[[str], logging.Logger]) -> None:
    """One line each, without what commands a terminal or a second time what is said already."""
    handler = Records()
    loggers("app.aws").addHandler(handler)
    loggers("app.aws").setLevel(logging.INFO)
    script = [
        answer(200, ID, body=LISTING),
        answer(404, ID, body=MISSING),
        answer(503),
        answer(200, body=LISTING),
    ]
    client = s3(client_kind, *script, extensions=[CallLog("app.aws")])
    client.list_objects_v2(Bucket="bucket")
    for arguments in ({"Key": "k"}, {}):
        with pytest.raises((ClientError, ParamValidationError)):
            client.get_object(Bucket="bucket", **arguments)
    client.list_objects_v2(Bucket="bucket")
    loggers("app.aws").removeHandler(handler)
    first, second, third, last = handler.records
    assert [record.levelname for record in handler.records] == ["INFO", "WARNING", "WARNING", "WARNING"]
    timed = [record.aws_seconds * 1000 for record in handler.records]  # type: ignore[attr-defined]
    assert handler.texts() == [
        f"s3.ListObjectsV2: 200 in {timed[0]:.1f} ms, 1 attempt, request R, us-west-2",
        f"s3.GetObject: 404 NoSuchKey in {timed[1]:.1f} ms, 1 attempt, request R, us-west-2: not there \\u202e",
        f"s3.GetObject: ParamValidationError in {timed[2]:.1f} ms, not sent, us-west-2: Parameter validation "
        'failed: Missing required parameter in input: "Key"',
        f"s3.ListObjectsV2: 200 in {timed[3]:.1f} ms, 2 attempts, us-west-2",
    ]
    assert [(record.aws_service, record.aws_status) for record in (first, second, third, last)] == [  # type: ignore[attr-defined]
        ("s3", 200),
        ("s3", 404),
        ("s3", None),
        ("s3", 200),
    ]


def test_a_long_message_is_cut_and_holds_no_secret(client_kind: Kind) -> None:
    client_kind.session()
    handler = Records()
    target = quiet_logger()
    target.addHandler(handler)
    body = (
        b"<Error><Code>C</Code><Message>SecretAccessKey=PLANTED-SECRET " + b"x" * 9000 + b"</Message></Error>"
    )
    client = s3(client_kind, answer(400, body=body), extensions=[CallLog(target)])
    with pytest.raises(ClientError):
        client.list_buckets()
    (text,) = handler.texts()
    assert len(text) < 500
    assert text.endswith("x ...")
    assert SECRET not in text + str(vars(handler.records[0]))


def test_a_cancelled_call_did_not_fail() -> None:
    async def run() -> Records:
        handler = Records()
        target = quiet_logger()
        target.addHandler(handler)
        session = sotalia.AsyncSession(**KEYS)
        async with session.client(
            "sqs", endpoint_url="http://10.255.255.1:1", extensions=[CallLog(target)]
        ) as sqs:
            task = asyncio.ensure_future(sqs.list_queues())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        return handler

    (record,) = asyncio.run(run()).records
    assert record.levelno == logging.INFO
    assert "CancelledError" in record.getMessage()


# -- the variable --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("info", (logging.INFO, False)),
        (" Debug ", (logging.DEBUG, False)),
        ("WARNING", (logging.WARNING, False)),
        ("json", (logging.INFO, True)),
        ("debug,json", (logging.DEBUG, True)),
        ("JSON , warning", (logging.WARNING, True)),
    ],
)
def test_values(text: str, expected: tuple[int, bool]) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text", ["1", "true", "error", "inf", "info,debug", "info json", "info,", ",", "json;info", "\x1b[2J"]
)
def test_other_values_say_what_is_allowed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOTALIA_LOG", text)
    with pytest.warns(
        RuntimeWarning, match="one of debug, info, warning, or json, or both as in info,json; nothing is"
    ) as warned:
        start_from_environment()
    assert repr(text) in str(warned[0].message)


@pytest.mark.parametrize("text", ["", " ", "off", "OFF"])
def test_off(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOTALIA_LOG", text)
    before = list(logging.getLogger("sotalia").handlers)
    start_from_environment()
    assert logging.getLogger("sotalia").handlers == before


def test_lines_go_to_stderr(
    client_kind: Kind, loggers: Callable[[str], logging.Logger], stderr: Captured
) -> None:
    earlier = s3(client_kind)
    begin(logging.INFO)
    for client in (earlier, s3(client_kind)):
        client.list_buckets()
    one, two = stderr.getvalue().splitlines()
    for line in (one, two):
        assert " sotalia.calls [INFO] s3.ListBuckets: 200 in " in line
        assert line.endswith(" ms, 1 attempt, request R, us-west-2")


@pytest.mark.parametrize(("level", "count"), [(logging.WARNING, 1), (logging.INFO, 2)])
def test_levels(
    client_kind: Kind, loggers: Callable[[str], logging.Logger], stderr: Captured, level: int, count: int
) -> None:
    begin(logging.DEBUG)
    begin(level)
    client = s3(client_kind, answer(200, body=LISTING), answer(404, body=MISSING))
    client.list_buckets()
    with pytest.raises(ClientError):
        client.get_object(Bucket="bucket", Key="k")
    assert len(stderr.getvalue().splitlines()) == count


def test_debug_also_tells_of_attempts(
    client_kind: Kind, loggers: Callable[[str], logging.Logger], stderr: Captured
) -> None:
    begin(logging.DEBUG)
    s3(client_kind).list_buckets()
    assert "sotalia.call [DEBUG] s3.ListBuckets: attempt 1: GET https://" in stderr.getvalue()
    assert stderr.getvalue().count("sotalia.calls [INFO]") == 1


def test_json(client_kind: Kind, loggers: Callable[[str], logging.Logger], stderr: Captured) -> None:
    begin(logging.INFO, is_json=True)
    s3(client_kind).list_buckets()
    try:
        raise ValueError("Authorization: PLANTED-SECRET")
    except ValueError:
        logging.getLogger("sotalia.other").exception("two\nlines, SecretAccessKey=%s", SECRET)
    call, other = map(json.loads, stderr.getvalue().splitlines())
    assert list(call) == ["timestamp", "level", "logger", "message", *(f"aws_{name}" for name in FIELDS)]
    assert (call["level"], call["logger"], call["aws_operation"]) == ("INFO", "sotalia.calls", "ListBuckets")
    assert call["timestamp"].endswith("Z")
    assert SECRET not in stderr.getvalue()
    assert other["message"] == "two\nlines, SecretAccessKey=***"
    assert "ValueError" in other["exception"]


def root_handler(handler: Records) -> None:
    logging.basicConfig(handlers=[handler])


def own_handler(handler: Records) -> None:
    logging.getLogger("sotalia").addHandler(handler)


def handler_alone(handler: Records) -> None:
    own_handler(handler)
    logging.getLogger("sotalia").propagate = False


def by_dictionary(handler: Records) -> None:
    """Which disables all loggers that are there and not named."""
    handlers = {"own": {"()": lambda: handler}}
    logging.config.dictConfig({"version": 1, "handlers": handlers, "root": {"handlers": ["own"]}})


@pytest.mark.parametrize("configure", [root_handler, own_handler, handler_alone, by_dictionary])
@pytest.mark.parametrize("is_later", [True, False])
def test_handlers_of_the_program_get_the_lines_instead(
    loggers: Callable[[str], logging.Logger],
    stderr: Captured,
    configure: Callable[[Records], None],
    is_later: bool,
) -> None:
    client = s3(SyncKind())
    handler = Records()
    without_pytest()
    if not is_later:
        configure(handler)
    start(logging.INFO)
    if is_later:
        client.list_buckets()
        configure(handler)
        assert len(stderr.getvalue().splitlines()) == 1
    client.list_buckets()
    assert len(stderr.getvalue().splitlines()) == int(is_later)
    (record,) = handler.records
    assert record.aws_operation == "ListBuckets"  # type: ignore[attr-defined]


def test_a_handler_for_errors_takes_no_other_lines(
    loggers: Callable[[str], logging.Logger], stderr: Captured
) -> None:
    """As of an application that mails errors and writes nothing else."""
    without_pytest()
    handler = Records(logging.ERROR)
    loggers("").addHandler(handler)
    start(logging.INFO)
    s3(SyncKind()).list_buckets()
    assert handler.records == []
    assert len(stderr.getvalue().splitlines()) == 1


def test_a_level_of_the_program_counts(loggers: Callable[[str], logging.Logger], stderr: Captured) -> None:
    begin(logging.INFO)
    loggers("sotalia").setLevel(logging.ERROR)
    s3(SyncKind()).list_buckets()
    assert stderr.getvalue() == ""


def test_with_the_extension_there_is_one_line(
    client_kind: Kind, loggers: Callable[[str], logging.Logger], stderr: Captured
) -> None:
    begin(logging.INFO)
    session = client_kind.session(**KEYS, extensions=["call-log"])
    s3(client_kind, session=session, extensions=[CallLog()]).list_buckets()
    assert len(stderr.getvalue().splitlines()) == 1


def test_threads(loggers: Callable[[str], logging.Logger], stderr: Captured) -> None:
    begin(logging.INFO)
    client = s3(SyncKind(), *[answer(200, body=LISTING)] * 40)
    threads = [threading.Thread(target=lambda: [client.list_buckets() for _ in range(5)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([line for line in stderr.getvalue().splitlines() if "s3.ListBuckets: 200" in line]) == 40


def test_a_stderr_that_is_closed_or_missing(
    loggers: Callable[[str], logging.Logger], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(logging.INFO)
    for stream in (None, io.StringIO()):
        if stream is not None:
            stream.close()
        monkeypatch.setattr(sys, "stderr", stream)
        s3(SyncKind()).list_buckets()


PROGRAM = """
import sys, threading
{before}
import sotalia
keys = dict(aws_access_key_id="testing", aws_secret_access_key="PLANTED-SECRET", region_name="us-east-1")
client = sotalia.Session(**keys).client("sts", endpoint_url=sys.argv[1])
client.get_caller_identity()
threading.Thread(target=client.get_caller_identity).start()
"""


def run(program: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True)


def test_a_program_that_says_nothing_of_logs(aws: LocalAWS) -> None:
    done = run(PROGRAM.format(before=""), aws.endpoint_url, SOTALIA_LOG="info")
    assert done.returncode == 0
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all(" sotalia.calls [INFO] sts.GetCallerIdentity: 200 in " in line for line in lines)
    assert SECRET not in done.stderr


@pytest.mark.parametrize("variables", [{}, {"SOTALIA_LOG": "nonsense"}])
def test_nothing_is_loaded_otherwise(variables: dict[str, str]) -> None:
    program = "import sys, sotalia; print('logging' in sys.modules, [n for n in sys.modules if n.endswith('program_log')])"
    done = run(program, **variables)
    assert done.returncode == 0
    if variables:
        assert "write one of debug, info" in done.stderr
    else:
        assert (done.stdout, done.stderr) == ("False []\n", "")
