"""Files of certificates and keys: what is wrong with them is said, and what changed is read again. Real TLS, sync and async."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from sotalia import exceptions
from sotalia.config import Config
from tests.client_kinds import KEYS, Kind

ONCE = {"total_max_attempts": 1}


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def self_signed(folder: Path, name: str) -> None:
    """A certificate ``<name>.pem`` for localhost and its key ``<name>.key``."""
    openssl(
        *(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        *("-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"),
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    for name in ("one", "two"):
        self_signed(folder, name)
    openssl(
        "pkey", "-in", folder / "one.key", "-aes128", "-passout", "pass:word", "-out", folder / "locked.key"
    )
    (folder / "empty").touch()
    (folder / "garbled").write_text("-----BEGIN CERTIFICATE-----\nnonsense\n")
    (folder / "binary").write_bytes(bytes(range(256)))
    (folder / "folder").mkdir()
    os.mkfifo(folder / "fifo")
    (folder / "loop").symlink_to("loop")
    return folder


class Server:
    """An HTTPS server that shows one certificate and, if asked to, wants one of its clients'."""

    def __init__(self, files: Path, certificate: str, client_ca: Path | None = None) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files / f"{certificate}.pem", files / f"{certificate}.key")
        if client_ca is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_ca)
        self.context = context
        self.socket = socket.create_server(("localhost", 0))
        self.url = f"https://localhost:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                plain, _ = self.socket.accept()
            except OSError:
                return
            try:
                with plain, self.context.wrap_socket(plain, server_side=True) as connection:
                    connection.settimeout(10)
                    if connection.recv(65536):
                        connection.sendall(
                            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        )
            except OSError:
                pass


@pytest.fixture
def serve(files: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def serve(certificate: str, client_ca: Path | None = None) -> Server:
        servers.append(Server(files, certificate, client_ca))
        return servers[-1]

    yield serve
    for server in servers:
        server.socket.close()


def call(client_kind: Kind, url: str, verify: Any, client_cert: Any = None, **options: Any) -> None:
    config = Config(client_cert=client_cert, retries=ONCE, s3={"addressing_style": "path"}, **options)
    client_kind.client("s3", endpoint_url=url, verify=verify, config=config).head_bucket(Bucket="bucket")


BAD_BUNDLES = ["nothing", "empty", "garbled", "binary", "fifo", "loop", "nul\0", "one.key"]


@pytest.mark.parametrize("name", BAD_BUNDLES, ids=ascii)
def test_a_bundle_that_cannot_be_used(
    name: str, client_kind: Kind, files: Path, serve: Callable[..., Server]
) -> None:
    with pytest.raises(exceptions.SSLError) as caught:
        call(client_kind, serve("one").url, str(files / name))
    for part in (repr(str(files / name)), "'verify'", "AWS_CA_BUNDLE", "'ca_bundle'"):
        assert part in str(caught.value)


BAD_CERTIFICATES: list[Any] = [
    ("nothing", "nothing"),
    ("empty", "empty"),
    ("garbled", "garbled"),
    ("binary", "binary"),
    ("folder", "folder"),
    ("fifo", "fifo"),
    ("nul\0", "nul\0"),
    ("one.pem", "one.pem"),
    (("one.pem", "nothing"), "nothing"),
    (("one.pem", "fifo"), "fifo"),
    (("one.pem", "folder"), "folder"),
    (("one.pem", "two.key"), "two.key"),
    (("one.pem", "locked.key"), "locked.key"),
    (["nothing", "one.key"], "nothing"),
]


@pytest.mark.parametrize(("names", "named"), BAD_CERTIFICATES, ids=ascii)
def test_a_client_certificate_that_cannot_be_used(
    names: Any, named: str, client_kind: Kind, files: Path, serve: Callable[..., Server]
) -> None:
    paths = str(files / names) if isinstance(names, str) else type(names)(str(files / name) for name in names)
    with pytest.raises(exceptions.SSLError) as caught:
        call(client_kind, serve("one").url, str(files / "one.pem"), paths)
    text = str(caught.value)
    assert str(files / named).replace("\0", "\\x00") in text
    assert "'client_cert' of the Config" in text


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"proxy_ca_bundle": "nothing"}, "nothing"),
        ({"proxy_ca_bundle": "garbled"}, "garbled"),
        ({"proxy_client_cert": "nothing"}, "nothing"),
        ({"proxy_client_cert": ("one.pem", "two.key")}, "two.key"),
        ({"proxy_client_cert": ("one.pem", "locked.key")}, "locked.key"),
    ],
    ids=ascii,
)
def test_files_for_a_proxy(
    settings: dict[str, Any], named: str, client_kind: Kind, files: Path, serve: Callable[..., Server]
) -> None:
    (name, value) = next(iter(settings.items()))
    paths = str(files / value) if isinstance(value, str) else tuple(str(files / part) for part in value)
    config = {"proxies": {"https": serve("one").url}, "proxies_config": {name: paths}}
    with pytest.raises(exceptions.HTTPClientError) as caught:
        call(client_kind, "https://localhost:1", str(files / "one.pem"), **config)
    assert str(files / named) in str(caught.value)
    assert f"'{name}' of 'proxies_config'" in str(caught.value)


