"""Defaults modes: sets of defaults that AWS recommends for kinds of applications.

See "Smart configuration defaults" in the AWS SDKs and Tools Reference Guide. A mode replaces defaults only: what you
have configured stays.
"""

from __future__ import annotations

import os

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from sotalia.config.store import ConfigStore

MODES = ("auto", "cross-region", "in-region", "legacy", "mobile", "standard")


def apply_defaults_mode(
    store: ConfigStore,
    mode: str,
    client_region: str | None,
    load: Callable[[], dict[str, Any]],
    environ: Mapping[str, str] = os.environ,
    instance_region: Callable[[], str | None] | None = None,
) -> None:
    """Change the defaults of a store to those of a mode. Raises ``InvalidDefaultsMode``.

    ``instance_region`` asks the instance's metadata service for the region. Only ``auto`` may need it.
    """
    mode = mode.lower()
    if mode not in MODES:
        raise exceptions.InvalidDefaultsMode(mode=mode, valid_modes=", ".join(MODES))
    if mode == "auto":
        mode = mode_by_region(_region_here(environ, instance_region), client_region)
    if mode == "legacy":
        return
    values = _values(mode, load())
    store.set_config_default("retry_mode", values["retryMode"])
    store.set_config_default("sts_regional_endpoints", values["stsRegionalEndpoints"])
    store.set_config_default("s3.us_east_1_regional_endpoint", values["s3UsEast1RegionalEndpoints"])
    store.set_config_default("connect_timeout", values["connectTimeoutInMillis"] / 1000)


def connect_timeout_seconds(mode: str, data: dict[str, Any]) -> float:
    """The connect timeout of a mode other than ``auto`` and ``legacy``."""
    seconds: float = _values(mode, data)["connectTimeoutInMillis"] / 1000
    return seconds


def mode_by_region(here: str | None, client_region: str | None) -> str:
    """``in-region`` if we run in the client's region, else ``cross-region``; ``standard`` if our region is unknown."""
    if not here:
        return "standard"
    return "in-region" if here == client_region else "cross-region"


def _values(mode: str, data: dict[str, Any]) -> dict[str, Any]:
    base: dict[str, dict[str, Any] | str] = data["base"]
    values: dict[str, Any] = {
        name: entry["value"] if isinstance(entry, dict) else entry for name, entry in base.items()
    }
    for name, change in data["modes"].get(mode, {}).items():
        values[name] = _changed(values.get(name), change)
    return values


def _changed(value: Any, change: dict[str, Any]) -> Any:
    if "override" in change:
        return change["override"]
    if "multiply" in change:
        return value * change["multiply"]
    return value + change["add"]


def _region_here(environ: Mapping[str, str], instance_region: Callable[[], str | None] | None) -> str | None:
    """The region that we run in, or ``None``: from the variables of Lambda and the like, else from the instance."""
    here = None
    if environ.get("AWS_EXECUTION_ENV"):
        here = environ.get("AWS_REGION", environ.get("AWS_DEFAULT_REGION"))
    if not here and instance_region is not None:
        try:
            here = instance_region()
        except Exception:
            here = None  # Outside of EC2 there is no metadata service.
    return here
