"""The examples of a page: what is one, what it prints, and how it is run. ``python -m tests.documents docs/guide.md`` shows it.

- ```` ```python ````: an example. Those of a page run one after another in one process, as a reader would try them.
- ```` ```python title="app.py" ````: a file, written beside the others; later examples import or run it.
- ```` ```console ````: commands behind ``$``, run by a shell in the same folder, each with its output below it.
- ```` ```text ```` right behind an example: all that it prints, except what comments behind ``print`` say.
- A comment behind ``print(...)``: what that line prints. Whatever an example prints stands in one of the two.
- ``no-run`` behind the language: shown only.
- ```` ```ini ````: what the config file of the page's process holds.

In outputs ``...`` stands for anything within a line, and as a line of its own for any lines.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sotalia.testing import LocalAWS

ROOT = Path(__file__).resolve().parents[1]
SECRET = "PLANTED-SECRET"

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r'title="([^"]+)"')
_SAID = re.compile(r"^ *(?:await )?print\(.*\) +# (.*)$", re.MULTILINE)
_COMMAND = re.compile(r"^\$ (.*(?:\n> .*)*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@dataclass
class Example:
    """One block, and what it should print: ``None`` where the page does not say."""

    kind: str  # "python", "file", "console"
    source: str
    line: int
    title: str = ""
    output: str | None = None
    said: list[str] = field(default_factory=list)


def unseen(text: str) -> list[str]:
    """Fences that belong to no block that is understood: indented, of another kind, or never closed."""
    rest = re.sub(r"^```\n.*?^```$", "", _BLOCK.sub("", text), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"^[ \t>]*(?:```|~~~).*$", rest, re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    """What stands in the blocks of a language."""
    return [block[3] for block in _BLOCK.finditer(text) if block[1] == language]


def examples(text: str) -> list[Example]:
    """The examples of a page, in order."""
    found: list[Example] = []
    end = -1
    for block in _BLOCK.finditer(text):
        language, info, source = block[1], block[2], block[3]
        line = text.count("\n", 0, block.start()) + 2
        if language == "text" and found and text[end : block.start()].strip() == "" and end >= 0:
            found[-1].output = source
        end = -1
        if "no-run" in info:
            continue
        title = _TITLE.search(info)
        if language == "python":
            found.append(
                Example(
                    "file" if title else "python",
                    source,
                    line,
                    title[1] if title else "",
                    None,
                    _SAID.findall(source),
                )
            )
            end = -1 if title else block.end()
        elif language == "console":
            for command in _COMMAND.finditer(source):
                shell = command[1].replace("\n> ", "\n")
                found.append(Example("console", shell, line, output=command[2]))
        elif title:
            found.append(Example("file", source, line, title[1]))
    return found


# Runs in a process of its own. Everything that a page writes, also by loggers made earlier, goes to the example that is running.
_RUNNER = r"""
import io, json, os, subprocess, sys, traceback
page, endpoint, examples = sys.argv[1], sys.argv[2], json.load(sys.stdin)
out = sys.stdout

class Written(io.TextIOBase):
    text = ""
    def write(self, text):
        self.text += text
        return len(text)

