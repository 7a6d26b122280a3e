"""Counts and times of calls: :class:`Metrics`."""

from __future__ import annotations

from bisect import bisect_left

from sotalia.call import Observer
from sotalia.extensions.records import error_code, names, seconds
from sotalia.runtime import ProcessLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

    from sotalia.call import Call
    from sotalia.events import EventRegistry
    from sotalia.extensions.records import Record

#: Upper bounds in seconds of the classes that times are counted in; OpenTelemetry advises these for durations.
BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


class Metrics(Observer):
    """Counts calls, errors and attempts, and measures how long calls take, by service and operation.

    :meth:`snapshot` gives the counts so far. ``report`` is called after each call with ``service`` ``operation`` ``attempts``
    ``seconds`` ``error`` (a code, the name of an exception, or ``None``). ``meter`` is one of OpenTelemetry
    (``opentelemetry.metrics.get_meter("app")``): it gets ``aws.calls``, ``aws.errors``, ``aws.attempts`` and ``aws.duration`` with the
    attributes ``rpc.service`` and ``rpc.method``. One object may count for many clients and threads. It is pickled without
    its counts.
    """

    def __init__(self, report: Callable[[Record], object] | None = None, *, meter: Any = None) -> None:
        self._report = report
        self._meter = meter
        self._instruments = None if meter is None else _Instruments(meter)
        self.reset()

    def reset(self) -> None:
        """Begin to count anew."""
        self._own = ProcessLock()
        self._counts: dict[tuple[str, str], _Count] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"report": self._report, "meter": self._meter}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Metrics.__init__(self, state["report"], meter=state["meter"])

    def install(self, events: EventRegistry) -> None:
        """Observe all calls."""
        events.observe(self)

    def call_ended(self, call: Call) -> None:
        """The call has a result or an error."""
        error, found = call.error, getattr(call.error, "response", None)
        record = {
            **names(call),
            "attempts": len(call.attempts),
            "seconds": seconds(call.started_at, call.ended_at) or 0.0,
            "error": error and (error_code(found if hasattr(found, "get") else None) or type(error).__name__),
        }
        with self._own.lock:
            key = str(record["service"]), str(record["operation"])
            self._counts.setdefault(key, _Count()).add(record)
        if self._instruments is not None:
            self._instruments.add(record)
        if self._report is not None:
            self._report(record)

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """By ``s3.PutObject``: ``calls`` ``errors`` ``attempts``, ``error_codes`` with their counts, and ``seconds`` with ``total``,
        ``min``, ``max`` and ``buckets``: the number of calls up to each of :data:`BOUNDS`, and beyond the last one.
        """
        with self._own.lock:
            return {".".join(key): count.shown() for key, count in sorted(self._counts.items())}


class _Count:
    """What was counted of one operation."""

    def __init__(self) -> None:
        self.calls = self.errors = self.attempts = 0
        self.error_codes: dict[str, int] = {}
        self.seconds: list[float] = [0.0, float("inf"), 0.0]
        self.buckets = [0] * (len(BOUNDS) + 1)

    def add(self, record: Record) -> None:
        took, code = record["seconds"], record["error"]
        self.calls += 1
        self.attempts += record["attempts"]
        if code is not None:
            self.errors += 1
            self.error_codes[code] = self.error_codes.get(code, 0) + 1
        total, least, most = self.seconds
        self.seconds = [total + took, min(least, took), max(most, took)]
        self.buckets[bisect_left(BOUNDS, took)] += 1

    def shown(self) -> dict[str, Any]:
        total, least, most = self.seconds
        return {
            "calls": self.calls,
            "errors": self.errors,
            "attempts": self.attempts,
            "error_codes": dict(self.error_codes),
            "seconds": {"total": round(total, 6), "min": least, "max": most, "buckets": list(self.buckets)},
        }


class _Instruments:
    """The instruments of a meter of OpenTelemetry."""

    def __init__(self, meter: Any) -> None:
        self._calls = meter.create_counter("aws.calls", "{call}", "Calls of AWS operations")
        self._errors = meter.create_counter("aws.errors", "{call}", "Calls of AWS operations that raised")
        self._attempts = meter.create_counter("aws.attempts", "{attempt}", "Attempts of calls")
        self._duration = meter.create_histogram(
            "aws.duration", "s", "How long calls took, attempts and delays included"
        )

    def add(self, record: Record) -> None:
        attributes = {"rpc.service": record["service"], "rpc.method": record["operation"]}
        self._calls.add(1, attributes)
        self._attempts.add(record["attempts"], attributes)
        self._duration.record(record["seconds"], attributes)
        if record["error"] is not None:
            self._errors.add(1, {**attributes, "error.type": record["error"]})
