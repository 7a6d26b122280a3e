"""Folders that placebo recorded: ``s3.ListBuckets_1.json`` and so on, one result a file.

    {"status_code": 200, "data": {"Buckets": [...], "ResponseMetadata": {...}}}

They hold results, not HTTP responses, and not what was asked. So they play by operation, in the order of the numbers, and
from the first again after the last, whatever the parameters. Your handlers of parameters and results run, and errors are
raised, as with a real response. Nothing is signed, and no handler of requests, responses and retries runs. Unlike placebo:

- blobs are bytes again, and times have the zone that real results have;
- the body of a streamed result can be read by async clients too;
- pickles are refused, since to read one is to run it. Record again as JSON.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode
from binascii import Error as Base64Error
from itertools import count

from sotalia.protocols.timestamps import parse_timestamp
from sotalia.replay.errors import CassetteFileError, NotRecordedError
from sotalia.replay.json_documents import document_of, text_of
from sotalia.runtime.spelling import did_you_mean, shortened
from sotalia.transport.body import AsyncStreamingBody, RawBody, StreamingBody, spent_body
from sotalia.transport.messages import AWSResponse, HeadersDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from sotalia.call.call import Call

    JSON = dict[str, Any]
    # What JSON consists of; a union, for checkers to know what is in an object.
    _Value = dict[str, Any] | list[Any] | str | float | bool | None

# `prefix.api.ecr.DescribeImages_12.json`: prefixes of services have dots too.
_FILE: Final = re.compile(r"(?P<base>.+\.[A-Za-z0-9]+)_(?P<number>[1-9]\d*)\.(?P<format>json|pickle)")
_CLOCK: Final = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_DEPTH: Final = 200


def is_placebo(path: str) -> bool:
    """Whether this is a folder with recordings of placebo."""
    try:
        return any(_FILE.fullmatch(name) for name in os.listdir(path))
    except OSError:
        return False


class PlaceboFolder:
    """The results in a folder. What placebo was given as ``prefix`` may stand before their names.

    Raises ``CassetteFileError`` for a folder without any.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._files: dict[str, dict[int, str]] = {}
        self._turns: dict[str, count[int]] = {}
        try:
            names = sorted(os.listdir(path))
        except OSError as error:
            raise CassetteFileError(f"the folder cannot be read ({error.strerror})", path) from None
        for name in names:
            match = _FILE.fullmatch(name)
            if match is None:
                continue
            files = self._files.setdefault(match["base"], {})
            if match["format"] == "json" or int(match["number"]) not in files:
                files[int(match["number"])] = name
        if not self._files:
            raise CassetteFileError(
                "the folder has no file of placebo, such as s3.ListBuckets_1.json; give the folder that was its data_path",
                path,
            )

    def __repr__(self) -> str:
        return f"<PlaceboFolder {self.path}, {sum(map(len, self._files.values()))} results>"

    async def play(self, call: Call) -> None:
        """Leave on a call the next result of its operation, in the place of a response.

        Raises ``NotRecordedError`` if there is none, and ``CassetteFileError`` for a damaged file.
        """
        status, result = self.next_result(call)
        is_async = call.channel.runtime.is_async
        response = AWSResponse(
            str((call.request or {}).get("url", "")), status, HeadersDict({}), spent_body()
        )
        response._content = b""
        for name, value in result.items():
            if type(value) is _Stream:
                body_class = AsyncStreamingBody if is_async else StreamingBody
                result[name] = body_class(_raw(value.data), str(len(value.data)))
        call.response, call.result = response, result

    def next_result(self, call: Call) -> tuple[int, JSON]:
        """Status and result of the next file for an operation."""
        base = self._base(call)
        files = self._files[base]
        last = next(number for number in count(1) if number not in files) - 1
        turns = self._turns.setdefault(base, count())  # Of two threads, both get the first one's.
        name = files[next(turns) % last + 1]
        return self._read(name, call.operation.model.output_shape)

    def _base(self, call: Call) -> str:
        """The beginning of the names of an operation's files. Raises ``NotRecordedError``."""
        service = call.operation.model.service_model
        operation = call.operation.name
        # placebo names the prefix of the endpoint; who writes files by hand often takes the service's name.
        for name in dict.fromkeys((service.endpoint_prefix, service.service_name, call.operation.service_id)):
            base = f"{name}.{operation}"
            if 1 in self._files.get(base, ()):
                return base
            others = [
                known for known, files in self._files.items() if known.endswith(f".{base}") and 1 in files
            ]
            if len(others) > 1:
                prefixes = ", ".join(repr(other[: -len(base) - 1]) for other in others)
                raise CassetteFileError(
                    f"{base} is there with several prefixes ({prefixes}); give the files of each a folder of their own",
                    self.path,
                )
            if others:
                return others[0]
        base = f"{service.endpoint_prefix}.{operation}"
        raise NotRecordedError(
            f"{call.name}: the folder {self.path} has no {base}_1.json{did_you_mean(base, self._files, '; ')}\n"
            f"It has {shortened(self._files, f'list {self.path}')}. Record the call with placebo, or with a cassette in a file.",
            self.path,
            call.name,
            {},
        )

    def _read(self, name: str, shape: Any) -> tuple[int, JSON]:
        path = os.path.join(self.path, name)
        if name.endswith(".pickle"):
            raise CassetteFileError(
                "a pickle can run anything when it is read; record this again with record_format='json'", path
            )
        with open(path, "rb") as file:
            document = parsed_document(path, file.read())
        status = document.get("status_code")
        data: _Value = document.get("data")
        if type(status) is not int or not isinstance(data, dict):
            raise CassetteFileError(
                'expected {"status_code": 200, "data": {...}}, as placebo writes it', path
            )
        try:
            result = _mapping(data, shape, _DEPTH)
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise CassetteFileError(
                f"a value cannot be read: {type(error).__name__}: {error}", path
            ) from None
        result.setdefault("ResponseMetadata", {"HTTPStatusCode": status, "RetryAttempts": 0})
        return status, result


