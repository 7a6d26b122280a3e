"""The pictures of the README are what the code of today would draw."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from tools import explain_picture


def test_the_picture_of_an_explanation_is_current() -> None:
    drawn = explain_picture.picture()
    assert explain_picture.PATH.read_text("utf-8") == drawn, "python -m tools.explain_picture"
    assert {"@font-face", "url(http", "a-secret-key"} & set(drawn.split()) == set()
    text = "".join(ElementTree.fromstring(drawn).itertext()).replace("\N{NO-BREAK SPACE}", " ")
    for said in (
        "added by default_bucket (yours)",
        "X-Team: holiday   by team_header (yours)",
        "Authorization: ***",
    ):
        assert said in text


@pytest.mark.parametrize("columns", ["40", "200"])
def test_it_is_the_same_on_every_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert explain_picture.picture() == explain_picture.PATH.read_text("utf-8")
