"""The fixtures of pytest, in runs of their own: what they give, and that they break no run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

# What a project of a user has: none of the options of ours.
_INI = "[pytest]\n"


class Project:
    """A project in a folder of its own, and runs of pytest in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("pytest.ini", _INI)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")
        return path

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments],
            cwd=self.folder,
            env={
                **{name: value for name, value in os.environ.items() if name != "CI"},
                "COLUMNS": "160",
                **environ,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def passes(self, *arguments: str, count: int, **environ: str) -> str:
        """The output of a run in which so many tests pass and nothing else happens."""
        done = self.run(*arguments, **environ)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{count} passed" in done.stdout, done.stdout
        return done.stdout

    def fails(self, *arguments: str, **environ: str) -> str:
        done = self.run(*arguments, **environ)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


_ISOLATED = """
    import pytest

    @pytest.mark.parametrize("number", range(6))
    def test_isolated(sotalia_aws, number):
        s3 = sotalia_aws.client("s3")
        assert s3.list_buckets()["Buckets"] == []
        s3.create_bucket(Bucket="photos")
        assert sotalia_aws.session.client("sts").get_caller_identity()["Account"] == sotalia_aws.account_id
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_each_test_has_an_aws_of_its_own(project: Project, workers: str) -> None:
    project.write("test_isolated.py", _ISOLATED)
    project.passes("-n", workers, count=6)


def test_regions_and_accounts_by_marker(project: Project) -> None:
    project.write(
        "test_marked.py",
        """
        import pytest

        @pytest.mark.sotalia_aws(region_name="eu-west-1", account_id="111122223333")
        def test_marked(sotalia_aws):
            url = sotalia_aws.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
            assert url == "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
        """,
    )
    project.passes("--strict-markers", count=1)


def test_async_tests_without_any_plugin(project: Project) -> None:
    project.write(
        "test_async.py",
        """
        async def test_awaited(sotalia_async, sotalia_aws):
            async with sotalia_async.client("s3") as s3:
                await s3.create_bucket(Bucket="photos")
            assert sotalia_aws.client("s3").list_buckets()["Buckets"][0]["Name"] == "photos"

        def test_run(sotalia_async):
            async def main():
                async with sotalia_async.client("s3") as s3:
                    return await s3.list_buckets()
            assert sotalia_async.run(main())["Buckets"] == []

        class TestInAClass:
            async def test_method(self, sotalia_async):
                async with sotalia_async.client("s3") as s3:
                    await s3.list_buckets()
        """,
    )
    project.passes(count=3)


def test_async_tests_of_others_are_left_to_them(project: Project) -> None:
    """An async test that has nothing to do with us fails as it does without us."""
    project.write("test_other.py", "async def test_other():\n    pass\n")
    assert "async def functions are not natively supported" in project.fails()


def test_an_async_plugin_comes_first(project: Project) -> None:
    """What pytest-asyncio and anyio do: they run the coroutine function, or put another function in its place."""
    project.write(
        "conftest.py",
        """
        import asyncio, inspect, pytest

        ran = []

        @pytest.hookimpl(tryfirst=True)
        def pytest_pyfunc_call(pyfuncitem):
            if inspect.iscoroutinefunction(pyfuncitem.obj):
                ran.append(pyfuncitem.name)
                asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}))
                return True

        def pytest_terminal_summary(terminalreporter):
            terminalreporter.line(f"run by the other: {ran}")
        """,
    )
    project.write("test_async.py", "async def test_awaited(sotalia_async):\n    pass\n")
    assert "run by the other: ['test_awaited']" in project.passes(count=1)


def test_everything_together(project: Project) -> None:
    project.write(
        "test_kit.py",
        """
        import pytest
        import sotalia
        from sotalia.testing import NetworkRefusedError, error_answer

        def test_scripted(sotalia_scripted):
            aws = sotalia_scripted({"GetItem": [error_answer("ThrottlingException"), {"Item": {"id": {"S": "1"}}}]})
            assert aws.client("dynamodb").get_item(TableName="t", Key={"id": {"S": "1"}})["Item"] == {"id": {"S": "1"}}
            assert len(aws.sleeps) == 1
            aws.assert_all_used()

        def test_faults(sotalia_faults, sotalia_aws, sotalia_recorder):
            faults = sotalia_faults("throttle", operation="s3.ListBuckets", attempts=[1])
            sotalia_aws.client("s3").list_buckets()
            assert len(faults.fired) == 1
            assert [len(record.attempts) for record in sotalia_recorder] == [2]

        def test_faults_are_over(sotalia_aws, sotalia_recorder):
            sotalia_aws.client("s3").list_buckets()
            assert [len(record.attempts) for record in sotalia_recorder] == [1]

        def test_no_network(sotalia_no_network):
            with pytest.raises(NetworkRefusedError):
                sotalia.Session("a", "b", region_name="us-east-1").client("s3").list_buckets()
            assert len(sotalia_no_network.refused) == 1

        def test_everywhere(sotalia_aws, sotalia_no_network):
            with sotalia_aws.everywhere():
                assert sotalia.client("s3").list_buckets()["Buckets"] == []
        """,
    )
    project.passes("-W", "error", count=5)


# -- cassettes ----------------------------------------------------------------------------------------------------------

_CASSETTE = """
    import pytest

    @pytest.mark.parametrize("name", ["photos", "a/b", "ü", "x" * 300, "..", "a:b*?"])
    def test_stored(sotalia_cassette, sotalia_aws, name):
        sotalia_aws.client("sqs").create_queue(QueueName="jobs", tags={"name": name})
        sotalia_cassette.path

    class TestClass:
        def test_method(self, sotalia_cassette, sotalia_aws):
            sotalia_aws.client("s3").list_buckets()
