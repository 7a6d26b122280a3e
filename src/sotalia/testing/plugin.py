"""Fixtures of pytest for tests of programs that use AWS. pytest finds them by itself; ``pytest --fixtures`` lists them.

::

    def test_a_photo_is_stored(sotalia_aws):
        s3 = sotalia_aws.client("s3")
        s3.create_bucket(Bucket="photos")
        assert store(s3, "a.jpg", b"...")

This module is loaded in every run of pytest where sotalia is installed. So it imports nothing but pytest, which is there
already; each fixture loads what it needs when a test asks for it.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import Any

    from sotalia.fault_injection import faults
    from sotalia.recording.recorder import Recorder
    from sotalia.replay.cassettes import Cassette
    from sotalia.testing.embedded import AsyncAWS, EmbeddedAWS
    from sotalia.testing.network import NoNetwork
    from sotalia.testing.scripts import ScriptedAWS

_MARKERS = (
    "sotalia_aws(region_name=..., account_id=...): region and account of the fixture sotalia_aws",
    "sotalia_cassette(path=..., mode=..., redact=..., ignore=..., repeat=...): arguments of the fixture sotalia_cassette",
    "sotalia_no_network(allow=[...]): refuse every AWS call that no fake answers during this test",
    "sotalia_network: let this test reach the network although the option sotalia_no_network is on",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("sotalia", "tests of programs that use AWS")
    group.addoption(
        "--sotalia-record",
        choices=("once", "none", "all", "new"),
        default=None,
        help="mode of the fixture sotalia_cassette: record what has no cassette yet (once, the default), record nothing (none, the "
        "default where the variable CI is set), record everything anew (all), or add what is missing (new)",
    )
    group.addoption(
        "--sotalia-calls",
        choices=("failed", "off"),
        default="failed",
        help="show the AWS calls of tests that failed (failed, the default), or record none (off)",
    )
    parser.addini(
        "sotalia_no_network",
        "refuse every AWS call of every test that no fake answers",
        type="bool",
        default=False,
    )
    parser.addini(
        "sotalia_allow", "addresses that sotalia_no_network lets through: localhost:4566", type="args"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    config.stash[_REFERENCES] = _references()


def pytest_unconfigure() -> None:
    """Record no more."""
    from sys import modules

    reports: Any = modules.get("sotalia.testing.call_reports")
    if reports is not None:
        reports.stop()


# Of the older kind of wrappers: those of the newer kind are an error in pytest 7.
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, None]:
    """Guard and watch one test, with its fixtures."""
    _watch(item)
    with _guarded(item):
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Watch the test also if its fixtures were the first to load sotalia."""
    if not item.stash.get(_IS_WATCHED, False):
        _watch(item)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Add the calls that were made to the report of a test that failed."""
    outcome = yield
    if item.stash.get(_IS_WATCHED, False) and outcome.excinfo is None:
        report: pytest.TestReport = outcome.get_result()
        if report.failed:
            with _Unbroken():
                from sotalia.testing import call_reports

                report.sections.extend(call_reports.sections())


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object | None:
    """Run an ``async def`` test of the fixture ``sotalia_async`` that no other plugin runs."""
    if "sotalia_async" not in pyfuncitem.fixturenames:
        return None
    from inspect import iscoroutinefunction

    test = pyfuncitem.obj
    if not iscoroutinefunction(test):
        return None
    import asyncio

    names = pyfuncitem._fixtureinfo.argnames  # pyright: ignore[reportPrivateUsage]
    asyncio.run(test(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


# -- fixtures -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def sotalia_aws(request: pytest.FixtureRequest) -> Iterator[EmbeddedAWS]:
    """An AWS of this test's own, in the process and empty: sotalia_aws.client("s3"), .resource("s3"), .session.

    No other test sees what it holds. .everywhere() is for programs that make clients themselves, .in_account(number) for other accounts,
    .region_name and .account_id say which it is; the marker sotalia_aws changes them. Needs moto: pip install 'sotalia[local]'.
    """
    marker = request.node.get_closest_marker("sotalia_aws")
    try:
        from sotalia.testing.embedded import EmbeddedAWS

        aws = EmbeddedAWS(*(marker.args if marker else ()), **(marker.kwargs if marker else {}))
    except ImportError as error:
        pytest.fail(f"the fixture sotalia_aws: {error}", pytrace=False)
    with aws:
        yield aws


@pytest.fixture
def sotalia_async(sotalia_aws: EmbeddedAWS) -> AsyncAWS:
    """The AWS of sotalia_aws for async programs: async with sotalia_async.client("s3") as s3.

    An ``async def`` test runs under pytest-asyncio or anyio if they run it, else without any of them; a plain test may use
    sotalia_async.run(coroutine).
    """
    from sotalia.testing.embedded import AsyncAWS

    return AsyncAWS(sotalia_aws)


@pytest.fixture
def sotalia_scripted() -> Callable[..., ScriptedAWS]:
    """Makes sessions that a script answers.

    aws = sotalia_scripted([answer(503), answer(200)]); aws.client("s3") is a client of it, aws.transport.requests is what was sent, aws.sleeps what would have been waited, and aws.async_client(...) is async. The script may be
    a dict by operation: {"GetItem": [error_answer("ThrottlingException", 400), {"Item": {}}]}.
    """
    from sotalia.testing.scripts import ScriptedAWS

    return ScriptedAWS


@pytest.fixture
def sotalia_cassette(request: pytest.FixtureRequest) -> Iterator[Cassette]:
    """Records the AWS calls of this test in a file the first time, and plays them back from then on.

    The file is cassettes/<module>/<test[param]>.json beside the test. --sotalia-record says what is recorded, and the marker
    sotalia_cassette gives other arguments of sotalia.cassette. Where the variable CI is set, nothing is recorded.
    """
    from sotalia.replay.cassettes import cassette
    from sotalia.replay.errors import CassetteFileError
    from sotalia.testing.cassette_paths import cassette_path, default_mode

    marker = request.node.get_closest_marker("sotalia_cassette")
    arguments: dict[str, Any] = dict(marker.kwargs) if marker else {}
    option: Any = request.config.getoption("--sotalia-record")
    mode: Any = option or arguments.pop("mode", None) or default_mode()
    arguments.pop("mode", None)
    owner: type[Any] | None = getattr(request, "cls", None)
    prefix = "" if owner is None else f"{owner.__qualname__}."
    path = arguments.pop("path", None) or (marker.args[0] if marker and marker.args else None)
    path = (
        cassette_path(request.path, f"{prefix}{request.node.name}")
        if path is None
        else request.path.parent / path
    )
    block = cassette(path, mode, **arguments)
    try:
        block.start()
    except CassetteFileError as error:
        pytest.fail(
            f"{error}\nWith pytest: --sotalia-record=once records it, --sotalia-record=all anew.",
            pytrace=False,
        )
    try:
        yield block
    finally:
        block.stop()


@pytest.fixture
def sotalia_faults() -> Iterator[Callable[..., faults]]:
    """Lets AWS calls fail until the test ends.

    sotalia_faults("throttle", operation="s3.PutObject", attempts=[1]) throttles the first attempt of each. Arguments are those of sotalia.faults; what it returns lists under .fired what happened.
    """
    from sotalia.fault_injection import faults

    started: list[faults] = []

    def start(*rules: Any, **settings: Any) -> faults:
        block = faults(*rules, **settings).start()
        started.append(block)
        return block

    yield start
    for block in reversed(started):
        block.stop()


@pytest.fixture
def sotalia_recorder() -> Iterator[Recorder]:
    """The AWS calls of this test: phases, attempts, handlers and what they changed. See sotalia.recorder."""
    from sotalia.recording.recorder import recorder

    with recorder() as calls:
        yield calls


@pytest.fixture
def sotalia_no_network(request: pytest.FixtureRequest) -> Iterator[NoNetwork]:
    """Refuses every AWS call that no fake answers, and the look-up of credentials; .refused lists what was refused.

    The option sotalia_no_network = true of pytest's ini file does so for all tests, the marker sotalia_no_network(allow=["localhost:4566"])
    lets addresses through.
    """
    from sotalia.testing.network import no_network

    with no_network(allow=_allowed(request.node)) as guard:
        yield guard


# -- around tests -------------------------------------------------------------------------------------------------------


_IS_WATCHED: pytest.StashKey[bool] = pytest.StashKey()
_REFERENCES: pytest.StashKey[int] = pytest.StashKey()


class _Nothing:
    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


class _Unbroken:
    """What fails in this block is a warning: to look at calls must not break the run that is looked at."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        from warnings import warn

        try:
            warn(f"sotalia could not record the calls of this test: {error!r}", stacklevel=2)
        except Warning:
            pass  # Warnings are errors in this run.
        return True


