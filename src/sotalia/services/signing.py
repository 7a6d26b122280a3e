"""Which signature an operation gets, beyond what its client is configured for."""

from __future__ import annotations

import os

from sotalia.config.unsigned import unsigned
from sotalia.endpoints.auth_schemes import MODEL_SCHEMES, preferred

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_S3_NAMES = frozenset(("s3", "s3-outposts", "s3-object-lambda", "s3express"))


def do_not_sign(**kwargs: Any) -> Any:
    """For operations that hand out credentials, and so work without."""
    return unsigned()


def choose_signer_of_operation(context: dict[str, Any], signing_name: str, **kwargs: Any) -> Any:
    """What the operation or its endpoint asks for: ``context["auth_type"]``."""
    auth_type = context.get("auth_type")
    if not auth_type:
        return None
    if auth_type == "none":
        return unsigned()
    if auth_type == "bearer":
        return "bearer"
    if context.get("unsigned_payload") or auth_type == "v4-unsigned-body":
        context["payload_signing_enabled"] = False
    if not auth_type.startswith("v4") or auth_type == "v4-s3express":
        return auth_type if auth_type == "v4-s3express" else None
    version = "v4"
    if auth_type == "v4a":
        version = "v4a"
        signing = context.setdefault("signing", {})
        signing.update(region=_region_set(context), signing_name=signing_name)
    return f"s3{version}" if signing_name in _S3_NAMES else version


def _region_set(context: dict[str, Any]) -> str:
    configured = getattr(context.get("client_config"), "sigv4a_signing_region_set", None)
    return configured or context.get("signing", {}).get("region") or "*"


def choose_preferred_signer(context: dict[str, Any], signing_name: str, **kwargs: Any) -> Any:
    """What the caller prefers among the schemes of the service; for Bedrock, a bearer token of the environment."""
    options = context.get("auth_options")
    config = context.get("client_config")
    if not options or context.get("auth_type"):
        return None
    preference = getattr(config, "auth_scheme_preference", None)
    if not preference and signing_name != "bedrock":
        return None
    versions = [MODEL_SCHEMES.get(option) for option in options]
    for version in preferred(preference):
        if version in versions:
            return _answer(version, versions)
    if signing_name == "bedrock" and "AWS_BEARER_TOKEN_BEDROCK" in os.environ and "bearer" in versions:
        return "bearer"
    return None


def _answer(version: str, versions: list[str | None]) -> Any:
    if version == versions[0]:
        return None  # That is what happens anyway.
    return unsigned() if version == "none" else version
