"""Which proxy is used, and how it is spoken to: IPv6 addresses, ``no_proxy``, TLS to the proxy and to the service."""

from __future__ import annotations

import select
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.utils import get_environ_proxies
from hypothesis import given
from hypothesis import strategies as st

from sotalia import exceptions
from sotalia.auth.sigv4 import headers_to_sign
from sotalia.transport.messages import AWSRequest
from sotalia.transport.proxies import Proxy, environment_proxies
from tests.client_kinds import Kind
from tests.transport.servers import OK, Connection, answering, certificate, serving
from tests.transport.test_faults import Caller, prepared

ROOT = Path(__file__).resolve().parents[2]
PROXY = "http://proxy.example:3128"


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@pytest.fixture
def callers(client_kind: Kind) -> Iterator[Any]:
    made: list[Caller] = []

    def make(**options: Any) -> Caller:
        made.append(Caller(client_kind, **{"connect_timeout": 5, "read_timeout": 5, **options}))
        return made[-1]

    yield make
    for caller in made:
        caller.run(caller.transport.aclose())
        assert caller.transport.pool.in_use == 0, "a connection was not given back"


# -- which one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("no_proxy", "address", "is_bypassed"),
    [
        ("::1", "https://[::1]", True),
        ("::1", "https://[::1]:8443", True),
        ("[::1]", "https://[::1]:8443", True),
        ("[::1]:8443", "https://[::1]:8443", True),
        ("[::1]:8443", "https://[::1]:9000", False),
        ("[::1]:8443", "https://[::1]", False),
        ("0:0:0:0:0:0:0:1", "https://[::1]", True),
        ("2001:DB8::A", "https://[2001:db8:0::a]", True),
        ("a.example, [2001:db8::a]", "https://[2001:DB8::A]:1", True),
        ("2001:db8::a", "https://[2001:db8::b]", False),
        ("8::a", "https://[2001:db8::8:a]", False),
        ("fe80::1", "http://[fe80::1%25eth0]:9000", True),
        ("fe80::1%eth0", "http://[fe80::1%25eth0]:9000", True),
        ("fe80::1%eth1", "http://[fe80::1%25eth0]:9000", False),
        ("1", "https://[::1]", False),
        ("*", "https://[::1]", True),
        ("", "https://[::1]", False),
        ("Example.COM", "https://s3.example.com", True),
        (".example.com", "https://S3.Example.com:443", True),
        ("example.com:443", "https://s3.example.com:443", True),
        ("example.com:444", "https://s3.example.com:443", False),
        ("ample.com", "https://s3.example.com", False),
        ("127.0.0.1", "http://127.0.0.1:9000", True),
        ("127.0.0.1:9000", "http://127.0.0.1:9000", True),
        ("127.0.0.0/8", "http://127.0.0.1:9000", False),  # As in the reference.
    ],
)
def test_no_proxy(no_proxy: str, address: str, is_bypassed: bool) -> None:
    environment = {"https_proxy": PROXY, "http_proxy": PROXY, "no_proxy": no_proxy}
    assert (environment_proxies(address, environment) == {}) is is_bypassed


HOSTS = (
    "s3.amazonaws.com",
    "S3.amazonaws.com:443",
    "127.0.0.1",
    "127.0.0.1:9000",
    "localhost:80",
    "[::1]:80",
    "[::1]",
)
ENTRIES = (
    *HOSTS,
    "amazonaws.com",
    ".amazonaws.com",
    "com",
    "aws.com",
    "0.0.1",
    "::",
    "",
    " ",
    "x",
    "[::1]:81",
    "LOCALHOST",
)


