"""JSON that people edit and merge: read strictly, with errors that say where it stops making sense."""

from __future__ import annotations

import json

from sotalia.replay.errors import CassetteFileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, NoReturn

_MARKS: Final = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


def text_of(path: str, data: bytes) -> str:
    """A file's text. Raises ``CassetteFileError``."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CassetteFileError(
            f"the file is not UTF-8 (byte {error.start}); it is damaged, or no cassette",
            path,
            data[: error.start].count(b"\n") + 1,
        ) from None


def document_of(path: str, text: str) -> Any:
    """The JSON document of a file. Raises ``CassetteFileError``, also for members that are there twice, and NaN."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1 : error.lineno]
        if line and line[0].startswith(_MARKS):
            raise CassetteFileError(
                "a merge left its marks here; keep the calls of both sides, or record anew (mode='all')",
                path,
                error.lineno,
            ) from None
        raise CassetteFileError(
            f"this is not JSON ({error.msg}, column {error.colno}); mend it, or record anew (mode='all')",
            path,
            error.lineno,
        ) from None
    except RecursionError:
        raise CassetteFileError("this is nested too deeply for a cassette", path) from None
    except ValueError as error:
        # Ours, and Python's for a number of too many digits, which it names.
        raise CassetteFileError(
            f"this cannot be read ({str(error)[:100]}); mend it, or record anew (mode='all')", path
        ) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise ValueError(f"{twice[:40]!r} is there twice in one object, as after a merge")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
