"""What a cassette keeps of a call: what was asked, and what came back in each attempt."""

from __future__ import annotations

from sotalia.replay.differences import identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.replay.secrecy import CallSecrets

    JSON = dict[str, Any]


class Reply:
    """What came back in one attempt: a response, or an error in its place.

    ``status``, ``headers`` and ``body`` of the response · ``failure`` what sending raised, or, with a status, what reading
    the body raised after these bytes · ``is_cut`` the program that recorded it read no further · ``clock_offset_seconds`` by
    how much the service's clock was ahead, where it was off.
    """

    __slots__ = ("clock_offset_seconds", "failure", "headers", "is_cut", "pieces", "status")

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
        #: The body, as it came.
        self.pieces = [body] if body else []
        self.failure = failure
        self.is_cut = is_cut
        self.clock_offset_seconds = clock_offset_seconds

    @property
    def is_transient(self) -> bool:
        """Whether another attempt is likely: after it, a client had no more attempts left."""
        return self.status is None or self.status >= 500 or self.status == 429

    @property
    def body(self) -> bytes:
        """What has come of the body so far."""
        if len(self.pieces) > 1:
            self.pieces = [b"".join(self.pieces)]
        return self.pieces[0] if self.pieces else b""


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
    """One call. ``service`` the hyphenized id, ``operation`` the API's name, ``region`` the client's, ``parameters`` their
    canonical form, without secrets.

    ``number`` counts the calls of a file from 1; 0 for one that was recorded now · ``is_played`` whether it was played back.
    """

    __slots__ = (
        "ended",
        "is_played",
        "number",
        "operation",
        "parameters",
        "region",
        "replies",
        "secrets",
        "service",
        "started",
    )

    def __init__(
        self,
        service: str,
        operation: str,
        region: str | None,
        parameters: JSON,
        replies: list[Reply] | None = None,
        *,
        number: int = 0,
    ) -> None:
        self.service = service
        self.operation = operation
        self.region = region
        self.parameters = parameters
        self.replies: list[Reply] = replies or []
        self.number = number
        self.is_played = False
        #: What takes the secrets out of its replies, before they are written.
        self.secrets: CallSecrets | None = None
        # Moments in the order of a cassette's events: calls that overlapped have no order of their own.
        self.started = self.ended = 0

    @property
    def name(self) -> str:
        """``s3.PutObject``."""
        return f"{self.service}.{self.operation}"

    @property
    def key(self) -> str:
        """What was asked, as text: the same for calls that are the same."""
        return key(self.service, self.operation, self.region, self.parameters)

    def without_secrets(self) -> Recording:
        """What may be written of it."""
        replies = self.replies if self.secrets is None else [*map(self.secrets.reply, self.replies)]
        twin = Recording(self.service, self.operation, self.region, self.parameters, replies)
        twin.started, twin.ended = self.started, self.ended
        return twin

    def __repr__(self) -> str:
        ends = [reply.failure.name if reply.failure else reply.status for reply in self.replies]
        return f"<Recording {self.name}: {', '.join(map(str, ends)) or 'nothing yet'}>"


def key(service: str, operation: str, region: str | None, parameters: JSON) -> str:
    """What a call asks, as text: the same for calls that are the same."""
    return f"{service}.{operation} {region} {identity(parameters)}"


def in_order(recordings: list[Recording]) -> list[Recording]:
    """As they began; but those that ran at the same time by what they asked, or each run would write another file."""
    ordered: list[Recording] = []
    together: list[Recording] = []
    until = 0
    for recording in sorted(recordings, key=lambda one: one.started):
        if together and recording.started > until:
            ordered += sorted(together, key=_key_of)
            together = []
        together.append(recording)
        until = max(until, recording.ended)
    return ordered + sorted(together, key=_key_of)


def _key_of(recording: Recording) -> str:
    return recording.key
