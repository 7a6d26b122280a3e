"""An explanation of a call: plain values without secrets, as attributes, as text, as JSON, and as a cell of a notebook."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a handler did: ``what`` (``parameter``, ``header``, ``URL``), its ``name``, ``added``, ``changed`` or ``removed``."""

    what: str
    name: str
    action: str
    handler: str
    owner: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointReport:
    """``url`` before the operation's path · ``rules`` the conditions of the rules that led to it, outermost first, empty
    for a service without a rule set · ``values`` what the rule set was asked with.
    """

    url: str
    rules: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionReport:
    """The region, and where it was set: an argument, an environment variable, or file and line."""

    name: str | None
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsReport:
    """``method`` the source (``env``, ``assume-role``), ``None`` where there are none or nobody looked yet · ``origin`` where
    they stand, in words · ``are_fetched`` whether the keys are known, so that the request is signed with them.
    """

    method: str | None
    origin: str
    are_fetched: bool
    expires_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthReport:
    """The signature version, and what it is made for."""

    version: str
    signing_name: str
    signing_region: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyReport:
    """``length`` in bytes, ``None`` where it is not known · ``text`` without secrets, ``None`` where only the length is told ·
    ``is_cut`` whether there is more of it.
    """

    length: int | None
    text: str | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReport:
    """The first attempt. ``is_signed`` is false where the call did not come so far, or is not to be signed."""

    method: str
    url: str
    headers: dict[str, str]
    body: BodyReport
    is_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryReport:
    """``max_attempts`` with the first · ``quota`` what the client may still spend on retries, where its mode has such."""

    mode: str
    mode_origin: str
    max_attempts: int | None
    max_attempts_origin: str
    quota: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeoutReport:
    """In seconds, ``None`` for no limit."""

    connect: float | None
    read: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerReport:
    """A handler of one event, in the order in which handlers run.

    ``event`` its name for this call · ``owner`` ``built in``, ``extension`` or ``yours`` · ``why`` the first line of its
    docstring · ``place`` file and line · ``is_explained`` whether it took part in the explanation · ``has_run`` whether its
    event was emitted since it was registered · ``error`` what it raised in the explanation.
    """

    event: str
    name: str
    owner: str
    why: str
    place: str
    unique_id: str | None
    is_explained: bool
    has_run: bool
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookReport:
    """What stands around the call, outermost first: ``around`` is ``call``, ``attempt`` or ``observer``."""

    around: str
    name: str
    owner: str
    why: str
    place: str
    is_everywhere: bool
    has_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one call would send, and why. Nothing was sent, and nothing here is a secret.

    ``parameters`` after all handlers that took part · ``changes`` who changed what · ``request`` ``None`` where the call does
    not come so far · ``error`` what it would raise, as ``Class: message``, in the step ``error_stage`` · ``responder`` the
    handler that responds in the place of the service · ``curl`` a command for a shell that takes keys from the environment.
    """

    service: str
    operation: str
    method: str
    parameters: dict[str, Any]
    changes: tuple[Change, ...]
    endpoint: EndpointReport | None
    region: RegionReport
    credentials: CredentialsReport
    auth: AuthReport | None
    request: RequestReport | None
    retries: RetryReport
    timeouts: TimeoutReport
    proxy: str | None
    handlers: tuple[HandlerReport, ...]
    hooks: tuple[HookReport, ...]
    notes: tuple[str, ...]
    error: str | None
    error_stage: str | None
    responder: str | None
    curl: str | None

    @property
    def is_sent(self) -> bool:
        """Whether the call would send its request."""
        return self.error is None and self.responder is None

    def to_dict(self) -> dict[str, Any]:
        """Everything as dictionaries, lists, text and numbers."""
        found = {name: _plain(value) for name, value in asdict(self).items()}
        return {**found, "is_sent": self.is_sent}

    def to_json(self, indent: int | None = 2) -> str:
        """:meth:`to_dict` as JSON."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def show(self) -> None:
        """Print it: with colours on a terminal where rich is installed."""
        from sotalia.explain.text import show

        show(self)

    def __str__(self) -> str:
        from sotalia.explain.text import as_text

        return as_text(self)

    def __repr__(self) -> str:
        outcome = "would be sent" if self.is_sent else self.error or f"answered by {self.responder}"
        return f"<Explanation of {self.service}.{self.operation}: {outcome}>"

    def __rich__(self) -> Any:
        from sotalia.explain.text import as_rich

        return as_rich(self)

    def _repr_html_(self) -> str:
        from sotalia.explain.html import as_html

        return as_html(self)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
