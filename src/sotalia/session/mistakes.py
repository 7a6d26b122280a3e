"""What to say of names and settings that a session does not have: what was meant, and what to write."""

from __future__ import annotations

import os

from sotalia.runtime.spelling import closest, did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sotalia.session.core import SessionCore

_MAKE_CLIENTS = "clients are made by session.client('s3'); of sotalia.AsyncSession they are async"
#: How other packages say it, and what to write here.
HABITS = {
    "AioSession": "use sotalia.AsyncSession",
    "create_client": _MAKE_CLIENTS,
    "get_config_variable": "use session.region_name and session.profile_name, or session._session.get_config_variable",
    "get_service_model": "use session.client(...).meta.service_model",
    "get_session": "make one: sotalia.Session(), or sotalia.AsyncSession() for async clients",
    "register": "use session.events.register",
    "set_credentials": "give keys to the session when you make it: Session(aws_access_key_id=...)",
    "unregister": "use session.events.unregister",
}


def unknown_name(owner: str, name: str, known: Iterable[str]) -> str:
    """The text of the ``AttributeError`` of a session or of this package."""
    text = f"{owner} has no attribute {name!r}"
    if name.startswith("_"):
        return text
    if name in HABITS:
        return f"{text}: {HABITS[name]}"
    return f"{text}{did_you_mean(name, (other for other in known if not other.startswith('_')))}"


def explain_missing_region(error: Any, session: SessionCore) -> None:
    """Say in notes behind the reference's text how to set a region, and where one was nearly set."""
    other = os.environ.get("AWS_REGION")
    if other:
        error.add_note(
            "AWS_REGION is set, but not read: by boto3's rules the variable is AWS_DEFAULT_REGION. Set that one too."
        )
    profile = session.profile or "default"
    for key in session.get_scoped_config():
        if key != "region" and closest(key, ("region",)):
            error.add_note(f"Profile {profile!r} has the key {key!r}; write 'region'.")
    if not other:
        error.add_note(
            f"Give region_name=... to client() or to the session, set AWS_DEFAULT_REGION, or write region = ... into the "
            f"profile {profile!r} of {session.config_file}."
        )