"""


def test_cassettes_are_named_by_the_test(project: Project) -> None:
    project.write("unit/test_upload.py", _CASSETTE)
    project.passes(count=7)
    folder = project.folder / "unit" / "cassettes" / "test_upload"
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 7
    assert {"TestClass.test_method.json", "test_stored[photos].json"} < set(names)
    assert [name for name in names if name.startswith("test_stored[a-b]-")]
    assert max(len(name.encode()) for name in names) < 120
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    project.passes("--sotalia-record=none", "-n2", count=7)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_ci_records_nothing(project: Project) -> None:
    project.write("test_upload.py", _CASSETTE)
    said = project.run("-k", "photos", CI="true").stdout
    assert "there is no such file, and mode='none' only plays" in said
    assert "--sotalia-record=once records it" in said
    assert not (project.folder / "cassettes").exists()
    project.passes("-k", "photos", CI="false", count=1)


def test_arguments_of_a_cassette_by_marker(project: Project) -> None:
    project.write(
        "test_marked.py",
        """
        import pytest

        @pytest.mark.sotalia_cassette("mine.json", mode="all", repeat=True)
        def test_marked(sotalia_cassette, sotalia_aws):
            assert (sotalia_cassette.mode, sotalia_cassette.repeat) == ("all", True)
            sotalia_aws.client("s3").list_buckets()
        """,
    )
    project.passes(count=1)
    assert (project.folder / "mine.json").exists()
    assert "1 failed" in project.fails("--sotalia-record=none")  # The option goes before the marker.


# -- no network ---------------------------------------------------------------------------------------------------------

_CALL = 'sotalia.Session("a", "b", region_name="us-east-1").client("s3", endpoint_url="http://localhost:9").list_buckets()'


def test_no_network_for_all_tests(project: Project) -> None:
    project.write("pytest.ini", f"{_INI}sotalia_no_network = true\nsotalia_allow = localhost:10\n")
    project.write(
        "test_network.py",
        f"""
        import pytest
        import sotalia
        from sotalia.exceptions import EndpointConnectionError
        from sotalia.testing import NetworkRefusedError

        def test_refused():
            with pytest.raises(NetworkRefusedError):
                {_CALL}

        @pytest.fixture
        def listed():
            with pytest.raises(NetworkRefusedError):
                {_CALL}

        def test_fixtures_too(listed):
            pass

        @pytest.mark.sotalia_network
        def test_let_through():
            with pytest.raises(EndpointConnectionError):
                {_CALL}

        @pytest.mark.sotalia_no_network(allow=["localhost:9"])
        def test_allowed():
            with pytest.raises(EndpointConnectionError):
                {_CALL}
        """,
    )
    project.passes("--strict-markers", count=4)


# -- calls of failed tests ----------------------------------------------------------------------------------------------

_FAILING = """
    import pytest
    import sotalia

    def test_fails(sotalia_aws):
        s3 = sotalia_aws.client("s3")
        s3.list_buckets()
        s3.get_object(Bucket="no-such-bucket", Key="PLANTED")

    def test_passes(sotalia_aws):
        sotalia_aws.client("s3").list_buckets()

    def test_fails_without_calls():
        assert 1 == 2

    @pytest.fixture
    def broken(sotalia_aws):
        sotalia_aws.client("sqs").list_queues()
        assert 1 == 3

    def test_setup(broken):
        pass
