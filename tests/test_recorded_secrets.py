"""No secret that is planted in a call comes into a record, a page, a file, a span, a cassette, a note or a text."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import sotalia
from sotalia.recording import jsonl
from sotalia.recording.curl import curl_of
from sotalia.recording.text import lines, timeline
from tests.client_kinds import Kind
from tests.recorded_leaks import KEY_ID, LEAKS, Scene

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
