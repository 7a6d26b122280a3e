"""``@mock_aws`` on functions whose work is not done when they return: ``async def``, generators, classes of such tests.

moto's own decorator starts the mock, calls the function and stops the mock. A coroutine function has only made its
coroutine by then; awaited later, it would send its requests to AWS. Here the mock runs while the coroutine or generator
does. Where only the result of a call shows that it is one (another decorator lies between), the result is wrapped.
"""

from __future__ import annotations

import contextlib
import functools
import inspect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from typing import Any

    Running = Callable[[], contextlib.AbstractContextManager[None]]


def install(mock: Any) -> None:
    """Give one mock of moto these decorators. moto counts running mocks by class, so a subclass would count apart."""
    decorate_class = mock._decorate_class

    def decorate(function: Any, reset: bool, remove_data: bool) -> Any:
        return _decorated(mock, function, reset, remove_data)

    def decorate_tests(kind: type) -> Any:
        if not _is_set_up_asynchronously(kind):
            return decorate_class(kind)
        # moto begins anew at setUp and keeps the data until the next one. It does not know asyncSetUp.
        mock._decorate_callable = functools.partial(_method_after_async_setup, decorate)
        try:
            return decorate_class(kind)
        finally:
            mock._decorate_callable = decorate

    mock._decorate_callable = decorate
    mock._decorate_class = decorate_tests


def _is_set_up_asynchronously(kind: type) -> bool:
    own = [base for base in kind.__mro__ if not base.__module__.startswith("unittest.")]
    names = {name for base in own for name in vars(base)}
    return "asyncSetUp" in names and not names & {"setUp", "setup", "setup_method"}


def _method_after_async_setup(
    decorate: Callable[..., Any], method: Any, reset: bool, remove_data: bool
) -> Any:
    return decorate(method, reset=method.__name__ == "asyncSetUp", remove_data=False)


@contextlib.contextmanager
def _running(mock: Any, reset: bool, remove_data: bool) -> Iterator[None]:
    mock.start(reset=reset)
    try:
        yield
    finally:
        mock.stop(remove_data=remove_data)


def _decorated(mock: Any, function: Any, reset: bool, remove_data: bool) -> Any:
    if type(function).__name__ == "FixtureFunctionDefinition" or hasattr(function, "_pytestfixturefunction"):
        raise TypeError(
            f"mock_aws cannot mock the fixture {function!r} from outside: write @pytest.fixture above @mock_aws"
        )
    running = functools.partial(_running, mock, reset, remove_data)
    if _is(inspect.iscoroutinefunction, function):
        wrapper = _coroutine_function(function, running)
    elif _is(inspect.isasyncgenfunction, function):
        wrapper = _async_generator_function(function, running)
    elif _is(inspect.isgeneratorfunction, function):
        wrapper = _generator_function(function, running)
    else:

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            mock.start(reset=reset)
            rest = None
            try:
                result = function(*args, **kwargs)
                rest = _rest(result, functools.partial(_running, mock, False, remove_data))
            finally:
                # What the function prepared is for the rest of its work.
                mock.stop(remove_data=remove_data and rest is None)
            return result if rest is None else rest

    return functools.update_wrapper(wrapper, function)


def _is(kind: Callable[[Any], bool], function: Any) -> bool:
    """Whether a function, a partial of one, or what is called by a callable object is of this kind."""
    return kind(function) or (not inspect.isclass(function) and kind(type(function).__call__))


def _rest(result: Any, running: Running) -> Any:
    """The work that a call left to be done, with the mock running while it is; ``None`` where it left none."""
    if hasattr(result, "add_done_callback"):
        # A task goes on by itself: the mock runs on from here.
        stack = contextlib.ExitStack()
        stack.enter_context(running())
        result.add_done_callback(lambda _: stack.close())
        return result
    if inspect.isawaitable(result):

        async def rest() -> Any:
            return await result

        return _coroutine_function(rest, running)()
    if inspect.isasyncgen(result):
        return _async_generator_function(lambda: result, running)()
    if inspect.isgenerator(result):
        return _generator_function(lambda: result, running)()
    if isinstance(result, (contextlib._GeneratorContextManager, contextlib._AsyncGeneratorContextManager)):
        result.gen = _rest(result.gen, running)
        return result
    return None


def _coroutine_function(function: Callable[..., Any], running: Running) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with running():
            return await function(*args, **kwargs)

    return wrapper


def _generator_function(function: Callable[..., Any], running: Running) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with running():
            return (yield from function(*args, **kwargs))

    return wrapper


def _async_generator_function(function: Callable[..., Any], running: Running) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        with running():
            generator = function(*args, **kwargs)
            step = generator.__anext__()
            while True:
                try:
                    value = await step
                except StopAsyncIteration:
                    return
                try:
                    sent = yield value
                except GeneratorExit:
                    await generator.aclose()
                    raise
                except BaseException as error:
                    step = generator.athrow(error)
                else:
                    step = generator.asend(sent)

    return wrapper
