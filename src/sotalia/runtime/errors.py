"""Errors of ours, which the reference has none for. Import them from :mod:`sotalia.exceptions`, which loads them when one is raised."""

from __future__ import annotations

from botocore import exceptions
from botocore.exceptions import BotoCoreError


class RequestBodyLengthError(BotoCoreError):  # type: ignore[misc]
    """A body has another length than its request announced; no retry helps. The connection was closed."""

    fmt = "The request was not completed: {reason}. Give the length that the body has, or let it be measured."


class DeadlineExceededError(BotoCoreError):  # type: ignore[misc]
    """A call did not end before its deadline. ``kwargs["phase"]`` is what used it up. It is not tried again."""

    fmt = "The deadline of {seconds} s passed while {phase}. Allow more time, or fewer retries and shorter timeouts by Config."


class UnknownServiceError(exceptions.UnknownServiceError):  # type: ignore[misc]
    """The reference's error, which names all services, with what was meant before a few of them.

    ``kwargs`` are the reference's, and what the text is made of, so that it is the same when the error was pickled.
    """

    fmt = "Unknown service: {shown_name}{hint} Valid service names are: {shown_services}"


class UnknownMethodError(BotoCoreError, KeyError):  # type: ignore[misc]
    """A client has no method of this name. It is a ``KeyError``, as boto3 raises for it; ``kwargs["method_name"]`` is the name."""

    fmt = "The client has no method {method_name}{hint}"

    __str__ = Exception.__str__  # That of KeyError shows its argument's repr.
