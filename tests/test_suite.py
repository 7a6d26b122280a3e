"""What the suite promises of itself: no test hangs on who runs it, where, or on data that is not there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import settings

from sotalia import exceptions
from sotalia.config import Config
from tests.client_kinds import Kind
from tests.conftest import HOME
from tests.isolation import isolate, leave
from tests.sampling import chosen

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {path: path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))}
NEED_DATA = [
    "tests/conformance",
    "tests/test_guide.py",
    "tests/config/test_files.py",
    "tests/config/test_endpoint_url.py",
    "tests/examples/test_s3_client.py::test_every_snippet_marker_of_the_guide_is_there_in_pairs",
]


def run(*arguments: str, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    """pytest in a process of its own, under these variables."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_ADDOPTS")}
    return subprocess.run(
        command, cwd=cwd, env={**inherited, **environ}, capture_output=True, text=True, check=False
    )


def test_absent_data_fails_in_ci_and_is_said_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "protocols" / "input").mkdir(parents=True)  # A folder that is there, and empty.
    places = {"SOTALIA_CONFORMANCE": str(tmp_path), "SOTALIA_GUIDE": str(tmp_path / "none")}
    found = run(*NEED_DATA, CI="", **places)
    assert found.returncode in (0, 5), found.stdout
    assert re.fullmatch(r"\d+ skipped in .*", found.stdout.splitlines()[-1]), found.stdout
    for variable in places:
        assert re.search(f"SKIPPED .*no data at .*: set {variable} to its folder", found.stdout)
    found = run(*NEED_DATA, "--continue-on-collection-errors", CI="true", **places)
    *_, last = found.stdout.splitlines()
    assert found.returncode not in (0, 5)
    assert not re.search("skipped|passed", last), found.stdout
    modules = len(list((ROOT / "tests" / "conformance").glob("test_*.py"))) + len(NEED_DATA) - 1
    assert sum(int(count) for count in re.findall(r"(\d+) (?:failed|error)", last)) == modules, found.stdout


def test_the_profile_of_property_tests() -> None:
    assert settings.default.derandomize
    assert settings.default.deadline is None
    own = re.compile(r"\b(derandomize|deadline|register_profile|load_profile|seed)\b *[=(]")
    found = [
        str(path)
        for path, text in SOURCES.items()
        if "@given" in text and path != Path(__file__) and own.search(text)
    ]
    assert found == []


# This file, and the tests of who owns a transport, which ask which one a client has.
_REACHING = (Path(__file__).name, "test_shared_transport.py")


def test_transports_are_given_to_sessions() -> None:
    reach = re.compile(r"_endpoint\s*\.\s*transport|_endpoint, *[\"']transport")
    found = [str(path) for path, text in SOURCES.items() if path.name not in _REACHING and reach.search(text)]
    assert found == [], "use Session(transport=...), client_kind.scripted(...) or client_kind.connected(...)"


# -- who runs the tests ----------------------------------------------------------------------------------------------

HOSTILE = {
    "AWS_PROFILE": "nope",
    "AWS_REGION": "xx-nowhere-1",
    "AWS_DEFAULT_REGION": "yy",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ACCESS_KEY_ID": "DEVELOPER",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_MAX_ATTEMPTS": "x",
    "AWS_CA_BUNDLE": "/no/such/file",
    "REQUESTS_CA_BUNDLE": "/no/such/file",
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
    "BOTO_CONFIG": "/no/such/file",
    "OTEL_SDK_DISABLED": "true",
    "SOTALIA_CACHE_DIR": "/no/such/folder",
    "AWS_LAMBDA_FUNCTION_NAME": "f",
    "_X_AMZN_TRACE_ID": "Root=1",
}


def test_variables_of_the_developer_are_left_behind() -> None:
    kept = {"PATH": "/bin", "LANG": "C", "SOTALIA_GUIDE": "/guide", "CI": "true", "HOME": "/home/developer"}
    environ = {**HOSTILE, **kept, "XDG_CACHE_HOME": "/no/such/folder"}
    home = isolate(environ)
    try:
        assert environ["HOME"] == environ["USERPROFILE"] == str(home)
        assert os.listdir(home) == []
        assert all(environ[name] == value for name, value in kept.items() if name != "HOME")
        assert not environ.keys() & HOSTILE.keys()
    finally:
        leave(home)


