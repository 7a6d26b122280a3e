"""What is believed: packages, names, cached files. Each case is one that was believed once, in processes of their own."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.credentials import JSONFileCache
from sotalia.model import loader as loader_module
from sotalia.model import pack
from sotalia.model.loader import Loader
from sotalia.runtime import ownership
from tests.client_kinds import KEYS, Kind

NOBODY = 65534
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)


def run(code: str, directory: Path, **environ: str) -> str:
    """What a fresh process prints that runs in a directory, with ``""`` first on ``sys.path`` as ``python -c`` has it."""
    environment = {**os.environ, "SOTALIA_CACHE_DIR": "", **KEYS_BY_VARIABLE, **environ}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


KEYS_BY_VARIABLE = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}

# -- packages ------------------------------------------------------------------------------------------------------

FIND = (
    "from sotalia.transport.tls import default_bundle; from sotalia.model.loader import data_root;"
    "print(default_bundle(), data_root('botocore'), data_root('boto3'), sep='\\n')"
)


def test_folders_that_are_no_packages_are_not_believed(tmp_path: Path) -> None:
    """A CA bundle or models in the working directory; ``import`` would not take them either."""
    expected = run(FIND, tmp_path).splitlines()
    for name in ("certifi/cacert.pem", "botocore/cacert.pem"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("mine")
    for package in ("botocore", "boto3"):
        (tmp_path / package / "data").mkdir(parents=True)
    assert run(FIND, tmp_path).splitlines() == expected
    for imports in ("import boto3, botocore; ", "import botocore; ", "import certifi; "):
        try:
            found = run(imports + FIND, tmp_path).splitlines()
        except AssertionError:  # certifi need not be installed
            continue
        assert found == expected
    assert str(tmp_path) not in "".join(expected)


def test_a_real_package_in_front_is_the_users_choice(tmp_path: Path) -> None:
    (tmp_path / "botocore" / "data").mkdir(parents=True)
    (tmp_path / "botocore" / "__init__.py").touch()
    assert run(FIND, tmp_path).splitlines()[1] == str(tmp_path / "botocore" / "data")


def test_own_models_are_still_found(tmp_path: Path) -> None:
    """``AWS_DATA_PATH`` and ``~/.aws/models``."""
    for place in (tmp_path / "data", tmp_path / "home" / ".aws" / "models"):
        describe(place, place.parts[-1])
    code = "from sotalia import Session; s = Session(); print([n in s.get_available_services() for n in ('data', 'models')])"
    found = run(code, tmp_path, AWS_DATA_PATH=str(tmp_path / "data"), HOME=str(tmp_path / "home"))
    assert found == "[True, True]"


# -- names ---------------------------------------------------------------------------------------------------------

PATHS: list[Any] = [
    "../../x",
    "../mine",
    "..",
    ".",
    "",
    "mine/",
    "/mine",
    "./mine",
    "mine/.",
    "mine/2020-01-01",
    "mine\0",
    "mine\\",
    "..\\mine",
    "C:mine",
    "\N{FULLWIDTH LATIN SMALL LETTER S}3",
    "mine\N{COMBINING ACUTE ACCENT}",
    "..\N{FULLWIDTH SOLIDUS}mine",
    "mine\n",
    "mine.",
    "mine ",
    "~",
    "m" * 300,
    "m" * 100_000,
    None,
    b"mine",
]


def describe(root: Path, name: str, version: str = "2020-01-01") -> Path:
    path = root / name / version / "service-2.json"
    path.parent.mkdir(parents=True)
    metadata = {"apiVersion": version, "endpointPrefix": "mine", "protocol": "json", "serviceId": "Mine"}
    metadata |= {"jsonVersion": "1.0", "targetPrefix": "Mine", "signatureVersion": "v4"}
    operations = {"Ask": {"name": "Ask", "http": {"method": "POST", "requestUri": "/"}}}
    path.write_text(json.dumps({"metadata": metadata, "operations": operations, "shapes": {}}))
    return path


class Watch:
    """Which paths the process looks at, by the interpreter's audit events, and by ``os.stat``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        original = os.path.isfile

        def isfile(path: Any) -> bool:
            self.seen.append(os.fspath(path))
            return original(path)

        monkeypatch.setattr(os.path, "isfile", isfile)


