"""Defaults modes: sets of defaults that AWS recommends for kinds of applications.

See "Smart configuration defaults" in the AWS SDKs and Tools Reference Guide. They replace defaults only: whatever somebody
has configured stays.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sotalia import exceptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sotalia.config.store import ConfigStore

MODES = ("auto", "cross-region", "in-region", "legacy", "mobile", "standard")


def apply_defaults_mode(
    store: ConfigStore,
    mode: str,
    client_region: str | None,
    load: Callable[[], dict[str, Any]],
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Change the defaults of a store to those of a mode. Raises ``InvalidDefaultsMode``."""
    mode = mode.lower()
    if mode not in MODES:
        raise exceptions.InvalidDefaultsMode(mode=mode, valid_modes=", ".join(MODES))
    if mode == "auto":
        mode = _guess(client_region, environ)
    if mode == "legacy":
        return
    data = load()
    values = {
        name: entry["value"] if isinstance(entry, dict) else entry for name, entry in data["base"].items()
    }
    for name, change in data["modes"].get(mode, {}).items():
        values[name] = _changed(values.get(name), change)
    store.set_config_default("retry_mode", values["retryMode"])
    store.set_config_default("sts_regional_endpoints", values["stsRegionalEndpoints"])
    store.set_config_default("s3.us_east_1_regional_endpoint", values["s3UsEast1RegionalEndpoints"])
    store.set_config_default("connect_timeout", values["connectTimeoutInMillis"] / 1000)


def _changed(value: Any, change: dict[str, Any]) -> Any:
    if "override" in change:
        return change["override"]
    if "multiply" in change:
        return value * change["multiply"]
    return value + change["add"]


def _guess(client_region: str | None, environ: Mapping[str, str]) -> str:
    """``in-region`` where the environment says that we run in the client's region; ``standard`` where nothing is known."""
    if not environ.get("AWS_EXECUTION_ENV"):
        return "standard"
    here = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if here is None:
        return "standard"
    return "in-region" if here == client_region else "cross-region"
