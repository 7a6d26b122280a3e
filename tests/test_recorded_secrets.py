"""No secret that is planted in a call comes into a record, a page, a file, a span, a cassette, a note or a text."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import sotalia
import tests.leaks_of_members
import tests.leaks_of_requests
import tests.leaks_of_responses  # noqa: F401 - they fill LEAKS
from sotalia.recording import jsonl
from sotalia.recording.curl import curl_of
from sotalia.recording.text import lines, timeline
from sotalia.replay import NotRecordedError
from sotalia.testing import call_reports
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import Kind
from tests.recorded_secrets import CUSTOMER_KEY, KEY_ID, LEAKS, MARK, SECRET_KEY, SIGNED, TOKEN, Scene, js

# Parts of every planted secret that no encoding but base64 and hexadecimal writes in another way.
PARTS = ("Zq7headKd", "Xmid9QxW", "tail4WzB", KEY_ID)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


def forms(part: str) -> Iterator[str]:
    """A part as it may be written: in hexadecimal, and in base64 wherever it begins there, without what neighbours change."""
    data = part.encode()
    yield part.lower()
    yield data.hex()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        yield encoded[4 if shift else 0 :][:-2]


FORMS = {form: part for part in PARTS for form in forms(part)}


def found_in(text: str) -> list[str]:
    """The parts of secrets that a text has in any form, with what stands around them."""
    decoded = [text, unescape(text), unquote_plus(unquote_plus(text)), text.replace("\\", "")]
    found = []
    for version in decoded:
        folded = version.lower()
        for form, part in FORMS.items():
            # Base64 means other bytes in another case.
            place = (folded if form == part.lower() or form == part.encode().hex() else version).find(form)
            if place >= 0:
                found.append(f"{part}: ...{version[max(0, place - 120) : place + 40]}...")
    return found


def everything(calls: Any, folder: Path, error: BaseException | None) -> dict[str, str]:
    """All that a recorder can make of its calls, by name."""
    told: dict[str, str] = {}
    for suffix in ("html", "har", "jsonl"):
        path = folder / f"calls.{suffix}"
        calls.save(path)
        told[suffix] = path.read_text("utf-8")
    printed = io.StringIO()
    calls.print(printed)
    told["print"] = printed.getvalue()
    told["notebook"] = calls._repr_html_()
    told["timelines"] = "\n".join(line for record in calls for line in timeline(record))
    told["lines"] = "\n".join(lines(list(calls)))
    told["curl"] = "\n".join(str(curl_of(record, attempt)) for record in calls for attempt in record.attempts)
    told["reprs"] = repr((calls, list(calls), calls.groups, calls.failed, vars(calls)))
    told["records"] = json.dumps([record.as_json() for record in calls], default=repr, ensure_ascii=False)
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    calls.spans(provider)
    told["spans"] = "".join(span.to_json() for span in exporter.get_finished_spans())
    notes: list[str] = []
    while error is not None:
        notes += getattr(error, "__notes__", [])
        error = error.__cause__ or error.__context__
    told["notes"] = "\n".join(notes)
    return told


def opened(data: bytes) -> str:
    """What a compressed body says, as far as it goes."""
    try:
        return zlib.decompressobj(31).decompress(data).decode("utf-8", "replace")
    except zlib.error:
        return ""


def of_files(folder: Path) -> str:
    """The texts of a cassette, and of the bodies beside it; compressed ones opened."""
    texts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            texts += [path.name, data.decode("utf-8", "replace")]
            for start in (match.start() for match in re.finditer(rb"\x1f\x8b", data)):
                texts.append(opened(data[start:]))
    text = "\n".join(texts)
    # Bodies stand there in base64, too.
    for match in _BASE64.finditer(text):
        try:
            data = base64.b64decode(match[0] + "=" * (-len(match[0]) % 4))
        except ValueError:
            continue
        if data[:2] == b"\x1f\x8b":
            text += opened(data)
        else:
            text += "\n" + data.decode("utf-8", "replace")
    return text


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_secret_is_nowhere(
    name: str, client_kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(client_kind, tmp_path, monkeypatch)
    (tmp_path / "cassette").mkdir()
    raised: BaseException | None = None
    with (
        sotalia.recorder(bodies=50_000) as calls,
        sotalia.cassette(tmp_path / "cassette" / "calls.json", mode="all") as cassette,
    ):
        try:
            LEAKS[name](scene)
        except Exception as error:
            raised = error
    assert len(calls) > 0, raised
    told = everything(calls, tmp_path, raised)
    told["cassette"] = of_files(tmp_path / "cassette") + repr(cassette)
    found = {where: found_in(text) for where, text in told.items()}
    assert not {where: texts for where, texts in found.items() if texts}
    assert calls[0].operation in told["print"]
    # What was written is read back, so it is no wonder of another kind that nothing was found.
    assert len(jsonl.read(tmp_path / "calls.jsonl")) == len(calls)


def clean(*texts: object) -> bool:
    """Whether no planted secret is in any of these; the assertion shows those that are."""
    found = [place for text in texts for place in found_in(str(text))]
    assert found == []
    return True


@pytest.fixture
def scene(client_kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(client_kind, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("service", "method", "recorded", "asked"),
    [
        (
            "secretsmanager",
            "put_secret_value",
            {"SecretId": "s", "SecretString": MARK},
            {"SecretId": "t", "SecretString": MARK + "!"},
        ),
        (
            "s3",
            "put_object",
            {"Bucket": "b", "Key": "k", "Metadata": {"debug": SECRET_KEY}, "SSECustomerKey": CUSTOMER_KEY},
            {
                "Bucket": "b",
                "Key": "other",
                "Metadata": {"debug": TOKEN},
                "SSECustomerKey": CUSTOMER_KEY[::-1],
            },
        ),
        (
            "dynamodb",
            "put_item",
            {"TableName": "t", "Item": {"id": {"S": "1"}, "password": {"S": MARK}}},
            {"TableName": "t", "Item": {"id": {"S": "2"}, "password": {"S": MARK + "?"}}},
        ),
        (
            "sqs",
            "send_message",
            {"QueueUrl": "https://q/1/q", "MessageBody": f"see {SIGNED}"},
            {"QueueUrl": "https://q/1/q", "MessageBody": f"look at {SIGNED}"},
        ),
        (
            "ecs",
            "register_task_definition",
            {
                "family": "f",
                "containerDefinitions": [
                    {"name": "c", "environment": [{"name": "DB_PASSWORD", "value": MARK}]}
                ],
            },
            {
                "family": "g",
                "containerDefinitions": [
                    {"name": "c", "environment": [{"name": "DB_PASSWORD", "value": "x"}]}
                ],
            },
        ),
    ],
)
def test_hints_of_near_misses(
    scene: Scene, tmp_path: Path, service: str, method: str, recorded: Any, asked: Any
) -> None:
    reply = js({}) if service != "s3" else answer()
    path = tmp_path / "folder" / "calls.json"
    path.parent.mkdir()
    with sotalia.cassette(path, mode="all"):
        getattr(scene.client(service, reply), method)(**recorded)
    with sotalia.cassette(path, mode="none") as cassette, sotalia.recorder(bodies=1000) as calls:
        client = scene.client(service, reply)
        with pytest.raises(NotRecordedError) as caught:
            getattr(client, method)(**asked)
    error = caught.value
    told = everything(calls, tmp_path, error)
    assert clean(
        error, repr(error), error.parameters, error.nearest, cassette, *told.values(), of_files(path.parent)
    )
    # The same call with other secrets is the same call.
    with sotalia.cassette(path, mode="none"):
        getattr(scene.client(service, reply), method)(**recorded)


def test_a_record_that_is_looked_at_while_its_call_lasts(scene: Scene) -> None:
    looked: list[str] = []
    client = scene.client("secretsmanager", js({"SecretString": MARK}))

    def look(**kwargs: Any) -> None:
        looked.append(json.dumps(calls[-1].as_json()) + repr(calls[-1].parameters))

    with sotalia.recorder(bodies=1000) as calls:
        for event in ("before-parameter-build", "before-call", "before-send", "before-parse", "after-call"):
            client.raw.meta.events.register(f"{event}.secretsmanager", look)
        client.put_secret_value(SecretId=f"s-{SECRET_KEY}", SecretString=MARK)
    assert len(looked) == 5
    assert clean(*looked, json.dumps(calls[0].as_json()))


@pytest.mark.parametrize("before", range(470, 506, 4))
def test_secrets_where_long_texts_are_cut(scene: Scene, before: int, tmp_path: Path) -> None:
    client = scene.client("s3", answer(200, {"x-debug": "x" * before + TOKEN}))
    metadata = {"debug": "x" * before + SECRET_KEY}
    with sotalia.recorder(bodies=before + 10) as calls:
        client.put_object(Bucket="b", Key="k", Metadata=metadata, Body=("x" * before + SECRET_KEY).encode())
    assert clean(*everything(calls, tmp_path, None).values())


def test_keys_that_were_renewed_meanwhile(client_kind: Kind, tmp_path: Path) -> None:
    """What a call was signed with is hidden in its record also when the client has other keys by now."""
    from sotalia.credentials.objects import ReadOnlyCredentials
    from sotalia.credentials.refreshable import RefreshableCredentials as Renewed
    from sotalia.transport.scripted import ScriptedTransport

    session = client_kind.session(region_name="us-west-2", transport=ScriptedTransport([answer()]))
    renewed = Renewed(KEY_ID, SECRET_KEY, TOKEN, None, dict, "test")
    session._session._credentials = renewed
    client = client_kind.client("s3", session)
    client.raw.meta.events.register(
        "before-sign.s3", lambda request, **kwargs: request.headers.__setitem__("X-Debug", SECRET_KEY)
    )
    with sotalia.recorder() as calls:
        client.head_bucket(Bucket="b")
        renewed._value = ReadOnlyCredentials("OTHERKEYOTHERKEY", "othersecretothersecret", None, None)
    assert calls[0].attempts[0].request_headers["X-Debug"] == "***"
    assert clean(*everything(calls, tmp_path, None).values())


def test_the_report_of_a_failed_test(scene: Scene) -> None:
    call_reports.begin()
    try:
        error = js({"__type": "X", "message": f"{MARK} by {KEY_ID}"}, 400)
        with suppress(sotalia.exceptions.ClientError):
            scene.client("secretsmanager", error).put_secret_value(SecretId="s", SecretString=MARK)
        assert clean(*call_reports.sections())
        assert "PutSecretValue" in str(call_reports.sections())
    finally:
        call_reports.stop()


def test_names_of_groups_of_the_filesystem(tmp_path: Path) -> None:
    from sotalia.fs import S3FileSystem

    fs: Any = S3FileSystem(
        key=KEY_ID,
        secret=SECRET_KEY,
        token=TOKEN,
        client_kwargs={"region_name": "us-east-1"},
        transport=ScriptedTransport([answer(200, {"etag": '"x"', "content-length": "0"})]),
        skip_instance_cache=True,
    )
    with sotalia.recorder() as calls:
        fs.cat(f"b/{SECRET_KEY}")
        with suppress(Exception):
            fs.open(f"b/k?{SIGNED.partition('?')[2]}").read()
    assert len(calls.groups) == 2
    assert clean(*everything(calls, tmp_path, None).values())


def test_the_file_of_a_recorded_program(tmp_path: Path) -> None:
    """``SOTALIA_RECORD``, by which a program is recorded that knows nothing of it."""
    program = (
        "import sotalia\n"
        "from sotalia.transport.scripted import ScriptedTransport, answer\n"
        f"keys = dict(aws_access_key_id={KEY_ID!r}, aws_secret_access_key={SECRET_KEY!r}, aws_session_token={TOKEN!r})\n"
        "session = sotalia.Session(region_name='us-east-1', transport=ScriptedTransport([answer(body=b'{}')]), **keys)\n"
        "client = session.client('secretsmanager')\n"
        f"client.put_secret_value(SecretId='s-' + {SECRET_KEY!r}, SecretString={MARK!r})\n"
    )
    path = tmp_path / "calls.jsonl"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "SOTALIA_RECORD": str(path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PutSecretValue" in path.read_text("utf-8")
    assert clean(path.read_text("utf-8"), ran.stdout, ran.stderr)