@pytest.mark.parametrize("name", PATHS, ids=lambda name: ascii(name)[:20])
def test_names_that_are_paths_are_refused_unseen(
    name: Any, tmp_path: Path, client_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (tmp_path / "data", tmp_path):
        describe(place, "mine")
    describe(tmp_path, "x")
    loader = Loader([str(tmp_path / "data")], cache_directory=str(tmp_path / "cache" / "deep"))
    session = client_kind.session(**KEYS)
    session._session.register_component("data_loader", loader)
    watch = Watch(monkeypatch)
    unknown, missing = exceptions.UnknownServiceError, exceptions.DataNotFoundError
    for error, call in (
        (unknown, lambda: session.client(name)),
        (exceptions.ResourceNotExistsError, lambda: session.resource(name)),
        (unknown, lambda: session._session.get_service_model(name)),
        (unknown, lambda: session._session.get_waiter_model(name)),
        (unknown, lambda: session._session.get_paginator_model(name)),
        (unknown, lambda: loader.service(name)),
        (unknown, lambda: loader.waiters(name)),
        (unknown, lambda: loader.paginators(name)),
        (unknown, lambda: loader.ruleset(name)),
        (unknown, lambda: loader.load_service_model(name, "service-2")),
        (unknown, lambda: loader.resource_definitions(name)),
        (missing, lambda: loader.list_api_versions(name, "service-2")),
        (missing, lambda: loader.determine_latest_version(name, "service-2")),
        (missing, lambda: loader.load_data(name if name != "mine/2020-01-01" else None)),  # type: ignore[arg-type]
        (unknown, lambda: loader.load_service_model("mine", name)),
        (missing, lambda: loader.list_api_versions("mine", name)),
    ):
        with pytest.raises(error):
            call()
    if name is not None:
        for call in (
            lambda: session.client("mine", api_version=name),
            lambda: loader.service("mine", name),
            lambda: loader.load_service_model("mine", "service-2", name),
        ):
            with pytest.raises(missing):
                call()
    assert session.get_available_regions(name) == []
    assert loader.list_available_services(name) == []
    looked_up = {path.removeprefix(str(tmp_path)) for path in watch.seen}
    allowed = ("/data/mine/2020-01-01/", "/cache/")
    assert [
        path
        for path in looked_up
        if not path.startswith(allowed) and str(name) in path and len(str(name)) > 2
    ] == []
    assert not [path for path in tmp_path.rglob("*.pack") if path.parent != tmp_path / "cache" / "deep"]


# -- packs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the process forget what it has loaded, as a fresh one."""

    def forget() -> None:
        for name in ("_packs", "_models"):
            monkeypatch.setattr(loader_module, name, {})
        monkeypatch.setattr(ownership, "_reported", set())

    forget()
    return forget


def is_built(root: Path, cache: Path, forget: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a fresh process has to build the pack of ``mine``."""
    built = []
    original = pack._write

    def write(*arguments: Any) -> None:
        built.append(1)
        original(*arguments)

    forget()
    with monkeypatch.context() as patch:
        patch.setattr(pack, "_write", write)
        assert Loader([str(root)], cache_directory=str(cache)).service("mine").operation_names == ["Ask"]
    return bool(built)


def zipped(source: Path, target: Path) -> None:
    with zipfile.ZipFile(target.with_suffix(".zip"), "w") as archive:
        for path in source.rglob("*"):
            archive.write(path, path.relative_to(source))
    with zipfile.ZipFile(target.with_suffix(".zip")) as archive:
        archive.extractall(target)


def copied(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    for path in target.rglob("*"):
        os.utime(path, (1, 1))


def by_tar(source: Path, target: Path) -> None:
    target.mkdir()
    archive = target.with_suffix(".tar")
    subprocess.run(["tar", "-C", str(source), "-cf", str(archive), "."], check=True)
    subprocess.run(["tar", "-C", str(target), "-xmf", str(archive)], check=True)


@pytest.mark.parametrize("move", [zipped, copied, by_tar])
@pytest.mark.parametrize("compressed", [False, True])
def test_packs_travel(
    move: Any, compressed: bool, tmp_path: Path, forget: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data and cache at another place and with other times, and read-only: nothing is built."""
    path = describe(tmp_path / "here" / "data", "mine")
    (path.parent / "service-2.sdk-extras.json").write_text(
        '{"merge": {"metadata": {"endpointPrefix": "other"}}}'
    )
    if compressed:
        path.with_suffix(".json.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=5))
        path.unlink()
    assert is_built(tmp_path / "here" / "data", tmp_path / "here" / "cache", forget, monkeypatch)
    move(tmp_path / "here", tmp_path / "there")
    shutil.rmtree(tmp_path / "here")
    data, cache = tmp_path / "there" / "data", tmp_path / "there" / "cache"
    for name in (*cache.iterdir(), cache):
        name.chmod(name.stat().st_mode & ~0o222)
    assert not is_built(data, cache, forget, monkeypatch)
    assert Loader([str(data)], cache_directory=str(cache)).service("mine").endpoint_prefix == "other"
    cache.chmod(0o755)


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
@pytest.mark.parametrize(
    "which", ["service-2", "service-2.sdk-extras", "paginators-1", "waiters-2", "endpoint-rule-set-1"]
)
def test_another_content_of_the_same_size_and_time_is_noticed(
    suffix: str, which: str, tmp_path: Path, forget: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = describe(tmp_path / "data", "mine").with_name(which + (".json" if "extras" in which else suffix))

    def write(value: str) -> None:
        content = {
            "merge": {"metadata": {"x": value}},
            "metadata": {"endpointPrefix": value, "serviceId": "Mine"},
        }
        content |= {"operations": {"Ask": {"name": "Ask"}}, "pagination": {}, "waiters": {}, "x": value}
        data = json.dumps(content).encode()
        # Stored, so that the file has the same size.
        path.write_bytes(gzip.compress(data, 0, mtime=1) if path.suffix == ".gz" else data)
        os.utime(path, (1, 1))

    if which == "service-2":
        (path.parent / "service-2.json").unlink()
    write("aaaa")
    assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)
    assert not is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)
    write("bbbb")
    assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)
    write("aaaa")
    assert not is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)


