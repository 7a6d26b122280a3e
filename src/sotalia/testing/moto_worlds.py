"""An AWS within the process and without a port: moto answers requests in the place of connections.

Each :class:`Moto` has a world of its own: what one holds, no other sees, whichever thread uses it. moto keeps the state of all
services in dictionaries of the process. A request enters its world: these dictionaries are given that world's content, and get
back what they had when the last request of the world has left. Requests of one world run side by side; those of others wait.

moto's handler for ``before-send`` stays as it is: enabled, it would answer the program's other clients outside of any world. So calls
that moto makes itself, as for tasks of Step Functions, are not embedded.

URLs are those of AWS (``https://photos.s3.us-east-1.amazonaws.com/a.jpg``), as no address of this machine has to be found.
"""

from __future__ import annotations

import threading

from sotalia.runtime import renew_in_child
from sotalia.transport.messages import is_read_asynchronously
from sotalia.transport.scripted import canned_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse

#: What moto's dictionaries of a service hold besides the accounts that are their keys.
_NOT_STATE = frozenset(("backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id"))


class UnfitMotoError(ImportError):
    """The installed moto has not what this module uses of it. It can still be used on a port."""


class World:
    """The state of one AWS while no request is within: contents of moto's dictionaries, and lists of its instances."""

    def __init__(self) -> None:
        self.dictionaries: list[tuple[Any, dict[str, Any], dict[str, Any]]] = []
        self.instances: list[tuple[Any, list[Any]]] = []


class Gate:
    """Lets requests of one world in at a time. ``None`` is the world outside: mock_aws, a :class:`LocalAWS`."""

    def __init__(self) -> None:
        self._outside = World()
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """Nobody is within; the threads of the parent are not here."""
        self._condition = threading.Condition()
        self._within: World | None = None
        self._count = 0

    def enter(self, world: World | None) -> None:
        """Wait until the requests of other worlds are through."""
        with self._condition:
            while self._count and self._within is not world:
                self._condition.wait()
            self._count += 1
            if self._count == 1:
                self._within = world
                if world is not None:
                    _exchange(world, self._outside)

    def leave(self, world: World | None) -> None:
        """The request is through."""
        with self._condition:
            self._count -= 1
            if not self._count:
                self._within = None
                if world is not None:
                    _exchange(self._outside, world)
                self._condition.notify_all()


_gate = Gate()


def outside(application: Callable[..., Any]) -> Callable[..., Any]:
    """A WSGI application of moto's that runs while no world is entered."""

    def waiting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        _gate.enter(None)
        try:
            return application(environ, start_response)
        finally:
            _gate.leave(None)

    return waiting


def forget_outside() -> None:
    """Forget what all hold that have no world of their own."""
    from moto.moto_api import _internal

    _gate.enter(None)
    try:
        _internal.moto_api_backend.reset()  # type: ignore[attr-defined]  # moto has no __all__
    finally:
        _gate.leave(None)


class Moto:
    """moto with a world of its own. Raises ``ImportError`` where there is no moto, :class:`UnfitMotoError` for one that cannot be used so."""

    def __init__(self) -> None:
        _check(_stubber())
        self._world = World()
        self.is_closed = False

    def respond(self, request: AWSPreparedRequest) -> AWSResponse:
        """The response of the embedded AWS. Raises ``NotImplementedError`` for what moto does not know."""
        if self.is_closed:
            raise RuntimeError("this embedded AWS is gone, as its test has ended; make clients in each test")
        theirs = _reference_request(request)
        _gate.enter(self._world)
        try:
            response: Any = _stubber().process_request(theirs)
        finally:
            _gate.leave(self._world)
        if response is None or response[2] == "Not yet implemented":
            raise NotImplementedError(
                f"moto knows no service at {request.url.partition('?')[0]}; leave endpoint_url out, or script this call"
            )
        status, headers, body = response
        return canned_response(
            request, status, dict(headers), body.encode() if isinstance(body, str) else bytes(body)
        )

    def reset(self) -> None:
        """Forget everything."""
        _gate.enter(self._world)
        try:
            _forget()
        finally:
            _gate.leave(self._world)

    def close(self) -> None:
        """Forget everything, and answer nobody any more."""
        self.is_closed = True
        self.reset()