"""


@pytest.mark.parametrize("arguments", [(), ("-n2",)])
def test_a_failed_test_shows_its_calls(project: Project, arguments: tuple[str, ...]) -> None:
    project.write("test_failing.py", _FAILING)
    said = project.fails(*arguments)
    assert said.count("- sotalia calls -") == 2
    first = said.partition("- sotalia calls -")[2].partition("_ test_")[0]
    assert ("s3.ListBuckets" in first) or ("sqs.ListQueues" in first)
    assert "s3.GetObject" in said
    assert "NoSuchBucket" in said


def test_a_client_that_the_first_test_makes(project: Project) -> None:
    """Nothing but the package itself is loaded before."""
    project.write(
        "app.py",
        "import sotalia as boto3\ndef call():\n    boto3.client('s3', region_name='us-east-1').list_buckets()\n",
    )
    project.write("test_app.py", "import app\ndef test_app(sotalia_no_network):\n    app.call()\n")
    said = project.fails(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", PYTHONPATH=str(project.folder))
    assert "s3.ListBuckets" in said.partition("- sotalia calls -")[2]


def test_calls_can_be_left_out(project: Project) -> None:
    project.write("test_failing.py", _FAILING)
    assert "sotalia calls" not in project.fails("--sotalia-calls=off")


def test_a_recorder_that_is_broken_breaks_no_run(project: Project) -> None:
    project.write("test_ok.py", "import sotalia.call.hooks\ndef test_ok():\n    pass\n")
    project.write(
        "conftest.py",
        """
        import sys
        sys.modules["sotalia.recording.recorder"] = None
        """,
    )
    project.passes(count=1)
    project.passes("-W", "error", count=1)


# -- every other project ------------------------------------------------------------------------------------------------

_LOADED = """
    import json, sys

    def pytest_collection_finish(session):
        names = [name for name in sys.modules if name.partition(".")[0] in ("sotalia", "botocore", "boto3", "moto", "orjson", "httptools")]
        print("loaded:", json.dumps(sorted(names)))
"""


def test_a_run_that_does_not_use_it_loads_nothing(project: Project) -> None:
    """Beyond what ``import sotalia`` itself is."""
    project.write("conftest.py", _LOADED)
    project.write("test_ok.py", "def test_ok():\n    pass\n")
    said = project.passes("-s", count=1)
    loaded = json.loads(next(line for line in said.splitlines() if line.startswith("loaded:"))[8:])
    assert loaded == [
        "sotalia",
        "sotalia.runtime",
        "sotalia.runtime.forks",
        "sotalia.runtime.late_names",
        "sotalia.runtime.version",
        "sotalia.testing",
        "sotalia.testing.plugin",
    ]


def test_without_moto(project: Project) -> None:
    project.write("conftest.py", "import sys\nsys.modules['moto'] = None\n")
    project.write("test_ok.py", "def test_ok():\n    pass\ndef test_aws(sotalia_aws):\n    pass\n")
    said = project.fails()
    assert "1 passed, 1 error" in said
    assert "pip install 'sotalia[local]'" in said
    assert "Traceback" not in said


def test_the_fixtures_are_described(project: Project) -> None:
    project.write("test_ok.py", "def test_ok():\n    pass\n")
    said = project.run("--fixtures").stdout
    assert "fixtures defined from sotalia.testing.plugin" in said
    section = said.partition("fixtures defined from sotalia.testing.plugin")[2]
    for name in ("aws", "async", "scripted", "cassette", "faults", "recorder", "no_network"):
        assert f"sotalia_{name} --" in section
    assert "no docstring available" not in section.partition("fixtures defined")[0]
    assert "--sotalia-record" in project.run("--help").stdout
    assert "sotalia_no_network" in project.run("--markers").stdout
