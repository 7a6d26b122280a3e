"""Writes the tables of ``docs/errors.md``: python -m tests.errors.page"""

from __future__ import annotations

from tests.errors.mistakes import TABLES, Mistake


def tables() -> str:
    """All of them, in Markdown."""
    return "\n".join(
        "\n".join(
            [
                f"### {title}\n",
                "| Where | You write | sotalia says |",
                "|---|---|---|",
                *map(_row, mistakes),
                "",
            ]
        )
        for title, mistakes in TABLES.items()
    )


def _row(mistake: Mistake) -> str:
    place = {"both": "", "sync": "sync", "async": "async"}[mistake.on]
    set_first = [f"`{name}={value}`" for name, value in mistake.environment.items()]
    if mistake.config_file:
        set_first.append(f"a file with `{mistake.config_file.strip().replace(chr(10), '`, `')}`")
    code = f"`{mistake.code.removesuffix('; ...')}`{f', with {set_first[0]}' if set_first else ''}"
    says = "<br>".join(f"{_escaped(line)}" for line in mistake.says.splitlines())
    return f"| {place} | {code} | `{mistake.error}`: {says} |"


def _escaped(text: str) -> str:
    text = text.replace("[...]", "…")
    for character in "\\`*_[]|<>":
        text = text.replace(character, f"\\{character}")
    return text


if __name__ == "__main__":
    print(tables(), end="")
