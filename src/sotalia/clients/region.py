"""The region of a client: the caller's, else the session's; checked, as it becomes part of a host name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.runtime.logs import logger

if TYPE_CHECKING:
    from sotalia.config.client_config import AnyConfig
    from sotalia.config.settings import SessionSettings

_LABEL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


def choose_region(session: SessionSettings, region_name: str | None, config: AnyConfig | None) -> str | None:
    """The region of a new client. Raises ``InvalidRegionError``, ``TypeError`` for what is not text."""
    if region_name is None:
        region_name = getattr(config, "region_name", None)
    if region_name is None:
        region_name = _configured_region(session)
    check_region(region_name)
    if region_name is not None and type(region_name) is not str:
        region_name = str.__str__(region_name)  # Members of an Enum print their name, not their value.
    return region_name


def _configured_region(session: SessionSettings) -> str | None:
    region: str | None = session.config_store.get_config_variable("region")
    try:
        check_region(region)
    except exceptions.InvalidRegionError as error:
        from sotalia.config.mistakes import located

        raise located(error, session.where("region")) from None
    return region


def check_region(region_name: str | None) -> None:
    """Raise ``InvalidRegionError`` for what cannot be part of a host name, ``TypeError`` for what is not text."""
    # The empty text is a region for the reference: with an address of its own, a client needs none.
    if region_name is None or region_name == "":
        return
    if not isinstance(region_name, str):
        raise TypeError(f"region_name must be text such as 'us-east-1', not {type(region_name).__name__}")
    if not (
        len(region_name) <= 63
        and _LABEL.issuperset(region_name)
        and region_name[0] != "-"
        and region_name[-1] != "-"
        and not region_name.isdigit()
    ):
        raise exceptions.InvalidRegionError(region_name=region_name)


def without_fips(region_name: str | None, use_fips: Any) -> tuple[str | None, bool]:
    """Region and flag of a legacy pseudo region (``fips-us-east-1``); any other stays as it is."""
    if region_name is None or not (region_name.startswith("fips-") or region_name.endswith("-fips")):
        return region_name, bool(use_fips)
    bare = region_name.replace("fips-", "").replace("-fips", "")
    logger(__name__).warning(
        "transforming region from %s to %s and setting use_fips_endpoint to true. client should not be configured with a "
        "fips psuedo region.",
        region_name,
        bare,
    )
    return bare, True
