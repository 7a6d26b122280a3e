"""Where two calls differ: two forms of :func:`~sotalia.replay.matching.canonical`, side by side."""

from __future__ import annotations

from itertools import takewhile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Final, Literal

    # What forms consist of.
    Form = dict[str, Any] | list[Any] | str | float | bool | None
    Kind = Literal["missing", "extra", "changed", "type"]

_DIGEST: Final = {"length", "sha256"}
# Characters of a value that a message shows.
_SHOWN: Final = 60


class Difference:
    """One place where they differ. ``path`` as ``Tags[0].Value`` · ``kind`` is ``missing`` (recorded, but not wanted now),
    ``extra`` (wanted, but not recorded), ``changed``, or ``type`` where text stands in place of a number, say.
    """

    __slots__ = ("kind", "path", "recorded", "wanted")

    def __init__(self, path: str, wanted: Any, recorded: Any, kind: Kind) -> None:
        self.path, self.wanted, self.recorded, self.kind = path, wanted, recorded, kind

    def __str__(self) -> str:
        if self.kind == "missing":
            return f"{self.path}: recorded {shown(self.recorded)}, and not there now"
        if self.kind == "extra":
            return f"{self.path}: wanted {shown(self.wanted)}, not there when it was recorded"
        if self.is_list_order:
            return f"{self.path}: the same items in another order"
        wanted, recorded = shown(self.wanted), shown(self.recorded)
        if isinstance(self.wanted, str) and isinstance(self.recorded, str):
            wanted, recorded = _beside(self.wanted, self.recorded)
        return f"{self.path}: wanted {wanted}, recorded {recorded}"

    @property
    def is_list_order(self) -> bool:
        """Whether these are lists of the same items in another order."""
        return isinstance(self.wanted, list) and isinstance(self.recorded, list)

    def __repr__(self) -> str:
        return f"<Difference {self}>"


def differences(wanted: Form, recorded: Form) -> list[Difference]:
    """All places where a form that is wanted differs from one that was recorded; none if the calls are the same."""
    return list(_compare(wanted, recorded, ""))


def _compare(wanted: Form, recorded: Form, path: str) -> Iterator[Difference]:
    if is_digest(wanted) and is_digest(recorded):
        if identity(wanted) != identity(recorded):
            yield Difference(path, wanted, recorded, "changed")
    elif isinstance(wanted, dict) and isinstance(recorded, dict):
        yield from _of_mappings(wanted, recorded, path)
    elif isinstance(wanted, list) and isinstance(recorded, list):
        yield from _of_lists(wanted, recorded, path)
    elif _type(wanted) != _type(recorded):
        yield Difference(path, wanted, recorded, "type")
    elif wanted != recorded:
        yield Difference(path, wanted, recorded, "changed")


def _of_mappings(wanted: dict[str, Any], recorded: dict[str, Any], path: str) -> Iterator[Difference]:
    for name in {**wanted, **recorded}:
        place = f"{path}.{name}" if path else name
        if name not in recorded:
            yield Difference(place, wanted[name], None, "extra")
        elif name not in wanted:
            yield Difference(place, None, recorded[name], "missing")
        else:
            yield from _compare(wanted[name], recorded[name], place)


def _of_lists(wanted: list[Any], recorded: list[Any], path: str) -> Iterator[Difference]:
    mine, theirs = [*map(identity, wanted)], [*map(identity, recorded)]
    if mine == theirs:
        return
    if sorted(mine) == sorted(theirs):
        yield Difference(path, wanted, recorded, "changed")
        return
    # What is the same at the beginning and at the end is no difference, where an item more or less stands between.
    start = _same(mine, theirs)
    end = min(_same(mine[::-1], theirs[::-1]), min(len(mine), len(theirs)) - start)
    for index in range(start, max(len(mine), len(theirs)) - end):
        place = f"{path}[{index}]"
        if index >= len(theirs) - end:
            yield Difference(place, wanted[index], None, "extra")
        elif index >= len(mine) - end:
            yield Difference(place, None, recorded[index], "missing")
        else:
            yield from _compare(wanted[index], recorded[index], place)


def _same(one: Sequence[Any], other: Sequence[Any]) -> int:
    """How many items are the same at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def identity(form: Form) -> str:
    """The form as text: equal for calls that are the same, and a key to find them by."""
    from json import dumps

    return dumps(form, sort_keys=True)


def _type(value: Form) -> str:
    # A number is a number: JSON does not tell 1 from 1.0. Texts of digits are none.
    name = type(value).__name__
    return "float" if name == "int" else name


def is_digest(value: Form) -> bool:
    """Whether this is the form of a body: its length and SHA-256."""
    return isinstance(value, dict) and value.keys() == _DIGEST


def shown(value: Form) -> str:
    """A value in a message, cut. Forms hold no secrets."""
    if isinstance(value, dict) and is_digest(value):
        length = value["length"]
        return "a body that nobody has read yet" if length is None else f"{length} bytes"
    if isinstance(value, dict):
        return "{" + _cut(", ".join(f"{name}: {shown(item)}" for name, item in value.items())) + "}"
    if isinstance(value, list):
        return "[" + _cut(", ".join(shown(item) for item in value)) + "]"
    return repr(_cut(value)) if isinstance(value, str) else _cut(str(value))


def _beside(wanted: str, recorded: str) -> tuple[str, str]:
    """Two texts, of long ones the part in which they begin to differ."""
    from unicodedata import normalize

    start = 0
    if max(len(wanted), len(recorded)) > _SHOWN:
        start = max(0, _same(wanted, recorded) - _SHOWN // 3)
    cut = [f"{'...' if start else ''}{_cut(text[start:])}" for text in (wanted, recorded)]
    # What looks alike is shown by its codes.
    write = ascii if normalize("NFKC", wanted) == normalize("NFKC", recorded) else repr
    return write(cut[0]), write(cut[1])


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
