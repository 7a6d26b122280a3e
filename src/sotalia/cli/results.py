"""Results of calls for people and programs: JSON, lines of JSON, tables, text in columns."""

from __future__ import annotations

import sys

from sotalia.cli.output import print_json, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any, Final

    # What results consist of; a union, for checkers to know what is in a dictionary.
    _Value = dict[str, Any] | list[Any] | str | float | None
    _Raw = _Value | tuple[Any, ...] | bytes | bytearray | datetime

FORMATS: Final = ("json", "lines", "table", "text")
_WIDTH = 10_000  # Of a table that no terminal limits.


def show(value: _Raw, form: str) -> None:
    """Print a result, or the part of one that a query chose. Nothing is printed for nothing."""
    if value is None or value == {}:
        return
    shown = plain(value)
    if form == "json":
        print_json(shown, indent=2)
    elif form == "lines":
        show_lines(shown if isinstance(shown, list) else [shown])
    elif form == "table":
        _table(shown)
    else:
        for row in _rows(shown):
            print("\t".join(printable(cell) for cell in row))


def show_lines(values: Iterable[Any]) -> None:
    """Print each value as JSON on a line, as it comes."""
    for value in values:
        print_json(plain(value))
        sys.stdout.flush()


def plain(value: _Raw) -> _Value:
    """A value as JSON has it: times as text, bytes as text where they are UTF-8 and else in base64."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes | bytearray):
        try:
            return bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            from base64 import b64encode

            return b64encode(value).decode()
    if isinstance(value, float) and value != value:
        return "NaN"  # JSON has no word for it, and this is the services'.
    return value if value is None or isinstance(value, str | int | float) else value.isoformat()


def _cell(value: _Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        import json

        return json.dumps(value, ensure_ascii=False)
    return str(value)


# -- text ----------------------------------------------------------------------------------------------------------


def _rows(value: _Value) -> Iterable[list[str]]:
    """Rows of columns: a list gives one for each element, a structure one for each member."""
    if isinstance(value, list):
        elements: list[_Value] = value
        if not any(isinstance(element, dict | list) for element in elements):
            yield [_cell(element) for element in elements]
            return
        columns = _columns(elements)
        for element in elements:
            if isinstance(element, dict):
                yield [_cell(element.get(name)) for name in columns]
            else:
                yield [_cell(one) for one in element] if isinstance(element, list) else [_cell(element)]
    elif isinstance(value, dict):
        members: dict[str, _Value] = value
        for name, member in members.items():
            if isinstance(member, list | dict) and member:
                for row in _rows(member):
                    yield [name, *row]
            else:
                yield [name, _cell(member)]
    else:
        yield [_cell(value)]


def _columns(elements: list[_Value]) -> list[str]:
    """The names of all members, in the order in which they are met."""
    return list(dict.fromkeys(name for element in elements if isinstance(element, dict) for name in element))


# -- tables --------------------------------------------------------------------------------------------------------


def _table(value: _Value) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    if isinstance(value, dict):
        members: dict[str, _Value] = value
        listings = {name: inner for name, inner in members.items() if isinstance(inner, list) and inner}
        rest = {
            name: inner
            for name, inner in members.items()
            if not (name in listings or inner in (None, "", []))
        }
        if rest:
            console.print(_grid("", ["", ""], [[name, _cell(inner)] for name, inner in rest.items()]))
        for name, inner in listings.items():
            console.print(_listing(name, inner))
    elif isinstance(value, list):
        console.print(_listing("", value))
    else:
        print(printable(_cell(value)))


def _listing(title: str, elements: list[_Value]) -> Any:
    columns = _columns(elements)
    if columns:
        rows = [
            [_cell(element.get(name)) for name in columns] if isinstance(element, dict) else [_cell(element)]
            for element in elements
        ]
        return _grid(title, columns, rows)
    rows = [
        [_cell(one) for one in element] if isinstance(element, list) else [_cell(element)]
        for element in elements
    ]
    return _grid(title, [""] * max(map(len, rows), default=1), rows)


def _grid(title: str, columns: list[str], rows: list[list[str]]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(title=title or None, title_justify="left", show_header=any(columns), box=box.SIMPLE_HEAD)
    for name in columns:
        grid.add_column(Text(printable(name)), overflow="fold")
    for row in rows:
        grid.add_row(*(Text(printable(cell)) for cell in row))
    return grid
