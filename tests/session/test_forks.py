"""A fork never hangs the child, whatever another thread is doing: importing, speaking TLS, holding a lock."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sotalia.runtime import forks
from tests.transport.servers import Connection, certificate, serving

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this platform"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]

ROOT = Path(__file__).resolve().parents[2]


def listing(connection: Connection) -> None:
    """Answer with no buckets, or no objects."""
    while True:
        head, _ = connection.request()
        body = b"<ListAllMyBucketsResult/>" if head.startswith(b"GET / ") else b"<ListBucketResult/>"
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


@pytest.mark.parametrize(
    ("kind", "waits", "processes", "forks_each"),
    [("plain", "waits", 14, 12), ("plain", "waits not", 3, 6), ("tls", "waits", 8, 8)],
)
def test_forks_during_the_first_calls_of_a_process(
    kind: str, waits: str, processes: int, forks_each: int, tmp_path: Path
) -> None:
    bundle, context = certificate(tmp_path)
    total = 0
    with serving(listing, context if kind == "tls" else None) as port:
        for seed in range(processes):
            arguments = [str(port), str(seed), str(forks_each), waits]
            run = subprocess.run(
                [sys.executable, "-m", "tests.session.first_calls", *arguments]
                + ([str(bundle)] if kind == "tls" else []),
                cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
            )  # fmt: skip
            assert run.returncode == 0, run.stderr
            found = json.loads(run.stdout)
            assert (found["failed"], found["threads"]) == ([], []), run.stderr
            total += found["forks"]
    assert total > processes  # There was something to interrupt.


# -- one at a time -------------------------------------------------------------------------------------------------


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], str]]:
    """Write a module that can be imported; its name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    written: list[str] = []

    def write(name: str, text: str) -> str:
        path = tmp_path / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        written.append(name)
        return name

    yield write
    for name in written:
        sys.modules.pop(name, None)


# Each limit is reached only where something hangs: a busy machine is slow, and that is no failure.
CHILD_SECONDS = 180
REACHED_SECONDS = 60


def in_child(work: Callable[[], bool], seconds: int = CHILD_SECONDS) -> int:
    """Do some work in a forked child; ``0`` when it gave true. A child that hangs is ended by a signal."""
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)
        try:
            os._exit(0 if work() else 3)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(4)
    return os.waitpid(child, 0)[1]


