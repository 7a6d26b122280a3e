"""Secrets to be planted in calls, and what the tables of them have in common; see ``test_recorded_secrets.py``."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sotalia.config import Config
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind

# Characters that each encoding writes in another way stand between parts that all write alike: those are searched for.
MARK = 'Zq7headKd/+=Xmid9QxW&<"tail4WzB'
KEY_ID = "AKIAZQ7KEYID9XMID4WZ"
SECRET_KEY = "Zq7headKd/+Xmid9QxW/tail4WzB+sk"
TOKEN = "IQoZq7headKd//Xmid9QxW+tail4WzB=="
# Of presigned URLs.
SIGNED = f"https://b.s3.amazonaws.com/k?X-Amz-Credential={KEY_ID}%2Fx&X-Amz-Signature=Zq7headKdXmid9QxW&X-Amz-Security-Token={quote(TOKEN, safe='')}"
CUSTOMER_KEY = "Zq7headKdXmid9QxWtail4WzB1234567"
ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=True)

LEAKS: dict[str, Callable[[Scene], Any]] = {}


def leak(function: Callable[[Scene], Any]) -> Callable[[Scene], Any]:
    """A row of the table."""
    LEAKS[function.__name__] = function
    return function


class Scene:
    """A client with secret keys that answers from a script."""

    def __init__(self, client_kind: Kind, folder: Path, environment: Any) -> None:
        self.kind, self.folder, self.environment = client_kind, folder, environment
        self.transport: Any = None

    def client(self, service: str, *script: Any, **arguments: Any) -> Any:
        """A client whose service answers these, with keys that are secrets."""
        from sotalia.transport.scripted import ScriptedTransport

        self.transport = ScriptedTransport(list(script) or [answer()])
        keys: dict[str, Any] = {
            "aws_access_key_id": KEY_ID,
            "aws_secret_access_key": SECRET_KEY,
            "aws_session_token": TOKEN,
            "region_name": "us-west-2",
            **arguments.pop("keys", {}),
        }
        session = self.kind.session(
            **{k: v for k, v in keys.items() if v is not None}, transport=self.transport
        )
        return self.kind.client(service, session, **{"config": ONCE, **arguments})


def js(value: Any, status: int = 200, **headers: str) -> Any:
    return answer(
        status, {"content-type": "application/x-amz-json-1.1", **headers}, json.dumps(value).encode()
    )


def xml(text: str, status: int = 200, **headers: str) -> Any:
    return answer(status, {"content-type": "text/xml", **headers}, text.encode())


def escaped(text: str) -> str:
    from xml.sax.saxutils import escape

    return escape(text)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