def _guarded(item: pytest.Item) -> Any:
    """The guard of a test, if its markers or the option want one."""
    is_marked = item.get_closest_marker("sotalia_no_network") is not None
    is_wanted = (
        item.config.getini("sotalia_no_network") and item.get_closest_marker("sotalia_network") is None
    )
    if not (is_marked or is_wanted):
        return _Nothing()
    from sotalia.testing.network import no_network

    return no_network(allow=_allowed(item))


def _allowed(item: pytest.Item) -> list[str]:
    allowed: list[str] = list(item.config.getini("sotalia_allow"))
    for marker in item.iter_markers("sotalia_no_network"):
        allowed.extend(marker.kwargs.get("allow", ()))
    return allowed


def _watch(item: pytest.Item) -> None:
    """Record the calls of a test from here on, if the program uses sotalia."""
    if item.config.getoption("--sotalia-calls") == "off" or not _is_used(item.config):
        return
    with _Unbroken():
        from sotalia.testing import call_reports

        call_reports.begin()
        item.stash[_IS_WATCHED] = True


def _is_used(config: pytest.Config) -> bool:
    """Whether clients are loaded, or a module has imported sotalia, which loads them with the first one that it makes."""
    from sys import modules

    return "sotalia.call.hooks" in modules or _references() > config.stash[_REFERENCES]


def _references() -> int:
    """How many refer to the package. A module that imports it does; this one does not."""
    import sys

    count: Any = getattr(sys, "getrefcount", None)  # Of CPython.
    return 0 if count is None else int(count(sys.modules["sotalia"]))
