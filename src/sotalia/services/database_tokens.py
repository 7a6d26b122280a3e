"""Tokens by which databases let in whoever has IAM's permission: a presigned URL in the place of a password."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient

_SECONDS = 900


def add_rds_token(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """RDS clients can make tokens."""
    class_attributes["generate_db_auth_token"] = generate_db_auth_token


def add_dsql_tokens(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """DSQL clients can make tokens."""
    class_attributes["generate_db_connect_auth_token"] = generate_db_connect_auth_token
    class_attributes["generate_db_connect_admin_auth_token"] = generate_db_connect_admin_auth_token


def generate_db_auth_token(
    self: Any,
    DBHostname: str,  # noqa: N803 - the reference's public names
    Port: int,  # noqa: N803
    DBUsername: str,  # noqa: N803
    Region: str | None = None,  # noqa: N803
) -> Any:
    """A password for one database user, good for 15 minutes to connect with. See "IAM database authentication"."""
    body = {"Action": "connect", "DBUser": DBUsername}
    return _token(self, f"{DBHostname}:{Port}", "connect", body, "rds-db", Region, _SECONDS)


def generate_db_connect_auth_token(
    self: Any,
    Hostname: str,  # noqa: N803
    Region: str | None = None,  # noqa: N803
    ExpiresIn: int = _SECONDS,  # noqa: N803
) -> Any:
    """A password for a database role other than ``admin``."""
    return _token(self, Hostname, "DbConnect", {"Action": "DbConnect"}, "dsql", Region, ExpiresIn)


def generate_db_connect_admin_auth_token(
    self: Any,
    Hostname: str,  # noqa: N803
    Region: str | None = None,  # noqa: N803
    ExpiresIn: int = _SECONDS,  # noqa: N803
) -> Any:
    """A password for the role ``admin``."""
    return _token(self, Hostname, "DbConnectAdmin", {"Action": "DbConnectAdmin"}, "dsql", Region, ExpiresIn)


def _token(
    client: BaseClient,
    host: str,
    operation_name: str,
    body: dict[str, str],
    signing_name: str,
    region: str | None,
    expires_in: int,
) -> Any:
    request = {
        "method": "GET",
        "url": f"https://{host}/",
        "headers": {},
        "body": body,
        "context": {"is_presign_request": True},
    }
    work = _presigned(client, request, operation_name, signing_name, region, expires_in)
    return client.meta.runtime.run(work)


async def _presigned(
    client: BaseClient,
    request: dict[str, Any],
    operation_name: str,
    signing_name: str,
    region: str | None,
    expires_in: int,
) -> str:
    url: str = await client.parts.signer.presign_url(
        request, operation_name, expires_in, region, signing_name
    )
    return url.removeprefix("https://")
