"""What stands around the calls of the process while a recorder is on, and is taken back with the last one."""

from __future__ import annotations

from functools import partial

from sotalia.call.hooks import EVERYWHERE, Observer
from sotalia.events import watching
from sotalia.recording.capture import Capture
from sotalia.recording.current import running
from sotalia.recording.failing import failed
from sotalia.recording.handlers import emission_of
from sotalia.runtime import ProcessLock, groups, waits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, Final

    from sotalia.call.call import Call
    from sotalia.call.operation import Operation
    from sotalia.recording.recorder import Recorder

_HOOK_ID: Final = "recorder"
_MOMENTS_ID: Final = "moments of a recorder"
# What stands further inside: all that may answer in the place of a service, and limits.
_INNER: Final = ("no-network", "cassette", "faults", "deadline of a block")

_active: tuple[Recorder, ...] = ()
_switching = ProcessLock()


def switch_on(recorder: Recorder) -> None:
    """Record for this one as well."""
    global _active
    with _switching.lock:
        is_first = not _active
        _active = (*_active, recorder)
        groups.watch(1)
        if is_first:
            waits.watch(_note_wait, _time)
            EVERYWHERE.observe(_Moments(), unique_id=_MOMENTS_ID)
            EVERYWHERE.around_call(_record, unique_id=_HOOK_ID, name="recorder", before=_INNER)
            watching.watch(emission_of)


def switch_off(recorder: Recorder) -> None:
    """Record for it no more."""
    global _active
    with _switching.lock:
        if recorder not in _active:
            return
        _active = tuple(other for other in _active if other is not recorder)
        groups.watch(-1)
        if not _active:
            watching.watch(None)
            EVERYWHERE.unregister("around.call", unique_id=_HOOK_ID)
            EVERYWHERE.unregister("around.observer", unique_id=_MOMENTS_ID)
            waits.watch(None, None)
            _timed_operations.clear()


# -- around a call ----------------------------------------------------------------------------------------------------


async def _record(call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    capture = _begin(call)
    if capture is None:
        return await proceed()
    token = running.set(capture)
    try:
        result = await proceed()
    except BaseException as error:
        _end(capture, error)
        raise
    finally:
        try:
            running.reset(token)
        except ValueError:
            pass  # The call was given up, and is closed in another context.
    _end(capture, None)
    return result


def _begin(call: Call) -> Capture | None:
    recorders = [recorder for recorder in _active if recorder.wants(call)]
    if not recorders:
        return None
    channel, operation = call.channel, call.operation
    try:
        capture = Capture(call, max(recorder.bodies for recorder in recorders))
        call.operation = _timed_operations.get(operation) or _timed_operation(operation)
        parent = running.get()
        for recorder in recorders:
            capture.entries.append(recorder.add(capture, parent))
    except Exception as error:
        failed(error)
        call.channel, call.operation = channel, operation
        return None
    return capture


def _end(capture: Capture, error: BaseException | None) -> None:
    try:
        capture.end(error)
        if isinstance(error, Exception):
            from sotalia.recording.text import timeline

            error.add_note("\n".join(timeline(capture.entries[0].record())))
    except Exception as failure:
        failed(failure)
        for entry in capture.entries:
            entry.recorder.drop(entry)


# -- moments within it ------------------------------------------------------------------------------------------------


class _Moments(Observer):
    def parameters_ready(self, call: Call) -> None:
        """The handlers have made of the parameters what they wanted."""
        capture = running.get()
        if capture is not None:
            try:
                capture.take_parameters(dict(call.parameters))
            except Exception as error:
                failed(error)


# Operations of which it is noted when their parameters are written as a request. Forgotten with the last recorder.
_timed_operations: dict[Operation, Operation] = {}
_OPERATIONS_CACHED: Final = 5000


def _timed_operation(operation: Operation) -> Operation:
    if len(_timed_operations) >= _OPERATIONS_CACHED:
        _timed_operations.clear()
    made = _timed_operations[operation] = operation.replaced(
        validate=partial(_validate, operation.validate), serialize=partial(_serialize, operation.serialize)
    )
    _timed_operations[made] = made  # A call within hooks that call again.
    return made


def _validate(validate: Callable[[object], str], parameters: object) -> str:
    capture = running.get()
    if capture is not None:
        capture.endpoint_until = capture.clock()
    return validate(parameters)


def _serialize(serialize: Callable[[dict[str, Any]], dict[str, Any]], parameters: dict[str, Any]) -> Any:
    capture = running.get()
    if capture is None:
        return serialize(parameters)
    if capture.endpoint_until is None:
        capture.endpoint_until = capture.clock()
    request = serialize(parameters)
    capture.serialized_at = capture.clock()
    return request


def _time() -> float:
    """The time of the running call, for what it waits for."""
    capture = running.get()
    return 0.0 if capture is None else capture.clock()


def _note_wait(what: str, since: float) -> None:
    capture = running.get()
    if capture is not None and since:
        capture.note_wait(what, since, capture.clock())