@given(
    st.sampled_from(HOSTS),
    st.lists(st.sampled_from(ENTRIES), max_size=4),
    st.sampled_from(["no_proxy", "NO_PROXY"]),
)
def test_no_proxy_bypasses_where_the_reference_does(host: str, entries: list[str], name: str) -> None:
    environment = {"https_proxy": PROXY, name: ",".join(entries)}
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in environment.items():
            patch.setenv(variable, value)
        expected = get_environ_proxies(f"https://{host}/path")
    expected.pop("no", None)
    assert environment_proxies(f"https://{host}/path", environment) == expected


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("socks5://user:secret@proxy:1080", "'socks5'"),
        ("http://user:secret@proxy:port", "'port'"),
        ("http://user:secret@", "no host"),
        ("http://user:secret@[::1", "IPv6"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(address: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        Proxy(address)
    assert "secret" not in str(caught.value)


# -- IPv6 ----------------------------------------------------------------------------------------------------------


@needs_ipv6
def test_a_service_at_an_ipv6_address(client_kind: Kind, tmp_path: Path) -> None:
    heads: list[bytes] = []

    def handle(connection: Connection) -> None:
        while True:
            heads.append(connection.request()[0])
            connection.send(OK)

    bundle, context = certificate(tmp_path, "::1")
    with serving(handle, context, host="::1") as port:
        url = f"https://[::1]:{port}"
        client = client_kind.client("s3", endpoint_url=url, verify=str(bundle))
        assert client.get_object(Bucket="bucket", Key="key")["Body"].read() == b"ok"
    assert heads[0].startswith(b"GET /bucket/key HTTP/1.1\r\n")
    assert f"\r\nHost: [::1]:{port}\r\n".encode() in heads[0]


@pytest.mark.parametrize(
    ("authority", "connect", "host"),
    [
        ("[::1]", b"[::1]:443", b"[::1]"),
        ("[::1]:8443", b"[::1]:8443", b"[::1]:8443"),
        ("[2001:DB8::A]:443", b"[2001:DB8::A]:443", b"[2001:db8::a]"),
        ("[fe80::1%25eth0]:8443", b"[fe80::1]:8443", b"[fe80::1]:8443"),
        ("127.0.0.1:8443", b"127.0.0.1:8443", b"127.0.0.1:8443"),
        ("b\u00fccher.example", b"xn--bcher-kva.example:443", "b\u00fccher.example".encode()),
    ],
)
def test_an_address_is_asked_for_in_brackets(
    callers: Any, tmp_path: Path, authority: str, connect: bytes, host: bytes
) -> None:
    _, context = certificate(tmp_path)
    heads: list[bytes] = []

    def tunnel(connection: Connection) -> None:
        heads.append(connection.head())
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        connection.raw = context.wrap_socket(connection.raw, server_side=True)
        heads.append(connection.request()[0])
        connection.send(OK)

    with serving(tunnel) as port:
        caller = callers(verify=False, proxies={"https": f"http://127.0.0.1:{port}"})
        assert caller.send(prepared("GET", f"https://{authority}/")).content == b"ok"
    assert heads[0] == b"CONNECT %b HTTP/1.1\r\nHost: %b" % (connect, connect)
    assert b"\r\nHost: %b\r\n" % host in heads[1] + b"\r\n"


@needs_ipv6
def test_a_proxy_at_an_ipv6_address(callers: Any) -> None:
    with serving(answering(), host="::1") as port:
        caller = callers(proxies={"http": f"http://user:secret@[::1]:{port}"})
        assert caller.send(prepared("GET", "http://service.example/")).content == b"ok"


def test_the_zone_of_an_address_is_not_signed() -> None:
    request = AWSRequest(method="GET", url="http://[fe80::1%25eth0]:9000/")
    assert headers_to_sign(request, "http", "[fe80::1%25eth0]:9000") == {"host": "[fe80::1]:9000"}
    assert headers_to_sign(request, "http", "[fe80::1%25eth0]:80") == {"host": "[fe80::1]"}
    assert headers_to_sign(request, "http", "user%20a:p@host:80") == {"host": "host"}


# -- TLS in TLS ----------------------------------------------------------------------------------------------------


class TLSProxy:
    """A proxy that speaks TLS itself and passes on whatever goes through its tunnels."""

    def __init__(self) -> None:
        self.tunnels: list[bytes] = []
        self.upstream: list[socket.socket] = []
        self.downstream: list[Any] = []

    def __call__(self, connection: Connection) -> None:
        head = connection.head()
        self.tunnels.append(head)
        host, _, port = head.split(b" ")[1].decode().rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port))) as upstream:
            self.upstream.append(upstream)
            self.downstream.append(connection.raw)
            connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _relay(connection.raw, upstream)


def _relay(secured: ssl.SSLSocket, upstream: socket.socket) -> None:
    """Pass on what comes, both ways, until either side ends. One thread: two may not use one TLS connection at once."""
    while True:
        readable = [secured] if secured.pending() else select.select([secured, upstream], [], [])[0]
        for source in readable:
            data = source.recv(65536)
            if not data:
                return
            (upstream if source is secured else secured).sendall(data)