def test_another_version_of_sotalia_builds_its_own(
    tmp_path: Path, forget: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(tmp_path / "data", "mine")
    assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)
    monkeypatch.setattr(pack, "__version__", "99")
    assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)


def test_outdated_packs_do_not_pile_up(tmp_path: Path, forget: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = describe(tmp_path / "data", "mine")
    (tmp_path / "cache").mkdir(0o700)
    (tmp_path / "cache" / "mine-2020-01-01-notes.txt").touch()
    for number in range(20):
        path.write_text(path.read_text() + " ")
        assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch), number
    assert len(list((tmp_path / "cache").glob("*.pack"))) == 8
    assert (tmp_path / "cache" / "mine-2020-01-01-notes.txt").exists()
    assert not is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)


def fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def link_to_fifo(path: Path) -> None:
    fifo(path)
    path.rename(path.with_name("pipe"))
    path.symlink_to(path.with_name("pipe"))


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def given_away(path: Path) -> None:
    os.chown(path, NOBODY, NOBODY)


def mode(bits: int) -> Callable[[Path], None]:
    return lambda path: path.chmod(bits)


# What makes a file, or the directory that it is in, one that is not to be believed.
DOUBTS = [
    pytest.param(mode(0o666), id="others write"),
    pytest.param(mode(0o602), id="only others write"),
    pytest.param(given_away, marks=as_root, id="another owner"),
    pytest.param(fifo, id="FIFO"),
    pytest.param(link_to_fifo, id="link to a FIFO"),
    pytest.param(folder, id="folder"),
    pytest.param(mode(0o664), marks=as_root, id="group writes"),
]
DIRECTORY_DOUBTS = [
    pytest.param(mode(0o777), id="others write"),
    pytest.param(mode(0o1777), id="others write, sticky"),
    pytest.param(given_away, marks=as_root, id="another owner"),
    pytest.param(mode(0o775), marks=as_root, id="group writes"),
]


