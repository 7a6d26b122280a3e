"""Decoding of CBOR against public test data: good items and bad ones."""

from __future__ import annotations

import math
import struct
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.protocols.cbor import decode

from .data import conformance_json


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["description"]) for case in conformance_json("cbor", f"{name}.json")]


def expected(described: Any) -> Any:
    """The value that ``{kind: value}`` stands for."""
    ((kind, value),) = described.items()
    if kind == "list":
        return [expected(item) for item in value]
    if kind == "map":
        return {key: expected(item) for key, item in value.items()}
    if kind == "bytestring":
        return bytes(value)
    if kind == "float32":
        return struct.unpack(">f", struct.pack(">I", value))[0]
    if kind == "float64":
        return struct.unpack(">d", struct.pack(">Q", value))[0]
    return None if kind in ("null", "undefined") else value


def same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float):
        return isinstance(found, float) and (found == wanted or (math.isnan(found) and math.isnan(wanted)))
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[key], wanted[key]) for key in wanted)
    return bool(found == wanted) and type(found) is type(wanted)


@pytest.mark.parametrize("case", cases("decode-success-tests"))
def test_good(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["input"])
    if "tag" in str(case["expect"]):
        # Only tag 1, a timestamp, has a meaning in the protocol; the reference refuses all others, too.
        with pytest.raises(exceptions.ResponseParserError, match="tag"):
            decode(data)
        return
    assert same(decode(data), expected(case["expect"]))


@pytest.mark.parametrize("case", cases("decode-error-tests"))
def test_bad(case: dict[str, Any]) -> None:
    with pytest.raises(exceptions.ResponseParserError):
        decode(bytes.fromhex(case["input"]))