def parsed_document(path: str, data: bytes) -> JSON:
    """A file's JSON object. Raises ``CassetteFileError``, which says where and why."""
    document: _Value = document_of(path, text_of(path, data))
    if not isinstance(document, dict):
        raise CassetteFileError(f"expected a JSON object, found {type(document).__name__}", path)
    return document


# -- values ----------------------------------------------------------------------------------------------------------


class _Stream:
    """The body of a result until it is known what kind of client reads it."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


def _value(value: _Value, shape: Any, depth: int) -> Any:
    """A value of a file as a result has it. ``shape`` is ``None`` for what no model describes."""
    if depth == 0:
        raise ValueError("this is nested too deeply")
    if isinstance(value, dict):
        return _special(value) if "__class__" in value else _mapping(value, shape, depth)
    if isinstance(value, list):
        member = getattr(shape, "member", None)
        return [_value(item, member, depth - 1) for item in value]
    kind = getattr(shape, "type_name", None)
    if value is None or kind not in ("blob", "timestamp"):
        return value
    if kind == "timestamp":
        return parse_timestamp(value)
    data = _bytes(value)
    return _Stream(data) if shape.serialization.get("streaming") else data


def _mapping(value: JSON, shape: Any, depth: int) -> JSON:
    members: Any = getattr(shape, "members", None)
    if members is None:
        inner = getattr(shape, "value", None)
        return {name: _value(item, inner, depth - 1) for name, item in value.items()}
    return {name: _value(item, members.get(name), depth - 1) for name, item in value.items()}


def _special(value: JSON) -> Any:
    """What placebo wrote of an object that is no JSON."""
    kind = value["__class__"]
    if kind == "datetime":
        clock: list[int] = [int(value.get(name, 0)) for name in _CLOCK]
        return parse_timestamp("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z".format(*clock))
    if isinstance(kind, str) and kind.endswith(
        "Body"
    ):  # Of S3 it is a StreamingChecksumBody, which placebo cannot play.
        return _Stream(_bytes(value.get("body", "")))
    raise ValueError(f"an object of class {kind!r}, which placebo does not write")


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"bytes in base64 are text, not {type(text).__name__}")
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return text.encode()  # Written by hand.


def _raw(body: bytes) -> RawBody:
    chunks = iter([body])

    async def next_chunk(wanted: int | None) -> bytes:
        return next(chunks, b"")

    return RawBody(next_chunk, lambda complete: None)
