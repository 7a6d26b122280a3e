"""What a cassette keeps of a call: what was asked, and what came back in each attempt."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    JSON = dict[str, Any]


class Reply:
    """What came back in one attempt: a response, or an error in its place.

    ``status``, ``headers`` and ``body`` of the response · ``failure`` what sending raised, or, with a status, what reading
    the body raised after these bytes · ``is_cut`` the program that recorded it read no further · ``clock_offset_seconds`` by
    how much the service's clock was ahead, where it was off.
    """

    __slots__ = ("body", "clock_offset_seconds", "failure", "headers", "is_cut", "status")

    def __init__(
        self,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        *,
        failure: Failure | None = None,
        is_cut: bool = False,
        clock_offset_seconds: int = 0,
    ) -> None:
        self.status = status
        self.headers: dict[str, str] = headers or {}
        self.body = body
        self.failure = failure
        self.is_cut = is_cut
        self.clock_offset_seconds = clock_offset_seconds


class Failure:
    """An exception: the name of its class, in :mod:`sotalia.exceptions` or of Python, and the texts it is made of."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: dict[str, str]) -> None:
        self.name = name
        self.arguments = arguments

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """What is kept of an exception."""
        known: dict[str, Any] | None = getattr(error, "kwargs", None)
        arguments = {"text": str(error)} if known is None else {name: str(known[name]) for name in known}
        return cls(type(error).__name__, arguments)

    def error(self) -> Exception:
        """Such an exception anew."""
        import builtins

        from sotalia import exceptions

        kind: Any = getattr(exceptions, self.name, None)
        if kind is not None and "text" not in self.arguments:
            error: Exception = kind(**self.arguments)
            return error
        kind = getattr(builtins, self.name, None)
        text = self.arguments.get("text", "")
        if isinstance(kind, type) and issubclass(kind, OSError):
            return kind(text)
        return ConnectionError(text)


class Recording:
    """One call. ``service`` the hyphenized id, ``operation`` the API's name, ``parameters`` their canonical form, without secrets.

    ``times_played`` how often it was played back · ``is_new`` it was recorded now, not read from the file.
    """

    __slots__ = (
        "ended",
        "is_new",
        "operation",
        "parameters",
        "replies",
        "service",
        "started",
        "times_played",
    )

    def __init__(
        self,
        service: str,
        operation: str,
        parameters: JSON,
        replies: list[Reply] | None = None,
        *,
        is_new: bool = False,
    ) -> None:
        self.service = service
        self.operation = operation
        self.parameters = parameters
        self.replies: list[Reply] = replies or []
        self.times_played = 0
        self.is_new = is_new
        # Moments in the order of a cassette's events: calls that overlapped have no order of their own.
        self.started = self.ended = 0

    @property
    def name(self) -> str:
        """``s3.PutObject``."""
        return f"{self.service}.{self.operation}"

    def as_call(self) -> JSON:
        """What was asked: what calls are compared by."""
        return {"service": self.service, "operation": self.operation, "parameters": self.parameters}

    def __repr__(self) -> str:
        ends = [reply.failure.name if reply.failure else reply.status for reply in self.replies]
        return f"<Recording {self.name}: {', '.join(map(str, ends)) or 'nothing yet'}>"


def in_order(recordings: list[Recording]) -> list[Recording]:
    """As they began; but those that ran at the same time by what they asked, or each run would write another file."""
    from sotalia.replay.differences import identity

    ordered: list[Recording] = []
    together: list[Recording] = []
    until = 0
    for recording in sorted(recordings, key=lambda one: one.started):
        if together and recording.started > until:
            ordered += sorted(together, key=lambda one: identity(one.as_call()))
            together = []
        together.append(recording)
        until = max(until, recording.ended)
    return ordered + sorted(together, key=lambda one: identity(one.as_call()))
