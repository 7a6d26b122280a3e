"""Draws what ``client.explain`` shows, as a terminal does, into ``docs/images/explain.svg``: ``python -m tools.explain_picture``."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

import sotalia

PATH = Path(__file__).resolve().parent.parent / "docs/images/explain.svg"
COLUMNS = 92
# What differs from machine to machine and from call to call.
VARYING = re.compile(r"(?<=User-Agent: ).*|(?<=X-Amz-Date: ).*|(?<=amz-sdk-invocation-id: )\S+")
# The picture is shown where fonts from other hosts are not loaded: the reader's own have to do.
FOREIGN_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def default_bucket(params: dict[str, Any], **kwargs: Any) -> None:
    """Fill in a bucket."""
    params.setdefault("Bucket", "photos")


def team_header(params: dict[str, Any], **kwargs: Any) -> None:
    """Send a header."""
    params["headers"]["X-Team"] = "holiday"


def explanation() -> Any:
    """A call with two handlers of a user's."""
    session = sotalia.Session("AKIDEXAMPLE", "a-secret-key", region_name="eu-west-1")
    s3 = session.client("s3")

    s3.meta.events.register("provide-client-params.s3.ListObjectsV2", default_bucket)
    s3.meta.events.register("before-call.s3.ListObjectsV2", team_header)
    return s3.explain("ListObjectsV2", Prefix="2026/", run_handlers=True)


def terminal(columns: int) -> Console:
    """One that looks the same wherever this runs."""
    return Console(
        file=io.StringIO(),
        width=columns,
        record=True,
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        _environ={},
    )


def shown() -> list[Text]:
    """The lines of the explanation up to the list of handlers, without what is never the same."""
    console = terminal(400)
    console.print(explanation())
    assert isinstance(console.file, io.StringIO)
    text = Text.from_ansi(console.file.getvalue().rstrip())
    kept: list[Text] = []
    for line in text.split("\n"):
        if line.plain.startswith("Handlers"):
            kept.pop()  # The blank line above.
            break
        found = VARYING.search(line.plain)
        if found is not None:
            line = line[: found.start()] + Text("…") + line[found.end() :]
        line.truncate(COLUMNS, overflow="ellipsis")
        kept.append(line)
    return kept


def picture() -> str:
    """The SVG."""
    prompt = Text.assemble(
        (">>> ", "bold"), 's3.explain("ListObjectsV2", Prefix="2026/", run_handlers=True).show()'
    )
    console = terminal(COLUMNS)
    console.print(prompt)
    for line in shown():
        console.print(line, no_wrap=True, highlight=False)
    svg = console.export_svg(title="nothing is sent", theme=MONOKAI, unique_id="explain")
    svg = FOREIGN_FONTS.sub("", svg).replace(
        "Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace"
    )
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    PATH.write_text(picture(), "utf-8")