@pytest.mark.parametrize("doubt", DOUBTS)
def test_packs_of_others_are_not_believed(
    doubt: Callable[[Path], None], tmp_path: Path, forget: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(tmp_path / "data", "mine")
    assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)
    (path,) = (tmp_path / "cache").iterdir()
    doubt(path)
    assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)


@pytest.mark.parametrize("doubt", DIRECTORY_DOUBTS)
def test_packs_in_directories_of_others_are_not_believed(
    doubt: Callable[[Path], None], tmp_path: Path, forget: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    describe(tmp_path / "data", "mine")
    assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)
    doubt(tmp_path / "cache")
    caplog.clear()
    assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)
    (record,) = [record for record in caplog.records if record.name == "sotalia.cache"]
    assert str(tmp_path / "cache") in record.getMessage()


def test_a_private_group_is_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian, Ubuntu and Fedora give each user such a group, and the umask 002."""

    def doubt(uid: int, gid: int, bits: int) -> str | None:
        status = os.stat_result((stat.S_IFREG | bits, 1, 1, 1, uid, gid, 0, 0, 0, 0))
        return ownership._doubt(status, ())

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert doubt(1000, 1000, 0o664) is None
    assert "group 100 can write" in str(doubt(1000, 100, 0o664))
    assert "group 1000 can write" in str(doubt(0, 1000, 0o664))
    assert "every user can write" in str(doubt(1000, 1000, 0o666))
    assert "user 1001 owns" in str(doubt(1001, 1000, 0o600))
    assert doubt(0, 0, 0o644) is None


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022, 0o077])
def test_what_is_stored_is_believed_whatever_the_umask(
    mask: int, tmp_path: Path, forget: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(tmp_path / "data", "mine")
    before = os.umask(mask)
    try:
        monkeypatch.setenv("SOTALIA_CACHE_DIR", str(tmp_path / "cache"))
        assert is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)
        assert not is_built(tmp_path / "data", tmp_path / "cache", forget, monkeypatch)
        cache = JSONFileCache(str(tmp_path / "keys"))
        cache["a"] = {"b": 1}
        assert cache["a"] == {"b": 1}
    finally:
        os.umask(before)


@as_root
def test_a_cache_made_by_root_serves_another_user(
    tmp_path: Path, forget: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image is built by root and run by somebody else."""
    describe(tmp_path / "data", "mine")
    cache = tmp_path / "cache"
    monkeypatch.setenv("SOTALIA_CACHE_DIR", str(cache))
    before = os.umask(0o022)
    try:
        assert is_built(tmp_path / "data", cache, forget, monkeypatch)
    finally:
        os.umask(before)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o755
    assert [stat.S_IMODE(path.stat().st_mode) for path in cache.iterdir()] == [0o644]
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    assert not is_built(tmp_path / "data", cache, forget, monkeypatch)


def test_a_cache_in_a_home_that_cannot_be_written_is_used(tmp_path: Path) -> None:
    (tmp_path / ".cache" / "sotalia").mkdir(parents=True)
    environ = {"XDG_CACHE_HOME": str(tmp_path / ".cache"), "TMPDIR": str(tmp_path)}
    (tmp_path / ".cache").chmod(0o555)
    assert pack.cache_directory(environ) == str(tmp_path / ".cache" / "sotalia")