@pytest.mark.parametrize("name", ["nothing", "empty", "garbled"])
def test_the_class_is_the_references(
    name: str, client_kind: Kind, files: Path, serve: Callable[..., Server]
) -> None:
    url = serve("one").url
    reference = boto3.Session(**KEYS).client(
        "s3", endpoint_url=url, verify=str(files / name), config=Config(retries=ONCE)
    )
    with pytest.raises(exceptions.BotoCoreError) as expected:
        reference.head_bucket(Bucket="bucket")
    with pytest.raises(exceptions.BotoCoreError) as caught:
        call(client_kind, url, str(files / name))
    assert type(caught.value) is type(expected.value)


def test_a_key_log_that_cannot_be_written(
    client_kind: Kind,
    files: Path,
    serve: Callable[..., Server],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    url = serve("one").url
    for name in ("folder", "fifo", "nothing/log"):
        monkeypatch.setenv("SSLKEYLOGFILE", str(files / name))
        with pytest.raises(exceptions.SSLError, match="SSLKEYLOGFILE"):
            call(client_kind, url, str(files / "one.pem"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "log"))
    call(client_kind, url, str(files / "one.pem"))
    assert (tmp_path / "log").read_text().count("SECRET")


@pytest.mark.parametrize("how", ["in place", "renamed", "same size and time"])
def test_a_bundle_that_changed_is_read_again(
    how: str, client_kind: Kind, files: Path, serve: Callable[..., Server], tmp_path: Path
) -> None:
    one, two, bundle = serve("one"), serve("two"), tmp_path / "bundle.pem"
    length = max((files / name).stat().st_size for name in ("one.pem", "two.pem"))

    def write(name: str) -> None:
        data = (files / name).read_bytes().ljust(length, b"\n")
        target = bundle if how == "in place" else tmp_path / "new.pem"
        target.write_bytes(data)
        os.utime(target, (1, 1))
        target.rename(bundle)

    write("one.pem")
    for url, works in ((one.url, True), (two.url, False)):
        if works:
            call(client_kind, url, str(bundle))
        else:
            with pytest.raises(exceptions.SSLError, match="certificate verify failed"):
                call(client_kind, url, str(bundle))
    write("two.pem")
    call(client_kind, two.url, str(bundle))
    with pytest.raises(exceptions.SSLError, match="certificate verify failed"):
        call(client_kind, one.url, str(bundle))


def hashed(certificate: Path) -> str:
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() + ".0"


def test_a_directory_of_authorities_that_changed_is_read_again(
    client_kind: Kind, files: Path, serve: Callable[..., Server], tmp_path: Path
) -> None:
    one, two = serve("one"), serve("two")
    name = hashed(files / "one.pem")  # Both have one subject, hence one name.
    shutil.copy(files / "one.pem", tmp_path / name)
    call(client_kind, one.url, str(tmp_path))
    shutil.copy(files / "two.pem", tmp_path / name)
    call(client_kind, two.url, str(tmp_path))
    with pytest.raises(exceptions.SSLError):
        call(client_kind, one.url, str(tmp_path))


def test_a_client_certificate_that_changed_is_read_again(
    client_kind: Kind, files: Path, serve: Callable[..., Server], tmp_path: Path
) -> None:
    """As renewed ones are put in place while a program runs."""
    server = serve("one", client_ca=files / "two.pem")
    pair = (tmp_path / "client.pem", tmp_path / "client.key")

    def put(name: str) -> None:
        shutil.copy(files / f"{name}.pem", pair[0])
        shutil.copy(files / f"{name}.key", pair[1])

    put("one")
    with pytest.raises(exceptions.BotoCoreError):
        call(client_kind, server.url, str(files / "one.pem"), tuple(map(str, pair)))
    put("two")
    call(client_kind, server.url, str(files / "one.pem"), tuple(map(str, pair)))


def test_equal_settings_share_a_context(files: Path) -> None:
    from sotalia.transport.tls import tls_context

    bundle, url = str(files / "one.pem"), "https://localhost"
    assert tls_context(bundle, None, url) is tls_context(bundle, None, url)
    assert tls_context(False, None, url).verify_mode == ssl.CERT_NONE
