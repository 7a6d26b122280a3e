"""The recorded call that is nearest to one that is not recorded, and a message that shows the difference.

>>> print(describe_miss("s3", "GetObject", canonical({"Bucket": "b", "Key": "a.txt"}, model), recorded))
s3.GetObject: no recording has these parameters; nearest is call 3:
  Key: wanted 'a.txt', recorded 'A.txt' (differs in case only)
...
"""

from __future__ import annotations

from difflib import SequenceMatcher
from heapq import nsmallest

from sotalia.replay.differences import Difference, differences, identity, is_digest
from sotalia.replay.hints import SAME_LENGTH, as_rule, hint, last_name, renamed
from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Final, Protocol

    class Candidate(Protocol):
        """What is asked of a recorded call."""

        @property
        def number(self) -> int:
            """Counts from 1."""
            ...

        @property
        def service(self) -> str:
            """The hyphenized id."""
            ...

        @property
        def operation(self) -> str:
            """The API's name."""
            ...

        @property
        def parameters(self) -> dict[str, Any]:
            """Their canonical form."""
            ...

        @property
        def region(self) -> str | None:
            """The client's."""
            ...

        @property
        def is_played(self) -> bool:
            """Whether it was played back already."""
            ...


# Of so many candidates that differ in the fewest places, texts are compared letter by letter.
_COMPARED: Final = 20
_COMPARED_DIFFERENCES: Final = 20
_LETTERS: Final = 80
_SHOWN_DIFFERENCES: Final = 5


class Nearest:
    """A recorded call beside one that was wanted. ``differences`` are none if only something else than parameters differs."""

    __slots__ = ("differences", "recorded")

    def __init__(self, recorded: Candidate, differences: list[Difference]) -> None:
        self.recorded, self.differences = recorded, differences

    def __repr__(self) -> str:
        return f"<Nearest call {self.recorded.number}, {len(self.differences)} differences>"


def nearest(
    service: str,
    operation: str,
    wanted: dict[str, Any],
    candidates: Iterable[Candidate],
    *,
    region: str | None = None,
) -> Nearest | None:
    """Of the recorded calls the one that is most like the wanted one, or ``None`` if none is of use.

    Calls of the same operation are compared by their parameters; in equal ones, those that were not played yet and those
    of the region come first. Other operations only count with the same parameters.
    """
    everything = list(candidates)
    same = [each for each in everything if (each.service, each.operation) == (service, operation)]
    if not same:
        text = _asked(wanted)
        others = [each for each in everything if wanted and _asked(each.parameters) == text]
        # Rather the same operation of another service, or another one of the same service.
        others.sort(key=lambda each: (each.operation != operation, each.service != service, each.is_played))
        return Nearest(others[0], []) if others else None
    compared = [Nearest(each, differences(wanted, each.parameters)) for each in same]
    few = nsmallest(_COMPARED, compared, key=lambda each: len(each.differences))
    return min(
        few,
        key=lambda each: (
            _distance_of(each.differences),
            region is not None and each.recorded.region != region,
            each.recorded.is_played,
        ),
    )


def _asked(parameters: dict[str, Any]) -> str:
    """The parameters as text, without those that handlers add to some operations of S3."""
    return identity({name: value for name, value in parameters.items() if name not in _OF_HANDLERS})


_OF_HANDLERS: Final = ("ChecksumAlgorithm", "ChecksumMode", "EncodingType")


def _distance_of(differences: list[Difference]) -> float:
    # Who differs in more places than these is far away in any case.
    return sum(map(_distance, differences[:_COMPARED_DIFFERENCES])) + len(differences[_COMPARED_DIFFERENCES:])


def _distance(difference: Difference) -> float:
    """How far apart two values are: from nearly 0 for texts with one other letter to 1."""
    wanted, recorded = difference.wanted, difference.recorded
    if difference.kind == "changed" and isinstance(wanted, str) and isinstance(recorded, str):
        if hint(difference):
            return 0.3
        return 1.0 - 0.7 * SequenceMatcher(None, wanted[:_LETTERS], recorded[:_LETTERS]).ratio()
    if is_digest(wanted) and is_digest(recorded):
        return 0.3 if hint(difference) == SAME_LENGTH else 0.5
    return 0.2 if difference.is_list_order else 1.0


# -- the message -----------------------------------------------------------------------------------------------------