@pytest.fixture
def tls(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    return certificate(tmp_path)


def echo(connection: Connection) -> None:
    while True:
        _, body = connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_within_tls(callers: Any, tls: tuple[Path, ssl.SSLContext], version: ssl.TLSVersion) -> None:
    bundle, context = tls
    context.minimum_version = context.maximum_version = version
    proxy = TLSProxy()
    large = bytes(range(256)) * 16 * 1024
    with serving(echo, context) as port, serving(proxy, context) as proxy_port:
        caller = callers(verify=str(bundle), proxies={"https": f"https://u:p@127.0.0.1:{proxy_port}"})
        for body in (b"", b"small", large, large + b"!", b"small"):
            response = caller.send(prepared("PUT", f"https://127.0.0.1:{port}/", data=body))
            assert response.content == body
        response = caller.send(prepared("PUT", f"https://127.0.0.1:{port}/", data=large, stream_output=True))
        assert caller.read(response) == large
        connections = caller.transport.pool
        assert (connections.opened, connections.idle, connections.in_use) == (1, 1, 0)
        if version is ssl.TLSVersion.TLSv1_3:
            assert len(proxy.tunnels) == 1
        caller.transport.close()
        assert b"Proxy-Authorization: Basic dTpw" in proxy.tunnels[0]


def test_uvloop_has_tls_within_tls(tls: tuple[Path, ssl.SSLContext]) -> None:
    """In a process of its own: where a loop in C stands still, only the end of the process helps."""
    pytest.importorskip("uvloop")
    script = textwrap.dedent("""
        import asyncio, faulthandler, sys
        import uvloop
        from sotalia.transport import TransportOptions
        from sotalia.transport.http import asyncio_transport
        from tests.transport.test_faults import prepared

        bundle, port, proxy_port = sys.argv[1:]
        large = bytes(range(256)) * 16 * 1024

        async def scenario():
            transport = asyncio_transport(
                TransportOptions(verify=bundle, proxies={"https": f"https://127.0.0.1:{proxy_port}"})
            )
            for _ in range(3):
                response = await transport.send(prepared("PUT", f"https://127.0.0.1:{port}/", data=large))
                assert response.content == large
            assert transport.pool.opened == 1
            await transport.aclose()

        faulthandler.dump_traceback_later(90, exit=True)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(scenario())
    """)
    bundle, context = tls
    with serving(echo, context) as port, serving(TLSProxy(), context) as proxy_port:
        run = subprocess.run(
            [sys.executable, "-c", script, str(bundle), str(port), str(proxy_port)],
            cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("end", ["upstream", "downstream"])
def test_a_tunnel_that_ends_while_idle_is_replaced(
    callers: Any, tls: tuple[Path, ssl.SSLContext], end: str
) -> None:
    bundle, context = tls
    proxy = TLSProxy()
    with serving(echo, context) as port, serving(proxy, context) as proxy_port:
        caller = callers(verify=str(bundle), proxies={"https": f"https://127.0.0.1:{proxy_port}"})
        for number in range(3):
            response = caller.send(prepared("PUT", f"https://127.0.0.1:{port}/", data=b"x"))
            assert response.content == b"x"
            assert caller.transport.pool.opened == number + 1
            getattr(proxy, end)[-1].shutdown(socket.SHUT_RDWR)
            caller.run(_pause(caller))


async def _pause(caller: Caller) -> None:
    import asyncio
    import time

    if caller._client_kind.is_async:
        await asyncio.sleep(0.1)
    else:
        time.sleep(0.1)  # noqa: ASYNC251 - a sync client has no event loop


def test_bytes_that_nobody_asked_for_end_a_tunnelled_connection(
    callers: Any, tls: tuple[Path, ssl.SSLContext]
) -> None:
    bundle, context = tls

    def talkative(connection: Connection) -> None:
        connection.request()
        connection.send(OK)
        said.wait(5)
        connection.send(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nlate")
        connection.raw.recv(1)

    said = threading.Event()
    with serving(talkative, context) as port, serving(TLSProxy(), context) as proxy_port:
        caller = callers(verify=str(bundle), proxies={"https": f"https://127.0.0.1:{proxy_port}"})
        for _ in range(2):
            assert caller.send(prepared("GET", f"https://127.0.0.1:{port}/")).content == b"ok"
            said.set()
            caller.run(_pause(caller))
            said.clear()
        assert caller.transport.pool.opened == 2


def test_timeouts_within_tls_within_tls(callers: Any, tls: tuple[Path, ssl.SSLContext]) -> None:
    bundle, context = tls

    def slow(connection: Connection) -> None:
        connection.request()
        connection.raw.recv(1)

    with serving(slow, context) as port, serving(TLSProxy(), context) as proxy_port:
        proxies = {"https": f"https://127.0.0.1:{proxy_port}"}
        url = f"https://127.0.0.1:{port}/"
        with pytest.raises(exceptions.ReadTimeoutError):
            callers(verify=str(bundle), proxies=proxies, read_timeout=0.1).send(prepared("GET", url))
        with pytest.raises(exceptions.ReadTimeoutError):
            callers(verify=str(bundle), proxies=proxies).send(
                prepared("GET", url, context={"read_timeout": 0.1})
            )


def test_both_certificates_are_checked(
    callers: Any, tls: tuple[Path, ssl.SSLContext], tmp_path: Path
) -> None:
    bundle, context = tls
    (tmp_path / "other").mkdir()
    other_bundle, other = certificate(tmp_path / "other")
    with serving(echo, context) as port, serving(TLSProxy(), other) as proxy_port:
        proxies = {"https": f"https://127.0.0.1:{proxy_port}"}
        request = prepared("GET", f"https://127.0.0.1:{port}/")
        config = {"proxy_ca_bundle": str(other_bundle)}
        good = callers(verify=str(bundle), proxies=proxies, proxies_config=config)
        assert good.send(request).status_code == 200
        with pytest.raises(exceptions.ProxyConnectionError, match="certificate"):
            callers(verify=str(bundle), proxies=proxies).send(request)
        with pytest.raises(exceptions.SSLError, match="certificate"):
            callers(verify=str(other_bundle), proxies=proxies).send(request)
