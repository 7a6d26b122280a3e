"""Where the credentials of an async client will come from, before it has looked: from variables and files alone.

Sources that send requests or start programs are not asked. Where one of those has its turn, the search ends.
"""

from __future__ import annotations

import os

from sotalia.credentials.chain import told
from sotalia.credentials.objects import Credentials
from sotalia.credentials.precedence import summaries
from sotalia.runtime.redaction import redact_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.session.core import SessionCore

#: Sources that only read.
_LOCAL = ("env", "shared-credentials-file", "config-file", "ec2-credentials-file", "boto-config")
#: Others, with the settings of a profile and the variables that give them something to do.
_SETTINGS = {
    "assume-role": ("role_arn",),
    "assume-role-with-web-identity": ("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    "sso": ("sso_session", "sso_start_url", "sso_account_id"),
    "login": ("login_session",),
    "custom-process": ("credential_process",),
}


class Source:
    """The source that wins as far as can be told. ``keys`` where they stand in a variable or a file, as they are."""

    __slots__ = ("keys", "method", "origin")

    def __init__(self, method: str | None, origin: str, keys: Credentials | None = None) -> None:
        self.method, self.origin, self.keys = method, origin, keys


def source_to_be(session: SessionCore) -> Source:
    """The source that the first call will take."""
    profile: dict[str, Any] = session.get_scoped_config()
    for provider in session.credential_provider.providers:
        method = str(getattr(provider, "METHOD", type(provider).__name__))
        if method in _LOCAL and type(provider).__module__.startswith("sotalia."):
            try:
                found = provider.load()
            except Exception as error:
                return Source(method, redact_text(f"{type(error).__name__}: {error}"))
            if found is not None:
                origin = told(provider, "origin", summaries().get(method, method))
                return Source(method, redact_text(origin), found if type(found) is Credentials else None)
        elif method not in _SETTINGS:
            return Source(
                None, f"none in variables and files: the first call asks {method}, and what comes after it"
            )
        elif any(name in profile or os.environ.get(name) for name in _SETTINGS[method]):
            return Source(method, summaries().get(method, method))
    return Source(None, "none: no source has any")