class Gate:
    """Where a module stops while it is imported, in this process only."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.reached = threading.Event()
        self.opened = threading.Event()

    def stop(self) -> None:
        if os.getpid() == self.process:
            self.reached.set()
            self.opened.wait(2 * CHILD_SECONDS)


STOPS = "import sys\nsys.gate.stop()\nvalue = 1\n"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate()
    monkeypatch.setattr(sys, "gate", made, raising=False)
    yield made
    made.opened.set()


def importing(name: str, by: str) -> threading.Thread:
    """A thread that imports a module, for a module of a certain name."""
    thread = threading.Thread(target=exec, args=(f"import {name}", {"__name__": by}))
    thread.start()
    return thread


def test_a_module_that_somebody_else_was_importing_is_imported_anew(
    modules: Callable[[str, str], str], gate: Gate
) -> None:
    modules("stopping_package.__init__", "import stopping_package.part\n" + STOPS)
    modules("stopping_package.part", "import sys\n")
    thread = importing("stopping_package", by="somebody")
    assert gate.reached.wait(REACHED_SECONDS)

    def work() -> bool:
        import stopping_package

        return stopping_package.value == 1 and stopping_package.part.sys is sys

    assert not forks._is_importing()  # Other people's imports are not waited for.
    assert in_child(work) == 0
    gate.opened.set()
    thread.join()
    assert sys.modules["stopping_package"].value == 1  # Nothing changed here.
    for name in ("stopping_package", "stopping_package.part"):
        sys.modules.pop(name, None)


def test_an_import_of_ours_is_waited_for(
    modules: Callable[[str, str], str], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "_PACKAGE", "stopping_for_us")
    monkeypatch.setattr(forks, "_WAIT_SECONDS", REACHED_SECONDS)
    modules("stopping_for_us", STOPS)
    thread = importing("stopping_for_us", by="sotalia.something")
    assert gate.reached.wait(REACHED_SECONDS)
    threading.Timer(0.2, gate.opened.set).start()
    assert in_child(lambda: sys.modules["stopping_for_us"].value == 1) == 0
    thread.join()


def test_a_fork_does_not_wait_for_ever(
    modules: Callable[[str, str], str], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(forks, "_PACKAGE", "stopping_for_ever")
    modules("stopping_for_ever", STOPS)
    thread = importing("stopping_for_ever", by="sotalia.something")
    assert gate.reached.wait(REACHED_SECONDS)

    def work() -> bool:
        import stopping_for_ever

        return bool(stopping_for_ever.value == 1)

    assert in_child(work) == 0
    gate.opened.set()
    thread.join()


def test_threads_that_wait_for_an_import_are_no_hindrance(
    modules: Callable[[str, str], str], gate: Gate
) -> None:
    modules("stopping_for_many", STOPS)
    threads = [importing("stopping_for_many", by="somebody") for _ in range(4)]
    assert gate.reached.wait(REACHED_SECONDS)
    time.sleep(0.05)

    def work() -> bool:
        import stopping_for_many

        return bool(stopping_for_many.value == 1)

    assert in_child(work) == 0
    gate.opened.set()
    for thread in threads:
        thread.join()


def test_a_fork_within_an_import_goes_on(modules: Callable[[str, str], str], tmp_path: Path) -> None:
    modules("inner_module", "value = 1\n")
    modules(
        "forking_module",
        "import os, signal, sys\n"
        "child = os.fork()\n"
        f"if child == 0: signal.alarm({CHILD_SECONDS})\n"
        "import inner_module\n"
        "value = inner_module.value\n"
        "status = 0 if child == 0 else os.waitpid(child, 0)[1]\n",
    )
    script = (
        f"import os, sys; sys.path.insert(0, {str(tmp_path)!r}); import sotalia, threading\n"
        "import forking_module\n"
        "import inner_module\n"
        "if forking_module.child == 0: os._exit(0)\n"
        "assert forking_module.status == 0, forking_module.status\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        timeout=2 * CHILD_SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stderr


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> forks.OpenSSLCalls:
    """What a test may spoil; forks take it for the real one."""
    made = forks.in_openssl
    monkeypatch.setattr(made, "_lock", forks.RLock())
    monkeypatch.setattr(made, "_forking", {})
    return made


def is_free(calls: forks.OpenSSLCalls) -> bool:
    """Whether another thread could make a call at once."""
    found: list[bool] = []

    def look() -> None:
        free = calls._lock.acquire(timeout=0)
        found.append(free)
        if free:
            calls._lock.release()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return found[0]


class Holding:
    """A thread that is within OpenSSL until it may go on."""

    def __init__(self, calls: forks.OpenSSLCalls) -> None:
        self.calls = calls
        self.reached, self.opened = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._hold)
        self.thread.start()
        assert self.reached.wait(REACHED_SECONDS)

    def _hold(self) -> None:
        with self.calls.call():
            self.reached.set()
            self.opened.wait(2 * CHILD_SECONDS)

    def end(self) -> None:
        self.opened.set()
        self.thread.join()


def test_a_fork_waits_for_openssl(calls: forks.OpenSSLCalls) -> None:
    holding = Holding(calls)
    threading.Timer(0.2, holding.opened.set).start()
    assert in_child(lambda: holding.opened.is_set() and is_free(calls)) == 0
    holding.end()
    assert is_free(calls)


def test_whoever_is_within_openssl_may_fork(calls: forks.OpenSSLCalls) -> None:
    with calls.call():
        assert in_child(lambda: is_free(calls)) == 0
        assert not is_free(calls)
    assert is_free(calls)


def test_a_child_leaves_a_call_that_its_parent_entered(calls: forks.OpenSSLCalls) -> None:
    def leave() -> bool:
        call.__exit__()
        return is_free(calls)

    call = calls.call()
    with call:
        assert in_child(leave) == 0
    assert is_free(calls)


def test_a_fork_that_waits_in_vain_does_not_undo_another_one(
    calls: forks.OpenSSLCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads fork at once: the one has the lock, the other waits for it too long, and the first ends."""
    monkeypatch.setattr(forks, "_OPENSSL_WAIT_SECONDS", 0.05)
    calls.hold()

    def fork_in_vain() -> None:
        calls.hold()
        calls.let_go()

    thread = threading.Thread(target=fork_in_vain)
    thread.start()
    thread.join()
    assert not is_free(calls)
    calls.let_go()
    assert is_free(calls)


def test_many_threads_fork_and_call_at_once(
    calls: forks.OpenSSLCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "_OPENSSL_WAIT_SECONDS", 0.002)
    ends: list[int] = []

    def fork() -> None:
        for _ in range(10):
            ends.append(in_child(lambda: is_free(calls)))

    def call() -> None:
        while len(ends) < 40:
            with calls.call():
                time.sleep(0.004)

    threads = [threading.Thread(target=work) for work in [fork, call] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == [0] * 40
    assert is_free(calls)
    assert calls._forking == {}


def test_nobody_waits_for_ever_for_a_thread_that_does_not_come_back(
    calls: forks.OpenSSLCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "_CALL_WAIT_SECONDS", 0.05)
    holding = Holding(calls)
    with calls.call():
        pass  # Went on without the lock,
    assert is_free(calls)  # and the next ones need not wait.
    with calls.call():
        holding.end()
        assert not is_free(calls)  # The thread gave back its own lock, not this one.
    assert is_free(calls)
