"""The house in figures: ``python -m benchmarks.house``, a line each, for the tree that is installed.

Files and functions of a warm call, lines, bare ``Any``, private names used across rooms, imports of rooms above (every kind
of import counted), comments, the longest class, and lines that exist for one of sync and async only.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore
from tests.rooms import FILES, ROOT, room, upward

import sotalia
from benchmarks.shared_lines import counted

TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()}
LISTING = (
    b"<ListBucketResult><Contents><Key>k</Key></Contents><IsTruncated>false</IsTruncated></ListBucketResult>"
)


def warm_call() -> tuple[int, int]:
    """Calls of Python functions, and files, of a ``list_objects_v2`` that is not the first."""
    from sotalia.transport.scripted import ScriptedTransport, answer

    transport = ScriptedTransport([answer(200, {"content-type": "application/xml"}, LISTING)])
    s3 = sotalia.Session("AKID", "secret", region_name="us-east-1", transport=transport).client("s3")
    for _ in range(3):
        s3.list_objects_v2(Bucket="bucket")
    seen: Counter[str] = Counter()

    def note(frame: Any, event: str, argument: Any) -> None:
        if event == "call" and str(ROOT) in frame.f_code.co_filename:
            seen[frame.f_code.co_filename] += 1

    sys.setprofile(note)
    try:
        s3.list_objects_v2(Bucket="bucket")
    finally:
        sys.setprofile(None)
    return sum(seen.values()), len(seen)


def annotations() -> Iterator[ast.expr]:
    """Every annotation in the tree."""
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign):
                yield node.annotation
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                arguments = node.args
                every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
                # **kwargs of event handlers are everything there is: what they are annotated with says nothing.
                every += [arguments.vararg] if arguments.vararg else []
                yield from (argument.annotation for argument in every if argument.annotation is not None)
                if node.returns is not None:
                    yield node.returns


def defined_names(tree: ast.Module) -> set[str]:
    """Names that a module gives to attributes, functions, classes, variables and slots."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)  # Of __slots__.
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def reference_names() -> set[str]:
    """The same of botocore and boto3."""
    names: set[str] = set()
    for package in (boto3, botocore):
        for path in Path(package.__path__[0]).rglob("*.py"):
            names |= defined_names(ast.parse(path.read_text("utf-8")))
    return names


def private_across_rooms() -> list[str]:
    """Uses of ``x._name`` of another room of ours, or of the reference: ``self`` and ``cls`` aside.

    Names that only Python or a third package has are not ours to rename: ``asyncio._get_running_loop``, for one, has no
    public twin that costs as little, and ``_replace`` of named tuples is public.
    """
    own: dict[str, set[str]] = {}
    for name, tree in TREES.items():
        own.setdefault(room(name), set()).update(defined_names(tree))
    counted = reference_names().union(*own.values())
    found = []
    for name, tree in TREES.items():
        if room(name) == "compatibility":
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr.startswith("_")
                and not node.attr.startswith("__")
                and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
                and node.attr not in own[room(name)]
                and node.attr in counted
            ):
                found.append(f"{name}:{node.lineno} {ast.unparse(node)}")
    return found


def comments_and_code() -> tuple[int, int]:
    """Lines with a comment, and lines with code."""
    comments, code = 0, set()
    skipped = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    for path in FILES.values():
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
            if token.type == tokenize.COMMENT:
                comments += 1
            elif token.type not in skipped:
                code.add((path, token.start[0]))
    return comments, len(code)


def longest_class() -> tuple[int, str]:
    """Lines and name."""
    return max(
        ((node.end_lineno or 0) - node.lineno + 1, f"{name}.{node.name}")
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    )


def main() -> None:
    """Print the figures; with ``-v`` also where the private names are used."""
    calls, files = warm_call()
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in FILES.values())
    every = list(annotations())
    bare = sum(ast.unparse(annotation) == "Any" for annotation in every)
    private = private_across_rooms()
    comments, code = comments_and_code()
    length, name = longest_class()
    loose = sum("." not in module and path.name != "__init__.py" for module, path in FILES.items())
    print(f"warm list_objects_v2        {calls} function calls through {files} files")
    print(
        f"src/                        {len(FILES)} files, {lines} lines, {loose} of the files loose in the root"
    )
    print(f"annotations                 {100 * bare / len(every):.1f} % bare Any of {len(every)}")
    print(f"private names across rooms  {len(private)}")
    print(f"imports of rooms above      {len(upward())}")
    print(f"comments                    {100 * comments / code:.1f} in 100 lines of code")
    print(f"longest class               {length} lines, {name}")
    only, total = counted()
    print(f"for sync or async only      {100 * only / total:.1f} % of lines")
    if "-v" in sys.argv:
        print(*private, sep="\n")


if __name__ == "__main__":
    main()