class MotoTransport:
    """A client's transport that asks a :class:`Moto`, by an account's number if there is one.

    On an async client a thread asks it, so that the loop goes on.
    """

    def __init__(self, moto: Moto, *, is_async: bool, account_id: str | None = None) -> None:
        self._moto, self._is_async, self._account_id = moto, is_async, account_id

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The embedded AWS's response."""
        body = request.body
        if is_read_asynchronously(body):
            request.body = (
                b"".join([part async for part in body]) if hasattr(body, "__aiter__") else await body.read()
            )
        if self._account_id is not None:
            request.headers["x-moto-account-id"] = self._account_id
        if not self._is_async:
            return self._moto.respond(request)
        import asyncio

        return await asyncio.to_thread(self._moto.respond, request)

    def close(self) -> None:
        """Nothing to close."""

    async def aclose(self) -> None:
        """Nothing to close."""

    def __repr__(self) -> str:
        return f"<MotoTransport {'closed' if self._moto.is_closed else 'open'}>"


# -- moto -----------------------------------------------------------------------------------------------------------


def _stubber() -> Any:
    try:
        from moto.core.models import botocore_stubber
    except ImportError as error:
        raise ImportError(
            f"an embedded AWS needs moto ({error}); install it with: pip install 'sotalia[local]'"
        ) from error
    return botocore_stubber


def _tables() -> tuple[Any, Any]:
    """The modules of moto that hold the state of all services, and the instances of its classes."""
    from importlib import import_module

    return import_module("moto.core.base_backend"), import_module("moto.core.model_instances")


def _check(stubber: Any) -> None:
    """Raise ``UnfitMotoError`` for a moto in which there is not what this module uses of it."""
    backends, instances = _tables()
    names = (
        (stubber, "process_request"),
        (backends.BackendDict, "_instances"),
        (instances, "model_data"),
    )
    for owner, name in names:
        if not hasattr(owner, name):
            raise UnfitMotoError(f"this version of moto has no {name}: it can only be used on a port")


def _forget() -> None:
    """Forget the state of the world within. moto closes its files so."""
    backends, instances = _tables()
    used: list[Any] = list(backends.BackendDict._instances)
    backends.BackendDict.reset()
    instances.reset_model_data()
    _empty(used)


def _reference_request(request: AWSPreparedRequest) -> Any:
    """A request as moto takes it: the reference's own."""
    from botocore.awsrequest import AWSPreparedRequest as ReferenceRequest

    kind: Any = ReferenceRequest
    body: Any = request.body
    if body is not None and not isinstance(body, bytes | str):
        body = body.read() if hasattr(body, "read") else b"".join(body)
    return kind(request.method, request.url, request.headers, body, request.stream_output, request.context)


def _exchange(entering: World, leaving: World) -> None:
    """Put the state of the world that is entered in the place of the state of the one that is left, which keeps it."""
    backends, _ = _tables()
    with backends.backend_lock:
        used: list[Any] = backends.BackendDict._instances
        leaving.dictionaries = [(each, dict(each.items()), _attributes(each)) for each in used]
        for each in used:
            each.clear()
        _empty(used)
        leaving.instances = [(model, model.instances_tracked) for model in _models()]
        for model, _ in leaving.instances:
            model.instances_tracked = []
        used.clear()
        for each, accounts, attributes in entering.dictionaries:
            each.update(accounts)
            each.__dict__.update(attributes)
            used.append(each)
        for model, instances in entering.instances:
            model.instances_tracked = instances
        entering.dictionaries, entering.instances = [], []


def _attributes(dictionary: Any) -> dict[str, Any]:
    """State beside the accounts: S3's table of buckets' names."""
    attributes: dict[str, Any] = dictionary.__dict__
    return {
        name: value
        for name, value in attributes.items()
        if name not in _NOT_STATE and isinstance(value, dict | list | set)
    }


def _empty(dictionaries: list[Any]) -> None:
    """Take away the state beside the accounts."""
    for each in dictionaries:
        each.__dict__.update({name: type(value)() for name, value in _attributes(each).items()})


def _models() -> Iterator[Any]:
    """Classes of moto that keep lists of their instances, as far as there are any."""
    _, instances = _tables()
    for classes in instances.model_data.values():
        for model in classes.values():
            if model.instances_tracked:
                yield model
