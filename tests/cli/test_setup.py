"""The commands around calls: ``config explain``, ``credentials explain``, ``doctor``, ``events``."""

from __future__ import annotations

import json
import os
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from sotalia.cli import checks, exit_codes
from sotalia.cli.main import main
from sotalia.events.catalog import CATALOG
from tests.cli.conftest import Shell

SECRET = "PLANTED-SECRET"


@pytest.fixture
def config(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = shell.folder / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    return path


# -- config explain ------------------------------------------------------------------------------------------------


def test_config(shell: Shell, config: Path) -> None:
    config.write_text("[default]\nretry_mode = adaptive\noutput = json\n")
    code, out, err = shell("config", "explain")
    assert (code, err) == (exit_codes.OK, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[:2] == ["Profile: default", f"File: {config}"]
    assert f"retry_mode adaptive {config}, line 2, key retry_mode of [default]" in lines
    assert "region us-east-1 environment variable AWS_DEFAULT_REGION" in lines
    assert f"{config}, line 3: 'output' is for other programs" in lines
    assert not any(line.startswith("tcp_keepalive") for line in lines)
    assert any(line.startswith("tcp_keepalive - the defaults") for line in
               map(" ".join, map(str.split, shell("config", "explain", "--all")[1].splitlines())))  # fmt: skip
    assert SECRET not in out


def test_mistakes_in_config_come_first(shell: Shell, config: Path) -> None:
    config.write_text("[default]\nregoin = \x1b[31m\n[dev]\n")
    code, out, _ = shell("config", "explain")
    assert code == exit_codes.FAILED
    assert out.splitlines()[:2] == [
        f"!! {config}, line 2: 'regoin' of [default] is not read: did you mean 'region'?",
        f"!! {config}, line 3: [dev] is not read: write [profile dev] in this file",
    ]
    assert len(shell("config", "explain", "-q")[1].splitlines()) == 2
    found = json.loads(shell("config", "explain", "--json")[1])
    assert [finding["is_mistake"] for finding in found["findings"]] == [True, True]


def test_one_setting(shell: Shell, config: Path) -> None:
    code, out, _ = shell("config", "explain", "region", "--region", "eu-west-1")
    assert code == exit_codes.OK
    assert out.splitlines()[-1].split() == ["region", "eu-west-1", "the", "session's", "own", "variables", "(set_config_variable)"]  # fmt: skip
    code, _, err = shell("config", "explain", "regoin")
    assert code == exit_codes.USAGE
    assert "did you mean 'region'?" in err


def test_config_of_a_profile_that_there_is_not(shell: Shell, config: Path) -> None:
    code, out, _ = shell("config", "explain", "--profile", "none")
    assert code == exit_codes.FAILED
    assert "none" in out.splitlines()[0]


# -- credentials explain -------------------------------------------------------------------------------------------


def test_credentials(shell: Shell, config: Path) -> None:
    code, out, _ = shell("credentials", "explain")
    assert code == exit_codes.OK
    lines = out.splitlines()
    assert lines[1] == "Credentials from env: variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
    assert lines[4].split()[:3] == ["=>", "env", "won"]
    assert lines[5].endswith(" more were not asked")
    assert len(lines) == 6
    everything = shell("credentials", "explain", "--all")[1]
    assert everything.count("not asked") > 5
    assert SECRET not in out + everything
    assert shell("credentials", "explain", "-q") == (0, "", "")
    assert json.loads(shell("credentials", "explain", "--json")[1])["winner"] == "env"


def test_no_credentials(shell: Shell, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    code, out, _ = shell("credentials", "explain")
    assert code == exit_codes.FAILED
    assert out.splitlines()[1] == "No credentials: none of the sources has any."


# -- doctor --------------------------------------------------------------------------------------------------------


def found_by(shell: Shell, *words: str) -> tuple[int, dict[str, list[Any]]]:
    code, out, err = shell("doctor", "--json", *words)
    assert err == ""
    assert SECRET not in out
    found: dict[str, list[Any]] = {}
    for line in out.splitlines():
        row = json.loads(line)
        found.setdefault(row["subject"], []).append((row["outcome"], row["text"]))
    return code, found


def test_a_healthy_machine(shell: Shell, config: Path) -> None:
    code, found = found_by(shell)
    assert code == exit_codes.OK
    assert {outcome for rows in found.values() for outcome, _ in rows} <= {"ok", "note"}
    assert {"sotalia", "Python", "boto3", "botocore", "region", "credentials", "cache", "identity", "network", "clock"} <= set(found)  # fmt: skip
    (identity,) = found["identity"]
    assert identity[1].startswith("arn:aws:")
    code, out, _ = shell("doctor")
    assert code == exit_codes.OK
    assert "ok       credentials" in out


def test_offline(shell: Shell, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    code, found = found_by(shell, "--offline")
    assert code == exit_codes.OK
    assert "network" not in found


@pytest.mark.parametrize(
    ("variables", "text", "subject", "outcome", "expected"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "", "network", "error", "Could not connect"),
        ({"AWS_CA_BUNDLE": "/none.pem"}, "", "certificates", "error", "/none.pem"),
        ({"AWS_CA_BUNDLE": "~"}, "", "certificates", "ok", "0 certificates"),
        ({"HTTPS_PROXY": f"http://me:{SECRET}@proxy:3128"}, "", "proxy", "note", "HTTPS_PROXY=http://***@proxy"),
        ({"SOTALIA_EXTENSIONS": "request-log,nothing"}, "", "extensions", "error", "no extension 'nothing'"),
        ({"SOTALIA_LOG": "loud"}, "", "log", "error", "write one of debug, info"),
        ({"SOTALIA_CACHE_DIR": "/dev/null/x"}, "", "cache", "warning", "cannot be used"),
        ({"AWS_PROFILE": "none"}, "", "credentials", "error", "none"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "", "credentials", "error", ""),
        ({}, "[default]\nregoin = x\n", "settings", "warning", "did you mean 'region'?"),
        ({"AWS_MAX_ATTEMPTS": "x"}, "", "settings", "warning", "AWS_MAX_ATTEMPTS"),
        ({"AWS_DEFAULT_REGION": ""}, "[default", "settings", "warning", "config"),
    ],
)  # fmt: skip
def test_what_is_wrong(
    shell: Shell,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    text: str,
    subject: str,
    outcome: str,
    expected: str,
) -> None:
    """It is said, and the other checks are made all the same."""
    config.write_text(text)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    code, found = found_by(shell, *(() if subject == "network" else ("--offline",)))
    rows = found[subject]
    assert any(row[0] == outcome and expected in row[1] for row in rows), rows
    assert code == (
        exit_codes.FAILED if any(row[0] == "error" for each in found.values() for row in each) else 0
    )
    assert {"sotalia", "Python"} <= set(found)


@pytest.mark.parametrize(
    ("ahead", "outcome"),
    [(0, "ok"), (-20, "ok"), (60, "warning"), (-60, "warning"), (400, "error"), (-90000, "error")],
)
def test_the_clock(ahead: int, outcome: str) -> None:
    import time

    header = formatdate(time.time() - ahead, usegmt=True)
    (check,) = checks.clock({"ResponseMetadata": {"HTTPHeaders": {"date": header}}})
    assert check.outcome == outcome
    if outcome != "ok":
        assert ("ahead of" if ahead > 0 else "behind") in check.text


@pytest.mark.parametrize("header", [None, "", "yesterday"])
def test_a_clock_that_is_not_told(header: str | None) -> None:
    headers = {} if header is None else {"date": header}
    assert list(checks.clock({"ResponseMetadata": {"HTTPHeaders": headers}})) == []
    assert list(checks.clock({})) == []


# -- events --------------------------------------------------------------------------------------------------------


def test_events(shell: Shell) -> None:
    names = shell.lines("events", "--names")
    assert names == [event.pattern for event in CATALOG]
    assert len(shell.lines("events", "--guide", "--names")) == 9
    text = "\n".join(shell.lines("events", "needs-retry"))
    assert "attempts: int, made so far" in text
    assert "seconds to wait before another attempt" in text
    rows = shell.rows("events", "BeforeCall")
    assert [row["name"] for row in rows] == ["before-call.SERVICE.OPERATION"]


@pytest.mark.parametrize(("service", "expected"), [("s3", "s3"), ("logs", "cloudwatch-logs")])
def test_events_of_a_service(shell: Shell, service: str, expected: str) -> None:
    """By the names that are emitted, which are not always those of clients."""
    names = shell.lines("events", "--service", service, "--names")
    assert f"before-endpoint-resolution.{expected}" in names
    assert f"before-call.{expected}.OPERATION" in names


def test_events_of_an_operation(shell: Shell) -> None:
    words = ["events", "before-call", "--service", "s3", "--names", "--operation"]
    for name in ("list-objects-v2", "ListObjectsV2"):
        assert shell.lines(*words, name) == ["before-call.s3.ListObjectsV2"]
    code, _, err = shell(*words, "list-object-v2")
    assert code == exit_codes.USAGE
    assert "did you mean 'list-objects-v2'" in err
    assert shell("events", "--operation", "x")[0] == exit_codes.USAGE
    assert shell("events", "--service", "s33")[0] == exit_codes.USAGE


def test_no_event(shell: Shell) -> None:
    code, out, err = shell("events", "nothing-like-it")
    assert (code, out) == (exit_codes.FAILED, "")
    assert "'sotalia events' lists all" in err


def test_colours_only_where_they_are_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events"]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert os.environ.get("FORCE_COLOR") is None
