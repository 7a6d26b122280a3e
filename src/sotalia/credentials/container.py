"""Credentials from the agent of a container (ECS, EKS Pod Identity).

See "Container credential provider" in the AWS SDKs and Tools Reference Guide.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.credentials.metadata_http import MetadataConnection, nobody_there
from sotalia.credentials.provider import CredentialProvider
from sotalia.credentials.token_file import read_token
from sotalia.transport.address import host_and_port, split_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.credentials.settings import ChainSettings
    from sotalia.transport.messages import AWSResponse

_AGENT = "http://169.254.170.2"
_RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
_FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
_PLAIN_HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost")
_ATTEMPTS = 3
_TIMEOUT_SECONDS = 2.0


class ContainerProvider(CredentialProvider):
    """Asks the address in ``AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`` or ``..._FULL_URI``, three times.

    ``pause_seconds`` is how long it waits between two attempts.
    """

    METHOD = "container-role"
    CANONICAL_NAME = "EcsContainer"

    def __init__(self, settings: ChainSettings) -> None:
        super().__init__()
        self._settings = settings
        self.pause_seconds = 1.0

    def _url(self) -> str | None:
        environ = self._settings.environ
        if _RELATIVE in environ:
            return f"{_AGENT}{environ[_RELATIVE]}"
        return environ.get(_FULL)

    async def load(self) -> Any:
        """Credentials, or ``None`` outside of a container. Raises ``CredentialRetrievalError``, ``ValueError``."""
        url = self._url()
        if url is None:
            return None
        check_address(url)

        async def fetch() -> dict[str, Any]:
            return self._parsed(await self._answer(url), url)

        from sotalia.credentials.refreshable import RefreshableCredentials

        return RefreshableCredentials.create_from_metadata(
            await fetch(), fetch, self.METHOD, runtime=self._settings.runtime
        )

    async def _answer(self, url: str) -> AWSResponse:
        headers = await self._headers()
        problem = ""
        async with MetadataConnection(self._settings, url, _TIMEOUT_SECONDS) as connection:
            for attempt in range(_ATTEMPTS):
                if attempt:
                    await self._settings.runtime.sleep(self.pause_seconds)
                try:
                    answer = await connection.send("GET", url, headers)
                except nobody_there() as error:
                    problem = f"no answer ({type(error).__name__})"
                    continue
                if answer.status_code == 200 and _is_json(answer.content):
                    return answer
                # The answer itself may hold a key: messages do not repeat it.
                problem = (
                    "an answer that is not JSON"
                    if answer.status_code == 200
                    else f"status {answer.status_code}"
                )
        raise self._error(f"{problem} from {_shown(url)}, {_ATTEMPTS} times")

    def _parsed(self, answer: AWSResponse, url: str) -> dict[str, Any]:
        import json

        document: dict[str, Any] | list[Any] | str | float | None = json.loads(answer.content)
        found: dict[str, Any] = document if isinstance(document, dict) else {}
        names = ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")
        missing = [name for name in names if name not in found]
        if missing:
            raise self._error(f"the answer of {_shown(url)} lacks {', '.join(missing)}")
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["Token"],
            "expiry_time": found["Expiration"],
            "account_id": found.get("AccountId"),
        }

    def _error(self, message: str) -> Exception:
        error: Exception = exceptions.CredentialRetrievalError(
            provider=self.METHOD, error_msg=f"Error retrieving metadata: {message}"
        )
        return error

    async def _headers(self) -> dict[str, str]:
        environ = self._settings.environ
        if _TOKEN_FILE in environ:
            token = await self._settings.runtime.offload(read_token, environ[_TOKEN_FILE])
        else:
            token = environ.get(_TOKEN, "")
        if "\r" in token or "\n" in token:
            name = _TOKEN_FILE if _TOKEN_FILE in environ else _TOKEN
            raise ValueError(
                f"Auth token value is not a legal header value: what {name} gives holds a line break; remove it"
            )
        return {"Accept": "application/json", **({"Authorization": token} if token else {})}

    def absence(self) -> str:
        """No address is named."""
        return f"the variables {_RELATIVE} and {_FULL} are not set"

    def origin(self) -> str:
        """The variable and its address."""
        return f"{_RELATIVE if _RELATIVE in self._settings.environ else _FULL} = {_shown(self._url() or '')}"


def _shown(url: str) -> str:
    """An address for messages, without what may let somebody in: user, password and query."""
    scheme, authority, path, _ = split_url(url)
    return f"{scheme}://{authority.rpartition('@')[2]}{path}"


def _is_json(body: bytes) -> bool:
    import json

    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def check_address(url: str) -> None:
    """Raise ``ValueError`` for an address that would send the token in the clear to another machine."""
    scheme, authority, _, _ = split_url(url)
    host, _ = host_and_port(authority)
    if scheme == "https" or host.lower() in _PLAIN_HOSTS or _is_loopback(host):
        return
    raise ValueError(
        f"Unsupported host '{host}'.  Can only retrieve metadata from a loopback address or one of these hosts: "
        f"{', '.join(_PLAIN_HOSTS)}"
    )


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False  # A name, which may lead anywhere.
