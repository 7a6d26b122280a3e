"""What is right is never reported, nor what is in doubt: sources made for it, the guide, packages, and this one."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

from sotalia.events.catalog import CATALOG
from sotalia.lint import Linter, Problem
from sotalia.lint.flow import Flow
from tests.lint.right import RIGHT

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "boto3": 15,
    "botocore": 40,
    "s3transfer": 10,
    "moto": 1,
    "aws_xray_sdk": 0,
    "opentelemetry.instrumentation.botocore": 0,
}


def problems(*sources: str) -> list[Problem]:
    linter = Linter()
    for number, source in enumerate(sources):
        linter.add(source.encode(), f"file{number}.py")
    return linter.report().problems


def registrations(folder: Path) -> int:
    """How many registrations the analysis of a folder sees."""
    count = 0
    for path in folder.rglob("*.py"):
        flow = Flow(ast.parse(path.read_text("utf-8")))
        assert flow.follow(), path
        count += len(flow.registrations) + len(flow.typed)
    return count


@pytest.mark.parametrize("source", RIGHT, ids=range(len(RIGHT)))
def test_right(source: str) -> None:
    ast.parse(source)
    assert problems(source) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_packages(package: str) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    linter = Linter()
    linter.add_paths([str(folder)])
    report = linter.report()
    assert (report.problems, report.unreadable) == ([], [])
    assert report.files > 1
    if package not in ("botocore", "moto"):  # They have thousands of files that register nothing.
        assert registrations(folder) >= PACKAGES[package]


@pytest.mark.parametrize("folder", ["src", "examples", "benchmarks"])
def test_this_repository(folder: str) -> None:
    linter = Linter()
    linter.add_paths([str(ROOT / folder)])
    assert linter.report().problems == []


def test_the_guide() -> None:
    from tests.test_guide import blocks, guide  # Skips what imports it, where there is no guide.

    found = []
    for block in blocks(guide()):
        try:
            ast.parse(block)
        except SyntaxError:
            continue
        found.append(block)
    assert sum(block.count(".register(") for block in found) > 15
    assert problems(*found) == []
    # As one file, and on sotalia.
    assert problems("\n".join(found).replace("import boto3", "import sotalia as boto3")) == []


def test_every_event_at_every_depth() -> None:
    lines = ["import sotalia", "session = sotalia.Session()", "client = session.client('s3')"]
    for event in CATALOG:
        pattern = (
            event.pattern.replace("SERVICE", "s3")
            .replace("OPERATION", "GetObject")
            .replace("RESOURCE", "Bucket")
        )
        parts = pattern.replace("PREFIX", "s3").replace("NAME", "GetObject").split(".")
        arguments = ", ".join(event.described())
        for depth in range(len(parts)):
            for name in (parts[: depth + 1], [*parts[:depth], "*", *parts[depth + 1 :]]):
                owner = "session.events" if event.is_on_session else "client.meta.events"
                handler = f"lambda {arguments}, event_name, **kw: 0" if depth else "lambda **kw: 0"
                lines.append(f"{owner}.register({'.'.join(name)!r}, {handler})")
    assert len(lines) > 100
    assert problems("\n".join(lines)) == []


def test_events_that_another_file_emits() -> None:
    registers = "import boto3\nboto3.client('s3').meta.events.register('uploads.done', print)"
    emits = "def done(events): events.emit('uploads.done')"
    assert [problem.code for problem in problems(registers)] == ["unknown-event"]
    assert problems(registers, emits) == problems(emits, registers) == []
