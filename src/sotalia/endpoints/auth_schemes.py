"""Choose one of an endpoint's auth schemes: the signature version, and the region and name to sign for."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.auth import is_signer_available
from sotalia.config.unsigned import is_unsigned
from sotalia.config.variables import as_boolean

#: Signature versions by the names of schemes in ``auth_scheme_preference``.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Names of schemes as a preference lists them, and the signature versions they stand for.
PREFERENCE_NAMES = {
    "sigv4": "v4",
    "sigv4a": "v4a",
    "httpBearerAuth": "bearer",
    "noAuth": "none",
}

#: Signature versions by the names of schemes in service models.
MODEL_SCHEMES = {
    "aws.auth#sigv4": "v4",
    "aws.auth#sigv4a": "v4a",
    "smithy.api#httpBearerAuth": "bearer",
    "smithy.api#noAuth": "none",
}


def choose_auth_scheme(
    schemes: list[dict[str, Any]], requested: Any, preference: str | None
) -> tuple[str | None, dict[str, Any]]:
    """Choose signature version and signing context for a request.

    ``requested`` is the version of the client's configuration. If no scheme fits it, the signer chooses. Raises
    ``MissingDependencyException`` or ``UnknownSignatureVersionError`` if no scheme can be used.
    """
    if requested is not None and is_unsigned(requested):
        return "none", {}
    # Rule sets write "sigv4", the table of signers "v4".
    named = [(scheme["name"].removeprefix("sig"), scheme) for scheme in schemes]
    if requested is not None:
        for name, scheme in named:
            if _fits(requested, name):
                return requested, _signing_context(scheme)
        return None, {}
    usable = [(name, scheme) for name, scheme in named if is_signer_available(name)]
    if not usable:
        names = [name for name, _ in named]
        if any("v4a" in name for name in names):
            raise exceptions.MissingDependencyException(
                msg="This operation requires an additional dependency. Use pip install 'sotalia[crt]' before proceeding."
            )
        raise exceptions.UnknownSignatureVersionError(signature_version=", ".join(names))
    for wanted in preferred(preference):
        for name, scheme in usable:
            if name == wanted:
                return name, _signing_context(scheme)
    name, scheme = usable[0]
    return name, _signing_context(scheme)


def preferred(preference: str | None) -> list[str]:
    """The signature versions of a preference list. Unknown names are skipped."""
    if not preference:
        return []
    names = [name.strip(" \t") for name in preference.split(",")]
    return [PREFERENCE_NAMES[name] for name in names if name in PREFERENCE_NAMES]


def _fits(requested: str, name: str) -> bool:
    # "s3v4-query" is a "v4", but "s3" is S3's own Signature Version 2.
    bare = requested.split("-", 1)[0]
    if bare != "s3" and bare.startswith("s3"):
        bare = bare[2:]
    return bare == name


def _signing_context(scheme: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if "signingRegion" in scheme:
        context["region"] = scheme["signingRegion"]
    elif scheme.get("signingRegionSet"):
        context["region"] = ",".join(scheme["signingRegionSet"])
    if "signingName" in scheme:
        context["signing_name"] = scheme["signingName"]
    if "disableDoubleEncoding" in scheme:
        context["disableDoubleEncoding"] = as_boolean(scheme["disableDoubleEncoding"])
    return context
