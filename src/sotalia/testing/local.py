"""An embedded AWS for trying things and for tests: moto's server on a free loopback port.

>>> from sotalia.testing import LocalAWS
>>> with LocalAWS() as aws:
...     aws.client("s3").create_bucket(Bucket="here")["ResponseMetadata"]["HTTPStatusCode"]
200

Needs the extra ``sotalia[local]``. Everything lives in memory and is gone at the end; those that run in one process at the
same time share what they hold. ``sotalia local`` starts one from the command line.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from sotalia.session.session import AnySession

_REGION = "us-east-1"
# Any keys will do: moto takes the account from them, and these are the ones its documentation uses.
_KEYS: dict[str, Any] = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
_running: set[LocalAWS] = set()


def running_addresses() -> list[str]:
    """The addresses of those that run in this process."""
    return sorted(aws.endpoint_url for aws in list(_running))


class LocalAWS:
    """A running embedded AWS; ``with`` starts and stops it, and so do :meth:`start` and :meth:`stop`.

    ``port`` 0 (the default) takes a free one. ``endpoint_url`` is its address once started. ``persist`` is a directory, made if
    it is missing, in which the next one finds again what this one was told: see :mod:`sotalia.testing.persistence`.
    """

    def __init__(self, port: int = 0, host: str = "127.0.0.1", *, persist: str | None = None) -> None:
        self._host = host
        self._port = port
        self._persist = persist
        self._server: Any = None
        self._thread: Any = None
        self.endpoint_url = ""

    def start(self) -> LocalAWS:
        """Start serving in a thread of its own; once started, this does nothing.

        Raises ``ImportError`` saying what to install, ``OSError`` for a port or a directory that cannot be had, ``ValueError``
        for a file of requests that is damaged.
        """
        if self._server is not None:
            return self
        import logging
        import threading

        try:
            from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
            from werkzeug.serving import WSGIRequestHandler, make_server
        except ImportError as error:
            raise ImportError(
                f"the embedded AWS needs moto's server ({error}); install it with: pip install 'sotalia[local]'"
            ) from error

        class KeepAlive(WSGIRequestHandler):
            protocol_version = "HTTP/1.1"

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._check_port()
        from sotalia.testing.moto_worlds import outside

        # Others of this process, in worlds of their own, use the same moto.
        application: Any = outside(DomainDispatcherApplication(create_backend_app))
        requests = None
        if self._persist is not None:
            import os

            from sotalia.testing.persistence import RequestFile

            os.makedirs(self._persist, mode=0o700, exist_ok=True)
            requests = RequestFile(os.path.join(self._persist, "requests.jsonl"))
        self._server = make_server(
            self._host,
            self._port,
            application if requests is None else requests.wrap(application),
            threaded=True,
            request_handler=KeepAlive,
        )
        self._server.daemon_threads = True
        if requests is not None:
            try:
                requests.replay(application, f"{self._host}:{self._server.server_port}")
            except BaseException:
                self._server.server_close()
                self._server = None
                raise
        self._thread = threading.Thread(target=self._server.serve_forever, name="sotalia-local", daemon=True)
        self._thread.start()
        self.endpoint_url = f"http://{self._host}:{self._server.server_port}"
        _running.add(self)
        return self

    def _check_port(self) -> None:
        """Raise ``OSError`` for a port that cannot be had; werkzeug would end the whole program."""
        import socket

        try:
            if not 0 <= self._port <= 65535:
                raise OSError("it must be from 0 to 65535")
            socket.create_server((self._host, self._port)).close()
        except OSError as error:
            reason = error.strerror or error
            raise OSError(
                f"port {self._port} of {self._host} cannot be had ({reason}); give another one, or 0 for one that is free"
            ) from error

    def stop(self) -> None:
        """Stop serving, close the port and forget everything; safe to call twice."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._server = None
        self.endpoint_url = ""
        _running.discard(self)
        if not _running:
            from sotalia.testing.moto_worlds import forget_outside

            forget_outside()

    def client(self, service_name: str, **arguments: Any) -> Any:
        """A client of this AWS: ``Session.client`` with endpoint, region and keys filled in."""
        from sotalia.session import Session

        return self._client(Session(region_name=_REGION, **_KEYS), service_name, arguments)

    def async_client(self, service_name: str, **arguments: Any) -> Any:
        """The same of ``AsyncSession``: for ``async with``."""
        from sotalia.session import AsyncSession

        return self._client(AsyncSession(region_name=_REGION, **_KEYS), service_name, arguments)

    def _client(self, session: AnySession, service_name: str, arguments: dict[str, Any]) -> Any:
        options: dict[str, Any] = {"endpoint_url": self.endpoint_url, **arguments}
        return session.client(service_name, **options)

    def __enter__(self) -> LocalAWS:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<LocalAWS {self.endpoint_url or 'stopped'}>"
