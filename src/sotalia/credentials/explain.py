"""Why these credentials: which source was asked, why it was passed over, which one won, and when what it gave expires.

Nothing here holds a key, a token, or any part of one; only where they stand.
"""

from __future__ import annotations

from sotalia.credentials.chain import told
from sotalia.credentials.objects import freeze
from sotalia.credentials.precedence import summaries
from sotalia.credentials.report import (
    FAILED,
    LEFT_OUT,
    NOT_ASKED,
    PASSED_OVER,
    WON,
    Explanation,
    SourceReport,
)
from sotalia.runtime import resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


async def explain(
    resolver: Any,
    profile: str,
    *,
    given: Any = None,
    left_out: dict[str, str] | None = None,
    profile_variable: str | None = None,
    fetch: bool = True,
) -> Explanation:
    """Ask every source in turn, and tell.

    ``given`` are credentials set in code, which win without anybody being asked. ``left_out`` are sources that are not in
    the chain, with the reason. With ``fetch`` the winner's keys are also fetched, as the first request would do (STS or
    SSO may be asked, and a person for an MFA code): only then is it known when they expire. ``profile_variable`` is the
    environment variable that names the profile.
    """
    reports = [
        SourceReport(method=method, summary=summaries().get(method, ""), outcome=LEFT_OUT, reason=reason)
        for method, reason in (left_out or {}).items()
    ]
    found, winner, error = given, None, None
    if given is not None:
        winner = str(getattr(given, "method", "explicit"))
        summary = "keys given in code"
        reports.insert(0, SourceReport(method=winner, summary=summary, outcome=WON, reason=summary))
    origin = "keys given in code" if given is not None else ""
    for provider in resolver.providers:
        method = str(provider.METHOD)
        if winner is not None or error is not None:
            reason = f"{winner} came first" if winner else "the search had ended"
            outcome = NOT_ASKED
        else:
            found, outcome, reason, error = await _asked(provider)
            if outcome == WON:
                winner, origin = method, reason
        summary = summaries().get(method, f"added by hand: {type(provider).__name__}")
        reports.append(SourceReport(method=method, summary=summary, outcome=outcome, reason=reason))
    known: dict[str, Any] = {"refreshes": _refreshes(found)}
    if found is not None and fetch:
        known, error = await _fetched(found)
    note = ""
    if winner == "env" and profile_variable is not None:
        note = (
            f"{profile_variable} names the profile {profile!r}, but keys in variables go before it: unset them, or name "
            "the profile in code"
        )
    return Explanation(
        profile=profile,
        sources=tuple(reports),
        winner=winner,
        origin=origin,
        error=error,
        note=note,
        **known,
    )


async def _asked(provider: Any) -> tuple[Any, str, str, str | None]:
    """What a provider gave, what became of it, why, and the error that ends the search."""
    try:
        found = await resolved(provider.load())
    except Exception as error:
        return None, FAILED, _told(error), _told(error)
    if found is None:
        return None, PASSED_OVER, told(provider, "absence", "it has no credentials"), None
    return found, WON, told(provider, "origin", type(provider).__name__), None


async def _fetched(found: Any) -> tuple[dict[str, Any], str | None]:
    try:
        frozen = await freeze(found)
    except Exception as error:
        return {"refreshes": _refreshes(found)}, _told(error)
    known = {
        "account_id": getattr(frozen, "account_id", None),
        "expires_at": getattr(found, "_expiry_time", None),
        "refreshes": _refreshes(found),
    }
    return known, None


def _refreshes(found: Any) -> bool:
    return hasattr(found, "refresh_needed")


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