written = sys.stdout = sys.stderr = Written()
names, printed = {"__name__": "documents"}, []
sys.path.insert(0, os.getcwd())
for kind, source, line, title in examples:
    written.text = ""
    os.environ.pop("AWS_ENDPOINT_URL", None)
    if not any(word in source for word in ("mock_aws", "ScriptedTransport", "AWS_ENDPOINT_URL")):
        os.environ["AWS_ENDPOINT_URL"] = endpoint
    try:
        if kind == "file":
            os.makedirs(os.path.dirname(os.path.abspath(title)), exist_ok=True)
            with open(title, "w") as file:
                file.write(source)
        elif kind == "console":
            done = subprocess.run(["bash", "-c", source], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            written.text = done.stdout
        else:
            # As in a file of the page's name, which is what tracebacks and `explain` show.
            exec(compile(source, page.replace(".md", ".py"), "exec"), names)
    except BaseException:
        print(f"the example at line {line} failed:\n{written.text}", file=sys.__stderr__)
        traceback.print_exc(file=sys.__stderr__)
        os._exit(1)
    printed.append(written.text)
json.dump(printed, out)
out.flush()
"""


def run(page: str, text: str, folder: Path, endpoint_url: str) -> list[tuple[Example, str]]:
    """Run a page's examples in a folder; each with what it printed. Raises ``AssertionError`` where one raises."""
    settings = folder / "config"
    settings.write_text("\n".join(blocks(text, "ini")))
    found = examples(text)
    sources = [[e.kind, e.source.replace("/tmp/", f"{folder}/"), e.line, e.title] for e in found]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _RUNNER, page, endpoint_url],
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        cwd=folder,
        env={
            # As on a reader's machine: some programs do something else where the variable CI is set.
            **{name: value for name, value in os.environ.items() if name != "CI"},
            "PATH": path,
            "COLUMNS": "120",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": str(settings),
        },
    )
    assert done.returncode == 0, f"{page}:\n{done.stderr}"
    printed = json.loads(done.stdout)
    return [
        (example, text.replace(f"{folder}/", "/tmp/")) for example, text in zip(found, printed, strict=True)
    ]


def _line(expected: str) -> str:
    return ".*".join(re.escape(part) for part in expected.strip("\n").split("..."))


def pattern(expected: str) -> re.Pattern[str]:
    """What an output has to match: ``...`` is any text of a line; as a line of its own, any lines."""
    lines = expected.rstrip().splitlines()
    return re.compile(
        "".join(
            r"(?:.*\n)*?" if line.strip() == "..." else rf"{_line(line.rstrip())}[ \t]*\n" for line in lines
        )
    )


def differences(example: Example, printed: str) -> list[str]:
    """What an example should have printed and did not, in words; empty where the page tells the truth."""
    found, rest = [], printed if printed.endswith("\n") or not printed else printed + "\n"
    for said in example.said:
        match = re.search(rf"^{_line(said.strip())}[ \t]*\n", rest, re.MULTILINE)
        if match is None:
            found.append(f"a comment says: {said}")
        else:
            rest = rest[: match.start()] + rest[match.end() :]
    if example.kind == "python" and example.output is None and rest.strip():
        found.append("the page does not show what it prints")
    if rest.endswith("\n\n"):  # Empty lines at the end are nothing to show.
        rest = rest.rstrip() + "\n"
    if example.output is not None and pattern(example.output).fullmatch(rest) is None:
        found.append(f"the page shows:\n{example.output}")
    return [f"line {example.line}: {what}\nprinted:\n{printed}" for what in found]


def prepare(aws: LocalAWS) -> None:
    """The buckets that pages use, empty."""
    s3 = aws.client("s3")
    for bucket in ("mybucket", "bucket"):
        s3.create_bucket(Bucket=bucket)
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for item in page.get("Contents", []):
                s3.delete_object(Bucket=bucket, Key=item["Key"])


def show(path: Path) -> None:
    """Print a page's examples with what they print."""
    import tempfile

    from tests.isolation import isolate, leave

    home = isolate(os.environ)
    from sotalia.testing import LocalAWS

    with LocalAWS() as aws, tempfile.TemporaryDirectory() as folder:
        prepare(aws)
        for example, printed in run(path.name, path.read_text("utf-8"), Path(folder), aws.endpoint_url):
            print(f"--- {path.name}:{example.line} {example.kind} {example.title}\n{example.source.rstrip()}")
            print(f"--- prints:\n{printed}" if printed else "--- prints nothing", end="\n\n")
            for difference in differences(example, printed):
                print(f"!!! {difference}")
    leave(home)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        show(Path(name))
