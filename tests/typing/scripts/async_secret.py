"""Read a secret."""

from __future__ import annotations

from aiobotocore.session import get_session


async def password(name: str) -> str:
    async with get_session().create_client("secretsmanager") as secrets:
        try:
            value = await secrets.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
        except secrets.exceptions.ResourceNotFoundException:
            return ""
        return value["SecretString"]