# -- tokens and keys -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("doubt", DOUBTS)
def test_keys_in_files_of_others_are_not_believed(
    doubt: Callable[[Path], None], tmp_path: Path, caplog: Any
) -> None:
    cache = JSONFileCache(str(tmp_path / "keys"))
    cache["a"] = {"Credentials": "mine"}
    doubt(tmp_path / "keys" / "a.json")
    for _ in range(2):
        with pytest.raises(KeyError):
            cache["a"]
    messages = [record.getMessage() for record in caplog.records if record.name == "sotalia.cache"]
    assert len(messages) == 1
    assert "a.json" in messages[0]


@pytest.mark.parametrize("doubt", DIRECTORY_DOUBTS)
def test_keys_in_directories_of_others_are_not_believed(
    doubt: Callable[[Path], None], tmp_path: Path
) -> None:
    cache = JSONFileCache(str(tmp_path / "keys"))
    cache["a"] = {"Credentials": "mine"}
    doubt(tmp_path / "keys")
    with pytest.raises(KeyError):
        cache["a"]


@pytest.mark.parametrize("bits", [0o600, 0o644, 0o640, 0o400, 0o444])
def test_files_that_others_read_are_believed(bits: int, tmp_path: Path) -> None:
    cache = JSONFileCache(str(tmp_path))
    cache["a"] = {"b": 1}
    (tmp_path / "a.json").chmod(bits)
    assert cache["a"] == {"b": 1}


@pytest.mark.parametrize("key", ["../a", "/etc/a", "..", "", "a/b"])
def test_keys_that_are_paths_lead_nowhere(key: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "keys").mkdir(0o700)
    cache = JSONFileCache(str(tmp_path / "keys"))
    assert key not in cache
    with pytest.raises(KeyError):
        cache[key]
    with pytest.raises(KeyError):
        cache[key] = {}
    with pytest.raises(KeyError):
        del cache[key]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.json", "keys"]


@pytest.mark.parametrize("doubt", DOUBTS)
def test_sso_says_why_a_token_is_not_believed(
    doubt: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client_kind: Kind
) -> None:
    from hashlib import sha1

    monkeypatch.setenv("HOME", str(tmp_path))
    config = tmp_path / ".aws" / "config"
    token = tmp_path / ".aws" / "sso" / "cache" / f"{sha1(b's').hexdigest()}.json"
    token.parent.mkdir(parents=True)
    token.parent.chmod(0o755)
    config.write_text(
        "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n"
        "[sso-session s]\nsso_start_url = https://x\nsso_region = us-east-1\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    token.write_text('{"accessToken": "secret-token", "expiresAt": "2999-01-01T00:00:00Z"}')
    doubt(token)
    client = client_kind.client("sts", client_kind.session(profile_name="p", region_name="us-east-1"))
    with pytest.raises(exceptions.SSOTokenLoadError, match=f"{token.name} is not believed") as caught:
        client.get_caller_identity()
    assert "secret-token" not in str(caught.value)


@pytest.mark.parametrize("region", ["evil.com/#", "us-east-1.evil.com", "a@b", "-x"])
def test_a_region_of_a_profile_is_no_host(
    region: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client_kind: Kind
) -> None:
    """A token must not go to a host that a line break or a slash makes of the region's name."""
    from hashlib import sha1

    monkeypatch.setenv("HOME", str(tmp_path))
    config = tmp_path / "config"
    config.write_text(
        f"[profile p]\nsso_start_url = https://x\nsso_region = {region}\nsso_account_id = 1\nsso_role_name = r\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    JSONFileCache(str(tmp_path / ".aws" / "sso" / "cache"))[sha1(b"https://x").hexdigest()] = {
        "accessToken": "t",
        "expiresAt": "2999-01-01T00:00:00Z",
    }
    client = client_kind.client("sts", client_kind.session(profile_name="p", region_name="us-east-1"))
    with pytest.raises(exceptions.InvalidRegionError):
        client.get_caller_identity()


def test_public_names_are_there() -> None:
    assert sotalia.credentials.JSONFileCache is JSONFileCache
