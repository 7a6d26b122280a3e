"""No network: a test's calls are answered by fakes, or refused with an error that says where they would have gone.

>>> with sotalia.testing.no_network():
...     s3.put_object(Bucket="photos", Key="a.jpg", Body=b"...")
NetworkRefusedError: s3.PutObject was to go to https://photos.s3.eu-west-1.amazonaws.com/a.jpg (PUT), and no fake answers it. ...

What answers in the network's place goes on: a scripted transport, a Stubber, ``mock_aws``, a cassette that plays back, an embedded
AWS that runs in this process, and what ``allow=`` names. Of sotalia alone: other libraries open connections as before.

Two places refuse. A hook around each call knows what is called, and sees requests that a pooled connection would carry. The
look-up of credentials by network makes no call: new connections are refused where they are opened.
"""

from __future__ import annotations

import sys

from sotalia.call.hooks import EVERYWHERE
from sotalia.runtime import ProcessLock
from sotalia.runtime.blocks import Block
from sotalia.runtime.redaction import redact_url
from sotalia.session.targets import Targets
from sotalia.transport.address import host_and_port, split_url
from sotalia.transport.http import GUARDS, HTTPTransport
from sotalia.transport.http_session import SessionTransport
from sotalia.transport.layers import TransportLayer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from typing import Any, Self

    from sotalia.call import Call
    from sotalia.transport import Transport
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse

#: Addresses of the machine's own services, by which errors say what was looked up.
_METADATA = {
    "169.254.169.254": "the instance's metadata (IMDS)",
    "fd00:ec2::254": "the instance's metadata (IMDS)",
    "169.254.170.2": "the container's credentials",
    "169.254.170.23": "the container's credentials",
    "fd00:ec2::23": "the container's credentials",
}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NetworkRefusedError(RuntimeError):
    """A request was to leave this process under :func:`no_network`. ``url`` is where it would have gone, ``call`` the
    operation as ``s3.PutObject``, ``None`` where no call was made.

    No error of botocore: neither retries nor ``except BotoCoreError`` should take it for a failure of the network.
    """

    def __init__(self, message: str, url: str = "", call: str | None = None) -> None:
        super().__init__(message, url, call)
        self.url, self.call = url, call

    def __str__(self) -> str:
        return str(self.args[0])


def no_network(*targets: Any, allow: Iterable[str] = ()) -> NoNetwork:
    """Refuse what no fake answers: in a ``with`` or ``async with`` block, or from ``start()`` to ``stop()``.

    Without targets that holds for all of the process: every client, also one made before, in any thread, and the look-up of
    credentials. ``targets`` are clients, with their views, or sessions: then for their calls alone. ``allow`` names addresses that may be
    reached all the same: ``"localhost:4566"``, a host with any port, ``"*.example.org"`` with all hosts below it, or a URL. Blocks nest;
    what one of them refuses is refused.
    """
    return NoNetwork(targets, allow)


class NoNetwork(Block):
    """What :func:`no_network` gives. ``refused`` are the errors it raised, also those that the program swallowed."""

    def __init__(self, targets: tuple[Any, ...] = (), allow: Iterable[str] = ()) -> None:
        if isinstance(allow, str):
            raise TypeError(f"allow is a list of addresses, not text; write allow=[{allow!r}]")
        self._targets = Targets(
            targets, "no_network() takes clients, resources and sessions, and addresses by allow=[...]"
        )
        self._allowed = [_address(entry) for entry in allow]
        self.refused: list[NetworkRefusedError] = []
        self._starts = 0

    def start(self) -> Self:
        """Refuse from now on."""
        with _changing.lock:
            self._starts += 1
            if self._starts == 1:
                _install((*_active, self))
        return self

    def stop(self) -> None:
        """Refuse nothing more; does nothing when it was not started."""
        with _changing.lock:
            if self._starts:
                self._starts -= 1
                if not self._starts:
                    _install(tuple(guard for guard in _active if guard is not self))

    @property
    def is_limited(self) -> bool:
        """Whether it is about some clients only, and so not about connections of anybody else."""
        return not self._targets.are_all

    def covers(self, call: Call) -> bool:
        """Whether a call is of a client that is meant."""
        return self._targets.cover(call.client)

    def allows(self, url: str) -> bool:
        """Whether an address may be reached."""
        host, port = _place(url)
        return any(
            (host == name or (name.startswith("*.") and host.endswith(name[1:]))) and number in (None, port)
            for name, number in [*self._allowed, *_embedded()]
        )

    def refuse(self, message: str, url: str, call: str | None) -> None:
        """Raise the error, and remember it."""
        error = NetworkRefusedError(message, url, call)
        self.refused.append(error)
        raise error

    def __repr__(self) -> str:
        state = "on" if self._starts else "off"
        return f"<NoNetwork {state}, {len(self.refused)} refused>"


# -- of the process -------------------------------------------------------------------------------------------------

_changing = ProcessLock()
# Replaced, never changed: calls look at it without a lock.
_active: tuple[NoNetwork, ...] = ()


