"""What a difference probably means, in words: a typo, another case, a token that is new in every run."""

from __future__ import annotations

import re
from datetime import datetime
from unicodedata import normalize
from urllib.parse import unquote

from sotalia.protocols.timestamps import parse_timestamp
from sotalia.replay.differences import Difference, is_digest
from sotalia.runtime.redaction import SECRET
from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Final

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?")
# Parameters that continue a listing: those of the services' paginators, and their relatives.
_PAGE: Final = re.compile(r"(Token|Marker)$|^ExclusiveStart|^StartRecord|^Position$", re.IGNORECASE)
_PAGE_SIZES: Final = re.compile(
    r"^(Max(Keys|Results|Items|Records|Parts|Uploads)|Limit|PageSize)$", re.IGNORECASE
)
SAME_LENGTH: Final = "the same length, other content"
_LIKENESS: Final = 0.75
_LONGEST: Final = 1000


def hint(difference: Difference) -> str:
    """What this difference probably is, or ``""``."""
    wanted, recorded, name = difference.wanted, difference.recorded, last_name(difference.path)
    if difference.is_list_order:
        return "the same items in another order, which counts here"
    if difference.kind in ("missing", "extra"):
        return _of_presence(name, difference)
    if SECRET in (wanted, recorded):
        return "one of them is a secret, which cassettes do not keep"
    if difference.kind == "type":
        return _of_types(wanted, recorded)
    if is_digest(wanted):
        return _of_bodies(wanted, recorded)
    if isinstance(wanted, str):
        return _of_texts(name, wanted, recorded)
    if name == "PartNumber" or _PAGE_SIZES.search(name):
        return _of_names(name)
    return ""


def last_name(path: str) -> str:
    """``Value`` of ``Tags[0].Value``."""
    return path.rpartition(".")[2].partition("[")[0]


def as_rule(path: str) -> str:
    """The path as a rule to ignore it: ``Tags[].Value``."""
    return re.sub(r"\[\d+\]", "[]", path)


def _of_presence(name: str, difference: Difference) -> str:
    is_new = difference.kind == "extra"
    if _PAGE.search(name):
        return (
            "a listing that goes on where the recorded one began"
            if is_new
            else "a listing that begins anew where the recorded one went on"
        )
    if name.startswith("Checksum"):
        return "request_checksum_calculation or response_checksum_validation is another now"
    return ""


def _of_types(wanted: Any, recorded: Any) -> str:
    texts = {str(wanted).lower(), str(recorded).lower()}
    if len(texts) == 1:
        return f"another type: {_kind(wanted)} in place of {_kind(recorded)}"
    if None in (wanted, recorded):
        return "None is a value too: leave the parameter out"
    return f"{_kind(wanted)} in place of {_kind(recorded)}"


def _kind(value: Any) -> str:
    if is_digest(value):
        return "bytes"
    names = {"str": "text", "bool": "a truth value", "int": "a number", "float": "a number", "list": "a list"}
    return names.get(type(value).__name__, "a structure" if isinstance(value, dict) else "nothing")


def _of_bodies(wanted: dict[str, Any], recorded: dict[str, Any]) -> str:
    if None in (wanted["length"], recorded["length"]):
        return "a stream that can be read only once, whose end was not seen"
    if wanted["length"] == recorded["length"]:
        return SAME_LENGTH
    if wanted["length"] == 0 or recorded["length"] == 0:
        return "one of them is empty: was the file read to its end before?"
    return "another length"


# -- texts -----------------------------------------------------------------------------------------------------------


def _of_texts(name: str, wanted: str, recorded: str) -> str:
    for is_so, text in _TEXTS:
        if is_so(wanted, recorded):
            return text
    if _UUID.search(wanted) and _UUID.search(recorded):
        return "made anew in every run, it seems"
    if _TIME.fullmatch(wanted) and _TIME.fullmatch(recorded):
        return _of_times(wanted, recorded)
    if wanted.startswith("arn:") and recorded.startswith("arn:"):
        return _of_arns(wanted, recorded)
    by_name = _of_names(name)
    if by_name:
        return by_name
    return _of_spelling(wanted, recorded)


def _of_spelling(wanted: str, recorded: str) -> str:
    if max(len(wanted), len(recorded)) > _LONGEST:
        return "long texts that differ"
    if closest(wanted, [recorded], _LIKENESS) is not None:
        return "a typo?"
    if wanted and recorded and (wanted.startswith(recorded) or recorded.startswith(wanted)):
        return "one is the beginning of the other"
    return ""


def _of_names(name: str) -> str:
    if name == "Bucket":
        return "another bucket"
    if _PAGE.search(name):
        return "the listing went another way: it asks for another page"
    if _PAGE_SIZES.search(name):
        return "another page size"
    if name == "UploadId":
        return "an id that a service gave out: it comes from another response"
    if name in ("Range", "PartNumber", "CopySourceRange"):
        return "another part: part sizes or thresholds of transfers changed"
    return ""


def _of_times(wanted: str, recorded: str) -> str:
    try:
        moved = _aware(parse_timestamp(wanted)) - _aware(parse_timestamp(recorded))
    except (ValueError, OverflowError):
        return "a time that moved"
    seconds = abs(moved.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = round(seconds / size)
            return f"a time that moved, by {count} {unit}{'s' if count != 1 else ''}"
    return "a time that moved, by less than a second"


def _aware(moment: datetime) -> datetime:
    from datetime import UTC

    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _of_arns(wanted: str, recorded: str) -> str:
    parts = list(zip(wanted.split(":", 5), recorded.split(":", 5), strict=False))
    differing = [index for index, (mine, theirs) in enumerate(parts) if mine != theirs]
    names = {1: "partition", 2: "service", 3: "region", 4: "account"}
    if differing and all(index in names for index in differing):
        return f"another {' and another '.join(names[index] for index in differing)} in the ARN"
    return _of_spelling(wanted, recorded)


def _without_space(text: str) -> str:
    return "".join(text.split())


def _alike(form: Callable[[str], str]) -> Callable[[str, str], bool]:
    return lambda wanted, recorded: form(wanted) == form(recorded)


_TEXTS: Final[tuple[tuple[Callable[[str, str], bool], str], ...]] = (
    (_alike(str.casefold), "differs in case only"),
    (_alike(lambda text: text.lstrip("/")), "a leading '/'"),
    (_alike(lambda text: text.rstrip("/")), "a trailing '/'"),
    (_alike(lambda text: text.strip("/")), "a '/' at its ends"),
    (_alike(lambda text: text.replace("\r\n", "\n")), "ends of lines: CRLF and LF"),
    (_alike(_without_space), "differs in white space only"),
    (
        _alike(lambda text: normalize("NFC", text)),
        "the same characters, composed in another way (Unicode NFC and NFD)",
    ),
    (_alike(lambda text: normalize("NFKC", text).casefold()), "characters that look alike"),
    (
        lambda wanted, recorded: unquote(wanted) == recorded or wanted == unquote(recorded),
        "one is percent-encoded",
    ),
    (_alike(lambda text: text.replace("\\", "/")), "backslashes and slashes"),
    (_alike(lambda text: text.replace("-", "_")), "hyphens and underscores"),
)


def renamed(differences: Iterable[Difference]) -> dict[str, str]:
    """Paths that are wanted, with the path under which the same value was recorded."""
    by_value = {repr(each.recorded): each.path for each in differences if each.kind == "missing"}
    return {
        each.path: by_value[repr(each.wanted)]
        for each in differences
        if each.kind == "extra" and repr(each.wanted) in by_value
    }
