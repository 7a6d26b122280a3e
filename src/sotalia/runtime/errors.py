"""Errors of ours, which the reference has none for. Import them from :mod:`sotalia.exceptions`, which loads them when one is raised."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError


class RequestBodyLengthError(BotoCoreError):  # type: ignore[misc]
    """A body has another length than its request announced; no retry helps. The connection was closed."""

    fmt = "The request was not completed: {reason}. Give the length that the body has, or let it be measured."


class DeadlineExceededError(BotoCoreError):  # type: ignore[misc]
    """A call did not end before its deadline. ``kwargs["phase"]`` is what used it up. It is not tried again."""

    fmt = "The deadline of {seconds} s passed while {phase}. Allow more time, or fewer retries and shorter timeouts by Config."


class UnknownMethodError(BotoCoreError, KeyError):  # type: ignore[misc]
    """A client has no method of this name. It is a ``KeyError``, as boto3 raises for it; ``kwargs["method_name"]`` is the name."""

    fmt = "The client has no method {method_name!r}{hint}"

    __str__ = Exception.__str__  # That of KeyError shows its argument's repr.


class ModeledError(ClientError):  # type: ignore[misc]
    """An error that the model of a service names. Import its class from the service's module: ``sotalia.exceptions.s3``.

    The attributes are set by the call that raises the error; of one that a program makes, they are ``None``. What a call
    raises besides, ``ClientError`` and ``BotoCoreError``, carries the same ones.
    """

    #: The service's name, as ``client`` takes it.
    service_name: str | None = None
    #: The id that the service gave to the request.
    request_id: str | None = None
    #: The status of the response.
    status_code: int | None = None
    #: How many attempts were made, the first one included.
    attempts: int | None = None
    #: The region of the client.
    region_name: str | None = None
    #: Scheme, host and port that the last attempt went to.
    endpoint_url: str | None = None