def test_the_suite_runs_under_them_from_another_folder(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    for name in ("config", "credentials"):
        (tmp_path / ".aws" / name).write_text("[default\nrubbish")
    found = run(
        f"{ROOT}/tests/clients/test_base.py",
        f"{ROOT}/tests/config/test_defaults_mode.py",
        "-c",
        str(ROOT / "pyproject.toml"),
        cwd=tmp_path,
        HOME=str(tmp_path),
        **HOSTILE,
    )
    assert found.returncode == 0, found.stdout


LEAVING = """
import os
import pytest

def test_nothing(monkeypatch): monkeypatch.setenv("AWS_REGION", "x")
def test_added(): os.environ["AWS_REGION"] = "x"
def test_taken(): os.environ.pop("AWS_CONFIG_FILE")
def test_file(): open(os.path.expanduser("~/left"), "w").close()
def test_seen_by_none_after_it():
    assert "AWS_REGION" not in os.environ
    assert "AWS_CONFIG_FILE" in os.environ
    assert os.listdir(os.path.expanduser("~")) == []

@pytest.mark.parametrize("case", [])
def test_table_that_became_empty(case): pass
"""


def test_what_a_test_leaves_behind_is_an_error(tmp_path: Path) -> None:
    *tests, table = LEAVING.split("\n\n")
    results = []
    for number, text in enumerate(("\n\n".join(tests), f"import pytest\n{table}")):
        path = tmp_path / f"test_{number}.py"
        path.write_text(text)
        found = run(
            *("-p", "tests.conftest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}", str(path)),
            PYTHONPATH=str(ROOT),
        )
        results.append((found.returncode, found.stdout))
    (left, said), (empty, why) = results
    assert (left, empty) == (1, 2), said + why
    assert re.findall(r"ERROR .*::(\w+)", said) == [
        "test_added",
        "test_taken",
        "test_file",
    ]
    assert "Empty parameter set" in why


def test_this_run_has_a_home_of_its_own() -> None:
    assert os.path.expanduser("~") == str(HOME)
    assert not os.path.exists(os.environ["AWS_CONFIG_FILE"])


@pytest.mark.parametrize(
    "host", ["s3.us-west-2.amazonaws.com", "192.0.2.1", "2001:db8::1", "169.254.169.254"]
)
def test_no_test_reaches_another_machine(host: str, client_kind: Kind) -> None:
    where = f"[{host}]" if ":" in host else host
    s3 = client_kind.client("s3", endpoint_url=f"http://{where}", config=Config(retries={"max_attempts": 0}))
    with pytest.raises(exceptions.EndpointConnectionError, match="Could not connect"):
        s3.list_buckets()
    with pytest.raises(OSError, match="tests reach no other machine"):
        socket.create_connection((host, 80), timeout=1)


# -- samples ---------------------------------------------------------------------------------------------------------


class Options:
    """The options of a run that :mod:`tests.sampling` looks at."""

    def __init__(self, slow: bool = False, sample_seed: str = "1") -> None:
        self._options = {"slow": slow, "sample_seed": sample_seed}

    def getoption(self, name: str) -> Any:
        return self._options[name]


def test_the_sample_of_slow_tests_follows_from_the_seed() -> None:
    cases = [f"case {number}" for number in range(40)]

    def choose(name: str, **options: Any) -> list[str]:
        return chosen(cast(pytest.Config, Options(**options)), name, cases, 5)

    samples = [choose("one", sample_seed=str(seed)) for seed in range(200)]
    assert samples == [choose("one", sample_seed=str(seed)) for seed in range(200)]
    assert {len(sample) for sample in samples} == {5}
    assert all(sample == sorted(sample, key=cases.index) for sample in samples)
    assert set().union(*samples) == set(cases)  # Each case has its turn.
    assert choose("one") != choose("another")
    assert choose("one", slow=True) == cases


def test_slow_tests_say_how_many_of_their_cases_run(request: pytest.FixtureRequest) -> None:
    slow = [item for item in request.session.items if item.get_closest_marker("slow")]
    for item in slow:
        assert [set(marker.kwargs) for marker in item.iter_markers("slow")] == [{"keep"}], item
