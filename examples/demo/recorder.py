"""Watch handlers at work: when each ran, and what was different when it was done."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Row:
    """One handler's turn."""

    milliseconds: float
    event: str
    handler: str
    changes: str


class Recorder:
    """Runs handlers for an event system, and keeps a row for each turn of each."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._start = time.perf_counter()

    def restart(self) -> None:
        """Begin a new list, at 0 ms."""
        self.rows = []
        self._start = time.perf_counter()

    def watched(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The handler, its turns noted."""
        name = getattr(handler, "__name__", type(handler).__name__.lower())

        def turn(event_name: str, **kwargs: Any) -> Any:
            at = (time.perf_counter() - self._start) * 1e3
            before = state(kwargs)
            returned = handler(event_name=event_name, **kwargs)
            changes = [*differences(before, state(kwargs)), *effect(returned, kwargs)]
            self.rows.append(Row(at, event_name, name, ", ".join(changes) or "nothing"))
            return returned

        return turn

    def counts(self) -> Counter[str]:
        """How often each event came, by the first part of its name."""
        return Counter(row.event.partition(".")[0] for row in self.rows)

    def most_at_once(self) -> int:
        """The greatest number of calls that were under way at one time."""
        steps = {"before-call": 1, "after-call": -1, "after-call-error": -1}
        now = most = 0
        for row in self.rows:
            now += steps.get(row.event.partition(".")[0], 0)
            most = max(most, now)
        return most


def state(kwargs: dict[str, Any]) -> dict[str, str]:
    """What a handler may change, by how a person would call it."""
    found: dict[str, str] = {}
    if "class_attributes" in kwargs:
        found |= {f"method {name}()": "" for name in kwargs["class_attributes"]}
        found |= {f"base class {base.__name__}": "" for base in kwargs["base_classes"]}
    elif "request" in kwargs:
        found |= {f"header {name}": text(value) for name, value in kwargs["request"].headers.items()}
        found["URL"] = kwargs["request"].url
    elif "request_signer" in kwargs:
        found |= {f"header {name}": text(value) for name, value in kwargs["params"]["headers"].items()}
        found["URL"] = kwargs["params"]["url"]
    elif "parsed" in kwargs:
        found |= {f"result[{name!r}]": repr(value) for name, value in kwargs["parsed"].items()}
    elif "params" in kwargs:
        found |= {name: repr(value) for name, value in kwargs["params"].items()}
    elif "exception" in kwargs:
        found["note"] = " ".join(getattr(kwargs["exception"], "__notes__", []))
    return found


def text(value: Any) -> str:
    """A header's value, which may be bytes."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What is new and what is other than it was."""
    return [
        f"{name}: {value}" if value else name for name, value in after.items() if before.get(name) != value
    ]


def effect(returned: Any, kwargs: dict[str, Any]) -> list[str]:
    """What a handler's return value brings about, and what it had seen."""
    if "attempts" in kwargs:
        response = kwargs["response"]
        seen = "no response" if response is None else f"saw {response[0].status_code}"
        return [f"{seen}: " + ("leaves it" if returned is None else f"again in {returned * 1e3:.0f} ms")]
    if hasattr(returned, "status_code"):
        return [f"responds itself: {returned.status_code}"]
    return []
