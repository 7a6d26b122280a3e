"""The file of a cassette: JSON for people, one member a line. ``docs/cassettes.md`` describes it.

Version 1::

    {"format": "sotalia cassette", "version": 1, "calls": [
      {"service": "s3", "operation": "PutObject", "region": "eu-west-1", "parameters": {...}, "attempts": [
        {"status": 200, "headers": {...}, "body": {"xml": [...]}}]}]}

A newer version may add members, which this one then refuses rather than drops.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256

from sotalia.replay.errors import CassetteFileError
from sotalia.replay.json_documents import document_of, text_of
from sotalia.replay.recordings import Failure, Recording, Reply
from sotalia.replay.stored import bytes_of, stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    JSON = dict[str, Any]
    # What JSON consists of; a union, for checkers to know what is in an object.
    _Value = dict[str, Any] | list[Any] | str | float | bool | None

FORMAT: Final = "sotalia cassette"
VERSION: Final = 1
#: Larger bodies are files of their own: a review can leave them out, and a merge never meets them.
LARGEST: Final = 64 * 1024
_NAME: Final = 20
_ATTEMPT: Final = frozenset(("status", "headers", "body", "failure", "is_cut", "clock_offset_seconds"))
_CALL: Final = frozenset(("service", "operation", "region", "parameters", "attempts"))


def bodies_folder(path: str) -> str:
    """Where a cassette has its large bodies: ``upload.bodies`` beside ``upload.json``."""
    return f"{os.path.splitext(path)[0]}.bodies"


# -- write -----------------------------------------------------------------------------------------------------------


def written(recordings: list[Recording], path: str) -> tuple[str, dict[str, bytes]]:
    """The text of the file, and the large bodies by their names in :func:`bodies_folder`."""
    bodies: dict[str, bytes] = {}
    folder = os.path.basename(bodies_folder(path))
    calls = [
        {
            "service": recording.service,
            "operation": recording.operation,
            "region": recording.region,
            "parameters": _sorted(recording.parameters),
            "attempts": [_attempt(reply, folder, bodies) for reply in recording.replies],
        }
        for recording in recordings
    ]
    document = {"format": FORMAT, "version": VERSION, "calls": calls}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n", bodies


def _attempt(reply: Reply, folder: str, bodies: dict[str, bytes]) -> JSON:
    found: JSON = {}
    if reply.status is not None:
        found["status"] = reply.status
        found["headers"] = dict(reply.headers)  # In their order: that of the members of a result follows it.
        if reply.body:
            found["body"] = _body(reply.body, folder, bodies)
    if reply.failure is not None:
        found["failure"] = {
            "class": reply.failure.name,
            "arguments": dict(sorted(reply.failure.arguments.items())),
        }
    if reply.is_cut:
        found["is_cut"] = True
    if reply.clock_offset_seconds:
        found["clock_offset_seconds"] = reply.clock_offset_seconds
    return found


def _body(body: bytes, folder: str, bodies: dict[str, bytes]) -> JSON:
    if len(body) <= LARGEST:
        return stored(body)
    name = sha256(body).hexdigest()[:_NAME]
    bodies[name] = body
    return {"file": f"{folder}/{name}"}


def _sorted(value: _Value) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


# -- read ------------------------------------------------------------------------------------------------------------


def read(path: str) -> list[Recording]:
    """The recordings of a file. Raises ``CassetteFileError``, and ``FileNotFoundError`` for no file."""
    with open(path, "rb") as file:
        data = file.read()
    return Reader(path, data).recordings()


class Reader:
    """Reads one file, and says where it stops making sense."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._data = data
        # Who merges on Windows may write other line ends. None of ours are within a value.
        self._text = ""
        self._line: int | None = None

    def recordings(self) -> list[Recording]:
        """All recordings of the file. Raises ``CassetteFileError``."""
        self._text = text_of(self._path, self._data)
        calls: list[Any] = self._document()["calls"]
        lines = [number for number, line in enumerate(self._text.splitlines(), 1) if line.rstrip() == "    {"]
        recordings: list[Recording] = []
        for number, call in enumerate(calls):
            self._line = lines[number] if len(lines) == len(calls) else None
            recordings.append(self._recording(number, call))
        return recordings

    def _document(self) -> JSON:
        document: _Value = document_of(self._path, self._text)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise self._error(
                f'this is no cassette: it does not begin with "format": "{FORMAT}"; of placebo, name the whole folder'
            )
        found = document
        version = found.get("version")
        if version != VERSION or isinstance(version, bool):
            is_newer = isinstance(version, int) and version > VERSION
            raise self._error(
                f"the cassette has version {version!r}, and this release reads version {VERSION}; "
                + (
                    "use a newer sotalia, or record anew (mode='all')"
                    if is_newer
                    else "record anew (mode='all')"
                )
            )
        if not isinstance(found.get("calls"), list):
            raise self._error('"calls" is missing, or is no list')
        self._known(found, frozenset(("format", "version", "calls")), "the file")
        return found

    def _recording(self, number: int, call: _Value) -> Recording:
        what = f"call {number + 1}"
        if not isinstance(call, dict):
            raise self._error(f"{what} is {type(call).__name__}, not an object")
        found = call
        self._known(found, _CALL, what)
        for name, kind in (("service", str), ("operation", str), ("parameters", dict), ("attempts", list)):
            if not isinstance(found.get(name), kind):
                raise self._error(f'{what}: "{name}" is missing, or is no {_TYPES[kind]}')
        attempts: list[Any] = found["attempts"]
        return Recording(
            found["service"],
            found["operation"],
            found.get("region"),
            found["parameters"],
            [self._reply(attempt, f"{what}, attempt {index}") for index, attempt in enumerate(attempts, 1)],
            number=number + 1,
        )

    def _reply(self, attempt: _Value, what: str) -> Reply:
        if not isinstance(attempt, dict):
            raise self._error(f"{what} is {type(attempt).__name__}, not an object")
        found = attempt
        self._known(found, _ATTEMPT, what)
        failure: Any = found.get("failure")
        status = found.get("status")
        if status is None and failure is None:
            raise self._error(f'{what} has neither "status" nor "failure"')
        try:
            return Reply(
                None if status is None else int(status),
                {str(name): str(value) for name, value in found.get("headers", {}).items()},
                self._bytes(found.get("body", {}), what),
                failure=None if failure is None else _failure(failure),
                is_cut=bool(found.get("is_cut")),
                clock_offset_seconds=int(found.get("clock_offset_seconds", 0)),
            )
        except CassetteFileError:
            raise
        except Exception as error:
            # Whatever a hand or a merge made of it: what fails is the file, not this program.
            raise self._error(f"{what} cannot be read: {type(error).__name__}: {error}") from None

    def _bytes(self, form: JSON, what: str) -> bytes:
        if "file" not in form:
            return bytes_of(form)
        name = str(form["file"])
        folder = bodies_folder(self._path)
        expected = os.path.basename(folder)
        # Letters, digits and these: no "..", and no drive or stream of Windows.
        is_plain = os.path.basename(name).translate({ord(sign): None for sign in "._-"}).isalnum()
        if os.path.dirname(name) != expected or not is_plain:
            raise self._error(f"{what}: the body's file is {name!r}, which is not in {expected}/")
        path = os.path.join(folder, os.path.basename(name))
        if os.path.islink(folder) or os.path.islink(path):
            # Somebody else's cassette must not bring files of yours into what a test shows.
            raise self._error(f"{what}: {name} is a link, which is not followed; put the file itself there")
        if os.path.exists(path) and not os.path.isfile(path):
            raise self._error(
                f"{what}: the body's file {name} is no plain file"
            )  # To open a pipe is to wait.
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError as error:
            raise self._error(
                f"{what}: the body's file {name} cannot be read ({error.strerror}); it belongs to the cassette, so commit "
                "both, or record anew (mode='all')"
            ) from None

    def _known(self, found: JSON, names: frozenset[str], what: str) -> None:
        unknown = sorted(map(str, found.keys() - names))
        if unknown:
            raise self._error(f"{what} has {', '.join(unknown)}, which version {VERSION} does not know")

    def _error(self, message: str, line: int | None = None) -> CassetteFileError:
        return CassetteFileError(message, self._path, line or self._line)


def _failure(form: JSON) -> Failure:
    name = form["class"]
    if not isinstance(name, str):
        raise TypeError("the class of a failure is no text")
    return Failure(name, {str(key): str(text) for key, text in form.get("arguments", {}).items()})


_TYPES: Final[dict[type, str]] = {str: "text", dict: "object", list: "list"}