def _install(guards: tuple[NoNetwork, ...]) -> None:
    """Have these looked at, by calls and by connections; nothing while there are none. The lock is held."""
    global _active
    _active = guards
    EVERYWHERE.unregister("around.call", unique_id="sotalia no-network")
    if _check_connection in GUARDS:
        GUARDS.remove(_check_connection)
    if _active:
        EVERYWHERE.around_call(
            _guard_call,
            unique_id="sotalia no-network",
            name="no-network",
            after="recorder",
            before=("cassette", "faults"),
        )
        if any(not guard.is_limited for guard in _active):
            GUARDS.append(_check_connection)


async def _guard_call(call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    guards = [guard for guard in _active if guard.covers(call)]
    transport = call.channel.transport
    if guards and is_network(transport):
        call.channel = call.channel.replaced(transport=_Refusing(transport, call.name, guards))
    return await proceed()


class _Refusing(TransportLayer):
    """In front of the connections for one call: what comes here, no fake has answered."""

    def __init__(self, inner: Transport, name: str, guards: list[NoNetwork]) -> None:
        super().__init__(inner)
        self._name, self._guards = name, guards

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Send only where every guard allows it."""
        url = str(request.url)
        for guard in self._guards:
            if not guard.allows(url):
                shown = redact_url(url)
                guard.refuse(
                    f"{self._name} was to go to {shown} ({request.method}), and no fake answers it.\n{_advice(url)}",
                    shown,
                    self._name,
                )
        return await self.inner.send(request)


def _check_connection(url: str, proxy: str | None) -> None:
    """Refuse a connection that is about to be opened, of a call or of what looks up credentials."""
    for guard in _active:
        if guard.is_limited:
            continue
        for place, through in ((url, ""), (proxy, f" through the proxy {proxy}")):
            if place is not None and not guard.allows(place):
                shown = redact_url(url)
                what = _METADATA.get(_place(url)[0], "a request")
                hint = (
                    "Give the session keys, or set AWS_EC2_METADATA_DISABLED=true."
                    if what != "a request"
                    else _advice(url)
                )
                guard.refuse(
                    f"{what} was to go to {shown}{through}, and no fake answers it.\n{hint}", shown, None
                )


def is_network(transport: Any) -> bool:
    """Whether a transport, below its layers, has connections; a transport of the test's own is its fake."""
    while isinstance(transport, TransportLayer):
        transport = transport.inner
    if isinstance(transport, SessionTransport):
        return type(transport.session).__module__.partition(".")[0] in ("botocore", "aiobotocore", "aiohttp")
    return isinstance(transport, HTTPTransport)


# -- addresses ------------------------------------------------------------------------------------------------------


def _place(url: str) -> tuple[str, int]:
    """Host and port. The names of this machine count as one."""
    scheme, authority, _, _ = split_url(url)
    host, port = host_and_port(authority.rpartition("@")[2])
    host = host.lower()
    return "localhost" if host in _LOOPBACK else host, port or (443 if scheme == "https" else 80)


def _address(entry: str) -> tuple[str, int | None]:
    """An entry of ``allow``. Raises ``ValueError`` for one without a host."""
    if "://" in entry:
        place = _place(entry)
        if place[0]:
            return place
        raise ValueError(f"allow={entry!r} has no host; write 'host' or 'host:port'")
    if entry.count(":") > 1 and not entry.startswith("["):
        entry = f"[{entry}]"  # An address of IPv6 without a port.
    try:
        host, port = host_and_port(entry)
    except ValueError as error:
        raise ValueError(f"allow={entry!r} is no address ({error}); write 'host' or 'host:port'") from None
    if not host:
        raise ValueError(f"allow={entry!r} has no host; write 'host' or 'host:port'")
    host = host.lower()
    return "localhost" if host in _LOOPBACK else host, port


def _embedded() -> list[tuple[str, int]]:
    """Where the embedded AWS of this process listen."""
    local = sys.modules.get("sotalia.testing.local")
    return [] if local is None else [_place(url) for url in local.running_addresses()]


def _advice(url: str) -> str:
    """What there is in the way of fakes, and what to do."""
    present = [f"LocalAWS listens at http://{host}:{port}" for host, port in _embedded()]
    cassettes: Any = sys.modules.get("sotalia.replay.active")
    for cassette in () if cassettes is None else cassettes.running():
        present.append(
            f"the cassette {cassette.name} runs in mode {cassette.mode!r} and does not have this call; to record it, leave "
            "no_network out or allow the address"
        )
    moto: Any = sys.modules.get("moto.core.models")
    if moto is not None and getattr(getattr(moto, "botocore_stubber", None), "enabled", False):
        present.append("moto's mock_aws runs, which this client does not hear or which passed the request on")
    listed = f"What runs: {'; '.join(present)}. " if present else "No fake runs. "
    host, port = _place(url)
    return (
        f"{listed}Give the client a ScriptedTransport, a Stubber, mock_aws of sotalia.compatibility.moto, a cassette, or the "
        f"address of a LocalAWS; or let it through: no_network(allow=['{host}:{port}'])"
    )