def describe_miss(
    service: str,
    operation: str,
    wanted: dict[str, Any],
    candidates: Sequence[Candidate],
    *,
    region: str | None = None,
    cassette: str = "",
    purpose: str = "",
) -> str:
    """What to tell about a call for which there is no recording: at most twelve lines, without secrets.

    ``cassette`` the file's name · ``purpose`` what the call belongs to, such as ``waiter bucket_exists``.
    """
    name, place = f"{service}.{operation}", f" in {cassette}" if cassette else ""
    if not candidates:
        lines = [f"{name}: the cassette {cassette} is empty".replace("  ", " ")]
        return "\n".join([*lines, _ADVICE])
    found = nearest(service, operation, wanted, candidates, region=region)
    is_known = any((each.service, each.operation) == (service, operation) for each in candidates)
    if not is_known:
        lines = [
            f"{name}: no call of this operation is recorded{place}",
            *_of_operations(service, operation, candidates),
        ]
        if found is not None:
            other = found.recorded
            what = "operation of another service" if other.operation == operation else "operation"
            lines.append(
                f"  call {other.number} has the same parameters, but is another {what}: {other.service}.{other.operation}"
            )
        return "\n".join([*lines, _ADVICE])
    assert found is not None
    if not found.differences:
        return "\n".join([*_of_equal(name, place, found, candidates, region, purpose), _ADVICE])
    return "\n".join([*_of_differences(name, place, found, region), _ADVICE])


_ADVICE: Final = 'To record what is missing use mode="new"; to record everything again, mode="all".'


def _of_operations(service: str, operation: str, candidates: Sequence[Candidate]) -> list[str]:
    counts: dict[str, int] = {}
    for each in candidates:
        name = f"{each.service}.{each.operation}"
        counts[name] = counts.get(name, 0) + 1
    names = [f"{name} ({count})" if count > 1 else name for name, count in counts.items()]
    rest = f" and {len(names) - 6} more" if len(names) > 6 else ""
    lines = [f"  recorded are {', '.join(names[:6])}{rest}"]
    meant = closest(f"{service}.{operation}", counts, 0.75)
    if meant is not None:
        lines.append(f"  did you mean {meant}?")
    return lines


def _of_equal(
    name: str, place: str, found: Nearest, candidates: Sequence[Candidate], region: str | None, purpose: str
) -> list[str]:
    recorded = found.recorded
    if region is not None and recorded.region is not None and recorded.region != region:
        return [
            f"{name}: recorded{place} as call {recorded.number}, but in another region",
            f"  region: wanted {region!r}, recorded {recorded.region!r}",
        ]
    text = identity(recorded.parameters)
    count = sum(
        (each.service, each.operation) == (recorded.service, recorded.operation)
        and identity(each.parameters) == text
        for each in candidates
    )
    if purpose.startswith("waiter"):
        why = f"{purpose} polls more often than it did; the recorded calls may end before the state that it waits for"
    elif purpose:
        why = f"{purpose} makes more such calls than it did"
    else:
        why = "your program makes more such calls than it did: a poll, a loop or a retry"
    times = "the one recording of it was" if count == 1 else f"all {count} recordings of it were"
    return [f"{name}: {times} played already{place}: the last is call {_last(found, candidates)}", f"  {why}"]


def _last(found: Nearest, candidates: Sequence[Candidate]) -> int:
    recorded = found.recorded
    text = identity(recorded.parameters)
    return max(
        each.number
        for each in candidates
        if (each.service, each.operation) == (recorded.service, recorded.operation)
        and identity(each.parameters) == text
    )


def _of_differences(name: str, place: str, found: Nearest, region: str | None) -> list[str]:
    recorded = found.recorded
    lines = [f"{name}: no recording{place} has these parameters; nearest is call {recorded.number}:"]
    moved = renamed(found.differences)
    gone = set(moved.values())
    shown = [each for each in found.differences if each.path not in gone or each.kind != "missing"]
    for each in shown[:_SHOWN_DIFFERENCES]:
        why = f"recorded as {moved[each.path]}" if each.kind == "extra" and each.path in moved else hint(each)
        text = str(each)
        lines.append(
            f"  {text} ({why})" if why and why not in text and not each.is_list_order else f"  {text}"
        )
    more = len(shown) - _SHOWN_DIFFERENCES
    if more > 0:
        lines.append(f"  and {more} more difference{'s' if more > 1 else ''}")
    if region is not None and recorded.region not in (None, region):
        lines.append(f"  region: wanted {region!r}, recorded {recorded.region!r}")
    if recorded.is_played:
        lines.append(f"  call {recorded.number} was played already")
    rules = sorted({as_rule(each.path) for each in shown if _is_of_a_run(each)})
    if rules:
        lines.append(f"If it differs in every run, ignore it: ignore={rules[:3]!r}.")
    return lines


def _is_of_a_run(difference: Difference) -> bool:
    """Whether a value is likely another one in every run."""
    name = last_name(difference.path)
    return hint(difference).startswith(("made anew", "a time that moved")) or name.endswith(_TOKENS)


# Not those of pages, which come from recorded responses.
_TOKENS: Final = ("ClientToken", "RequestToken", "IdempotencyToken")
