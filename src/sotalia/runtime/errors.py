"""Errors that only this transport raises. Import them from :mod:`sotalia.exceptions`, which loads them when one is raised."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError


class RequestBodyLengthError(BotoCoreError):  # type: ignore[misc]
    """A body has another length than its request announced; no retry helps. The connection was closed."""

    fmt = "The request was not completed: {reason}. Give the length that the body has, or let it be measured."
