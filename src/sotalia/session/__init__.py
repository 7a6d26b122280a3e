"""Sessions, under the name of ``boto3.session``: configuration, credentials, handlers, and where clients come from."""

from __future__ import annotations

from sotalia.runtime.reference_names import stand_in
from sotalia.session.session import AsyncSession, Session

TYPE_CHECKING = False

__all__ = ["AsyncSession", "Session"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__, Config="sotalia.config:Config")
