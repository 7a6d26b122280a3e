"""Fixtures that all tests share: an embedded AWS, and clients in both colours."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest

# With awscrt botocore signs by awscrt's own clock, which tests cannot set. It reads this variable once, when it is
# imported; what sotalia does is up to awscrt being there, so the variable is taken away again.
_asked = os.environ.get("BOTO_DISABLE_CRT")
os.environ["BOTO_DISABLE_CRT"] = "true"
import botocore.compat  # noqa: E402

if _asked is None:
    del os.environ["BOTO_DISABLE_CRT"]

from sotalia.local import LocalAWS  # noqa: E402
from tests.absence import without_awscrt  # noqa: E402
from tests.colours import AsyncColour, Colour, SyncColour  # noqa: E402
from tests.reference_data import read_quickly  # noqa: E402

assert not botocore.compat.HAS_CRT, "a plugin of pytest imported botocore before tests/conftest.py"
read_quickly()


@pytest.fixture(autouse=True, scope="module")
def _settled_heap() -> None:
    """What is there before a module's tests is left out of their collections of garbage.

    Thousands of collected tests and the models of hundreds of services make each ``gc.collect()`` take a second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees the settings of whoever runs it, nor the machine's own metadata service."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "BOTO")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")


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
def colour(request: pytest.FixtureRequest) -> Iterator[Colour]:
    """Each test that takes this runs once with synchronous and once with asynchronous clients."""
    made: Any = SyncColour() if request.param == "sync" else AsyncColour()
    yield made
    made.close()
