"""What somebody meant who wrote a name that there is not."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 100  # characters; what is longer was not misspelt
_SHOWN = 5


def closest(name: object, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The name that was meant, if one is near: ``GetObject`` is ``get_object``, ``list_objcts`` is ``list_objects``.

    ``likeness``: from 0 to 1, how alike names must be at least (``difflib``'s ``cutoff``).
    """
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST:
        return None
    plain: dict[str, str] = {}
    for other in known:
        plain.setdefault(_plain(other), other)
    wanted = _plain(name)
    if wanted in plain:
        return plain[wanted]
    from difflib import get_close_matches

    close = get_close_matches(wanted, plain, cutoff=likeness)
    # Of names that are as near, the one with two letters changed about: us-esat-1.
    same_letters = [other for other in close if sorted(other) == sorted(wanted)]
    return plain[(same_letters or close)[0]] if close else None


def did_you_mean(name: object, known: Iterable[str], before: str = ". ") -> str:
    """``. Did you mean 'get_object'?``, or ``""`` where no name is near."""
    meant = closest(name, known)
    return f"{before}{'did' if ';' in before else 'Did'} you mean {meant!r}?" if meant else ""


def shortened(known: Iterable[str], how_to_see_all: str) -> str:
    """The first names of a list, how many more there are, and how to see them all."""
    names = list(known)
    if len(names) <= _SHOWN + 2:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more: {how_to_see_all}"


def shown(name: object) -> str:
    """A name in quotes, without what follows a hundred characters."""
    return repr(name if not isinstance(name, str) or len(name) <= _LONGEST else f"{name[:_LONGEST]}...")


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(".", "").replace(" ", "").lower()
