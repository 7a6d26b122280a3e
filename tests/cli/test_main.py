"""The program ``sotalia`` as a whole: its table of commands, its help, how it ends."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

import sotalia
from sotalia.cli import exit_codes
from sotalia.cli.commands import ROWS, SECTIONS
from sotalia.cli.main import main
from sotalia.cli.root import root

# What click takes to import, and what draws.
HEAVY = ("click", "rich", "asyncio", "logging", "ssl", "boto3", "botocore")


def leaves(command: click.Command, *words: str) -> list[tuple[str, ...]]:
    """The commands below one, each as the words that call it."""
    # Below `call` stand all operations of all services.
    if not isinstance(command, click.Group) or command.invoke_without_command:
        return [words]
    context = click.Context(command)
    found = []
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        found += leaves(below, *words, name)
    return found


LEAVES = leaves(root)


def ended(*arguments: str, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The program as a process of its own; ``code`` is run before it."""
    program = f"import sys\n{code}\nfrom sotalia.cli.main import main\nsys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for arguments in ([], ["--help"], ["-h"], ["--profile", "x", "--help"]):
        assert main(arguments) == exit_codes.OK
        printed.append(capsys.readouterr().out)
    assert set(printed) == {printed[0]}
    lines = printed[0].splitlines()
    for title, rows in SECTIONS.items():
        assert f"{title}:" in lines
        for row in rows:
            assert any(line.split() == [row.name, *row.summary.split()] for line in lines)
    assert max(map(len, lines)) <= 100


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"sotalia {sotalia.__version__}\n"


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_help_ends_with_an_example(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert main([*words, "--help"]) == 0
    last = capsys.readouterr().out.rstrip().splitlines()[-1]
    assert f"sotalia {' '.join(words)}" in last


def test_what_needs_no_click() -> None:
    """Help, the version and some commands are there without the extra; the others say how to get it."""
    code = "for name in ('click', 'rich'): sys.modules[name] = None"
    assert ended("--help", code=code).returncode == 0
    for name, row in ROWS.items():
        done = ended(name, "--help", code=code)
        if row.needs_click:
            assert (done.returncode, done.stdout) == (exit_codes.FAILED, "")
            assert done.stderr == f"sotalia: {name!r} needs more packages: pip install 'sotalia[cli]'\n"
        else:
            assert (done.returncode, done.stderr) == (0, "")
    assert [name for name, row in ROWS.items() if not row.needs_click] == ["lint", "warm"]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        f"import atexit; atexit.register(lambda: print({set(HEAVY)} & sys.modules.keys(), file=sys.stderr))"
    )
    done = ended(*arguments, code=code)
    assert done.stderr == "set()\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["snyc"], "sotalia: there is no command 'snyc': did you mean 'sync'? See 'sotalia --help'"),
        (["zzz"], "sotalia: there is no command 'zzz'; see 'sotalia --help'"),
        (["sync", "a"], "sotalia sync: Missing argument 'TARGET'; see 'sotalia sync --help'"),
        (["sync", "--zzz", "a", "b"], "sotalia sync: No such option '--zzz'; see 'sotalia sync --help'"),
        (["--nope"], "sotalia: No such option '--nope'; see 'sotalia --help'"),
        (
            ["credentials", "zzz"],
            "sotalia credentials: No such command 'zzz'; see 'sotalia credentials --help'",
        ),
    ],
)
def test_usage_errors(capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str) -> None:
    assert main(arguments) == exit_codes.USAGE
    assert capsys.readouterr() == ("", f"{expected}\n")


def test_options_before_a_command_that_reads_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--profile", "x", "warm", "s3"]) == exit_codes.USAGE
    assert (
        capsys.readouterr().err == "sotalia warm: warm does not take --profile; see 'sotalia warm --help'\n"
    )
