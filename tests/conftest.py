"""Fixtures that all tests share: an embedded AWS, and clients sync and async."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import sampling
from tests.isolation import empty, isolate, leave, stay_on_this_machine

# Before anything is imported that may read the environment, and before tests are collected.
HOME = isolate(os.environ)
stay_on_this_machine()

# The one profile: the same examples in each run, and no word about how long one takes on a busy machine.
settings.register_profile(
    "sotalia", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("sotalia")

from tests.botocore_without_crt import HAS_CRT  # noqa: E402, I001
from sotalia.testing import LocalAWS  # noqa: E402
from tests.absence import without_awscrt  # noqa: E402
from tests.client_kinds import AsyncKind, Kind, SyncKind  # noqa: E402
from tests.reference_data import read_quickly  # noqa: E402

assert not HAS_CRT, "a plugin of pytest imported botocore before tests/conftest.py"
read_quickly()


def pytest_addoption(parser: pytest.Parser) -> None:
    sampling.add_options(parser)


def pytest_report_header(config: pytest.Config) -> str:
    return sampling.describe(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    sampling.deselect(config, items)


def pytest_unconfigure() -> None:
    leave(HOME)


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> Callable[[Iterable[Any], int], list[Any]]:
    """``sample(cases, 40)``: so many of the cases, all with ``--slow``."""
    return sampling.sampler(request)


@pytest.fixture(autouse=True, scope="module")
def _settled_heap() -> None:
    """What is there before a module's tests is left out of their collections of garbage.

    Thousands of collected tests and the models of hundreds of services make each ``gc.collect()`` take a second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _clean_environment() -> Iterator[None]:
    """No test leaves anything behind in the environment or the home directory, which its successors would see."""
    before = _environment()
    yield
    after = _environment()
    os.environ.update(before)
    for name in after.keys() - before.keys():
        del os.environ[name]
    left = os.listdir(HOME)
    if left:
        empty(HOME)
    assert {name for name in {*before, *after} if before.get(name) != after.get(name)} == set()
    assert left == []


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


@pytest.fixture
def interrupts() -> Iterator[None]:
    """Ctrl-C raises ``KeyboardInterrupt``, also in a run that a shell has put into the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def no_awscrt() -> Iterator[None]:
    """For tests in which botocore's checksums and signers are compared in this process, where it has no awscrt."""
    with without_awscrt():
        yield


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAWS]:
    """One embedded AWS for the whole run of a process; tests use names of their own in it."""
    with LocalAWS() as server:
        yield server


@pytest.fixture(params=["sync", "async"])
def client_kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    """Each test that takes this runs once with synchronous and once with asynchronous clients."""
    made: Any = SyncKind() if request.param == "sync" else AsyncKind()
    yield made
    made.close()
