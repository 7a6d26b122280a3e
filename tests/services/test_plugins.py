"""Plugins of the environment: each gets every new client; none can break one."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import boto3
import botocore.plugin
import pytest

import sotalia
from tests.client_kinds import KEYS, Kind

PLUGIN = """
import sotalia
seen = []

def initialize_client_plugin(client):
    seen.append(client)
    sotalia.client("sqs", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b").close()
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "plugin_of_tests.py").write_text(PLUGIN)
    (tmp_path / "broken_plugin_of_tests.py").write_text("raise RuntimeError('broken')")
    monkeypatch.syspath_prepend(str(tmp_path))
    import plugin_of_tests

    plugin_of_tests.seen.clear()
    return plugin_of_tests


def test_a_plugin_gets_every_client(plugin: Any, client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTOCORE_EXPERIMENTAL__PLUGINS", "mine = plugin_of_tests")
    clients = [client_kind.client("sqs").raw, client_kind.client("sns").raw]
    assert plugin.seen == clients


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("gone=no_such_module_of_tests,mine=plugin_of_tests", "no_such_module_of_tests"),
        ("bad=broken_plugin_of_tests,mine=plugin_of_tests", "broken"),
        ("nothing,mine=plugin_of_tests", "expected name=module"),
        ("a=b=c,mine=plugin_of_tests", "expected name=module"),
    ],
)
def test_what_fails_is_logged(
    plugin: Any,
    client_kind: Kind,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    listed: str,
    said: str,
) -> None:
    monkeypatch.setenv("BOTOCORE_EXPERIMENTAL__PLUGINS", listed)
    with caplog.at_level(logging.DEBUG, "sotalia.services.plugins"):
        client = client_kind.client("sqs").raw
    assert plugin.seen == [client]
    assert said in caplog.text


def test_disabled(plugin: Any, client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTOCORE_EXPERIMENTAL__PLUGINS", "DISABLED")
    client_kind.client("sqs")
    assert plugin.seen == []


@pytest.mark.parametrize(
    ("plugins", "expected"), [("DISABLED", False), (None, True), ("mine=plugin_of_tests", True), ("", False)]
)
def test_the_references_context_is_looked_at(
    plugin: Any, monkeypatch: pytest.MonkeyPatch, plugins: str | None, expected: bool
) -> None:
    """Code that makes clients for itself says so in a context variable of botocore's."""
    monkeypatch.setenv("BOTOCORE_EXPERIMENTAL__PLUGINS", "mine=plugin_of_tests")
    for session in (boto3.Session(**KEYS), sotalia.Session(**KEYS)):
        token = botocore.plugin.set_plugin_context(botocore.plugin.PluginContext(plugins))
        try:
            client = session.client("s3")
        finally:
            botocore.plugin.reset_plugin_context(token)
        assert (client in plugin.seen) == expected
        later = session.client("s3")
        assert later in plugin.seen
