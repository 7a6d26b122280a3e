"""Whatever stands in a file, looking at it ends, with findings that are in the file."""

from __future__ import annotations

import ast
import random
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia.lint import Linter
from sotalia.lint.codes import CODES
from tests.lint.broken import BROKEN, unmarked
from tests.lint.right import RIGHT

SNIPPETS = [unmarked(row[0])[0] for row in BROKEN] + RIGHT


def look(source: bytes) -> None:
    linter = Linter()
    linter.add(source, "x.py")
    report = linter.report()
    lines = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for problem in report.problems:
        assert problem.code in CODES
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.column >= 1
        assert problem.message


@given(st.binary(max_size=200))
def test_any_bytes(source: bytes) -> None:
    look(source)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    look(b"# sotalia x.register\n" + text.encode("utf-8", "surrogatepass"))


@given(st.lists(st.sampled_from(SNIPPETS), min_size=1, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_parts_of_sources(sources: list[str], chance: random.Random) -> None:
    """Lines of several files in any order, and with any of them indented."""
    lines = [line for source in sources for line in source.splitlines()]
    chance.shuffle(lines)
    look("\n".join(lines).encode())
    look("\n".join(["def f(self, events, client):", *(f"    {line}" for line in lines)]).encode())


@given(st.lists(st.sampled_from(SNIPPETS), min_size=2, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_exchanged_nodes(sources: list[str], chance: random.Random) -> None:
    """Programs that parse, of parts that were never meant for each other."""
    trees = [ast.parse(source) for source in sources if _parses(source)]
    pieces: list[ast.expr] = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.expr)]

    class Exchange(ast.NodeTransformer):
        def generic_visit(self, node: ast.AST) -> ast.AST:
            super().generic_visit(node)
            loads = not isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)
            is_free = (
                isinstance(node, ast.expr)
                and loads
                and not isinstance(node, ast.JoinedStr | ast.FormattedValue)
            )
            return chance.choice(pieces) if is_free and chance.random() < 0.1 else node

    for tree in trees:
        try:
            source = ast.unparse(Exchange().visit(tree))
        except (ValueError, RecursionError, TypeError, AttributeError):
            continue
        look(source.encode("utf-8", "surrogatepass"))


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


@pytest.mark.slow(keep=10)
@pytest.mark.parametrize(
    "path", sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")), ids=lambda path: path.name
)
def test_mutated_standard_library(path: Path) -> None:
    """Each file as it is but for a mark that has it followed, and with some of its characters taken out."""
    source = path.read_bytes()
    look(source + b"\n# sotalia x.register\n")
    chance = random.Random(path.name)
    for _ in range(3):
        mutated = bytearray(source)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(mutated) or 1)
            mutated[at : at + chance.randrange(3)] = chance.choice(
                [b"", b"(", b"\n", b"register", b"*", b"\x00"]
            )
        look(bytes(mutated) + b"\n# sotalia x.register\n")


@pytest.mark.parametrize(
    "source",
    [
        "x = " + " + ".join(["a"] * 20_000),
        "x = " + "(" * 80 + ")" * 80,
        "if a: pass\n" + "elif b: pass\n" * 900,
        "x" + ".y()" * 900,
        "\n".join(f"{' ' * depth}if a:" for depth in range(90)) + f"\n{' ' * 90}pass",
        "x = 'a'\nwhile y:\n    x += 'a'\n    self.x = (self.x, x)\n" * 50,
        "import boto3\n" + "\n".join(f"def f{n}(): return f{n + 1}()" for n in range(500)),
        "T = {" + ", ".join(f"'k{n}': ('a', ['b', {n}])" for n in range(20_000)) + "}",
        "for a in (1,) * 9:\n    pass\n" + "".join(f"{' ' * d}for x{d} in (1, 2, 3, 4, 5, 6, 7, 8):\n" for d in range(15)) + " " * 15 + "pass",
        "\n".join(f"events.register('before-call.s3.GetObject', h{n})" for n in range(5_000)),
        "x = " + "a if b else " * 80 + "c",
        "x = " + "(a and b or " * 60 + "c" + ")" * 60,
        "def f():\n" + "".join(f"{' ' * d} def g{d}():\n" for d in range(1, 60)) + " " * 61 + "return 1",
    ],
    ids=range(13),
)  # fmt: skip
def test_large_and_deep_sources(source: str) -> None:
    look(b"import sotalia\n" + source.encode())
