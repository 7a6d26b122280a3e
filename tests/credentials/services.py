"""One small server in place of STS, SSO, SSO's OIDC service, sign-in, a container's agent and IMDS.

It answers by what it is asked, the same every time: the keys of a role come from its name, its arguments and who asks.
``answers`` overrides an answer by ``"METHOD path"``; ``seen`` is what was asked, as ``(method, path, headers, body)``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

FUTURE = "2099-01-01T00:00:00Z"
FUTURE_MILLISECONDS = 4070908800000
ROLES = "/latest/meta-data/iam/security-credentials/"
Answer = tuple[int, Any]


class Services:
    """The running server."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.seen: list[tuple[str, str, dict[str, str], str]] = []
        self.answers: dict[str, Answer | Callable[[], Answer]] = {}

    def asked(self, path: str) -> list[tuple[str, str, dict[str, str], str]]:
        return [one for one in self.seen if urlsplit(one[1]).path == path]

    def operations(self) -> list[str]:
        """The STS operations asked for, in order."""
        return [dict(parse_qsl(body))["Action"] for _, _, _, body in self.asked("/")]

    def answer(self, method: str, target: str, headers: dict[str, str], body: str) -> Answer:
        path = urlsplit(target).path
        told = self.answers.get(f"{method} {path}")
        if told is not None:
            return told() if callable(told) else told
        if path.startswith("/imds"):
            _, kind, rest = path.split("/", 2)
            return _imds(kind, method, "/" + rest)
        if path.startswith("/container"):
            return (500, "sorry") if path.endswith("broken") else (200, _keys("CONTAINER"))
        if path == "/":
            return _sts(dict(parse_qsl(body)), headers.get("authorization", ""))
        if path == "/federation/credentials":
            return _sso(target, headers)
        if path == "/token":
            return 200, {"accessToken": "RENEWED", "expiresIn": 28800, "refreshToken": "REFRESH-2"}
        return 404, ""


def _digest(*parts: str) -> str:
    return sha1("|".join(parts).encode()).hexdigest()[:16].upper()


def _keys(name: str) -> dict[str, str]:
    return {
        "AccessKeyId": f"AK-{name}",
        "SecretAccessKey": f"SK-{name}",
        "Token": f"T-{name}",
        "Expiration": FUTURE,
    }


def _imds(kind: str, method: str, path: str) -> Answer:
    if kind == "imds-none":
        return 404, ""
    if path == "/latest/api/token":
        return {"imds-v1": (404, ""), "imds-400": (400, "")}.get(kind, (200, "IMDS-TOKEN"))
    if path == ROLES:
        return 200, "my-role"
    if path == ROLES + "my-role":
        if kind == "imds-code":
            return 200, {"Code": "AssumeRoleUnauthorizedAccess", "Message": "no"}
        return (200, "not json") if kind == "imds-text" else (200, _keys("INSTANCE"))
    if path == "/latest/meta-data/placement/availability-zone/":
        return 200, "eu-central-1b"
    return 404, ""


def _sts(parameters: dict[str, str], authorization: str) -> Answer:
    """Keys made of the role, its arguments, and the access key that signed."""
    who = authorization.partition("Credential=")[2].partition("/")[0] or "UNSIGNED"
    if parameters.get("RoleSessionName", "").startswith(("botocore-session-", "sotalia-session-")):
        del parameters["RoleSessionName"]
    if "denied" in parameters["RoleArn"]:
        message = "<Type>Sender</Type><Code>AccessDenied</Code><Message>not you</Message>"
        return 403, f"<ErrorResponse><Error>{message}</Error><RequestId>r</RequestId></ErrorResponse>"
    name = _digest(who, json.dumps(parameters, sort_keys=True))
    action = parameters["Action"]
    arn = f"arn:aws:sts::{_account(parameters['RoleArn'])}:assumed-role/x/y"
    return 200, (
        f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
        f"<AssumedRoleUser><AssumedRoleId>I:y</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser><Credentials>"
        f"<AccessKeyId>AK-{name}</AccessKeyId><SecretAccessKey>SK-{name}</SecretAccessKey>"
        f"<SessionToken>T-{name}</SessionToken><Expiration>{FUTURE}</Expiration></Credentials>"
        f"</{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    )


def _account(role_arn: str) -> str:
    parts = role_arn.split(":")
    return parts[4] if len(parts) > 4 else "000000000000"


def _sso(target: str, headers: dict[str, str]) -> Answer:
    query = parse_qs(urlsplit(target).query)
    token = headers.get("x-amz-sso_bearer_token", "")
    if token == "REVOKED":
        return 401, {"__type": "UnauthorizedException", "message": "no"}
    name = _digest(token, query["role_name"][0], query["account_id"][0])
    return 200, {
        "roleCredentials": {
            "accessKeyId": f"AK-{name}",
            "secretAccessKey": f"SK-{name}",
            "sessionToken": f"T-{name}",
            "expiration": FUTURE_MILLISECONDS,
        }
    }


@contextmanager
def serving_services() -> Iterator[Services]:
    """Serve on a free port until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = (
            65536  # head and body in one packet: else each answer waits for the acknowledgement of its head
        )

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            services.seen.append((self.command, self.path, headers, body))
            status, value = services.answer(self.command, self.path, headers, body)
            content = (value if isinstance(value, str) else json.dumps(value)).encode()
            self.send_response(status)
            if isinstance(value, dict) and "__type" in value:
                self.send_header("x-amzn-ErrorType", value["__type"])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def do_PUT(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    services = Services(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield services
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
