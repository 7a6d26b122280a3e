"""Signature Version 4 against AWS's own test suite."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from sotalia.auth.sigv4 import SigV4Auth
from sotalia.credentials.objects import Credentials
from sotalia.transport.messages import AWSRequest

from .data import conformance_path

TOKEN = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
MOMENT = 1_440_938_160.0  # 2015-08-30T12:36:00Z


def cases() -> list[Any]:
    return [
        pytest.param(path, id=path.parent.name) for path in sorted(conformance_path("sigv4").rglob("*.req"))
    ]


def parse(text: str) -> AWSRequest:
    head, _, body = text.partition("\n\n")
    first, *lines = head.rstrip("\n").split("\n")
    method, _, rest = first.partition(" ")
    target = rest.rpartition(" ")[0]
    request = AWSRequest(method=method, data=body.encode())
    host = ""
    name = ""
    for line in lines:
        if line.startswith((" ", "\t")):
            request.headers[name] = line.strip()
            continue
        name, _, value = line.partition(":")
        if name.lower() == "host":
            host = value.strip()
        request.headers[name] = value
    path, _, query = target.partition("?")
    request.url = f"https://{host}{path}"
    request.params = parse_qsl(query, keep_blank_values=True)  # type: ignore[assignment]
    return request


@pytest.mark.parametrize("path", cases())
def test_case(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The clock itself: the signer keeps the text of the second in which it signed last.
    monkeypatch.setattr(time, "time", lambda: MOMENT)
    request = parse(path.read_text("utf-8"))
    # One case has a token, which only its results show.
    token = TOKEN if path.stem == "get-vanilla-with-session-token" else None
    signer = SigV4Auth(
        Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token), "service", "us-east-1"
    )
    canonical: list[str] = []
    original = signer.canonical_request

    def keep(given: AWSRequest) -> str:
        canonical.append(original(given))
        return canonical[0]

    signer.canonical_request = keep  # type: ignore[method-assign]
    signer.add_auth(request)
    assert canonical[0] == path.with_suffix(".creq").read_text("utf-8")
    assert signer.string_to_sign(request, canonical[0]) == path.with_suffix(".sts").read_text("utf-8")
    assert request.headers["Authorization"] == path.with_suffix(".authz").read_text("utf-8")
