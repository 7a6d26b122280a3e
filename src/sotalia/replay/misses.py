"""The errors for calls that a cassette does not have."""

from __future__ import annotations

from sotalia.replay.errors import NotRecordedError, UsedUpError
from sotalia.replay.nearest import describe_miss, nearest
from sotalia.replay.regions import region_of
from sotalia.runtime import groups

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call.call import Call
    from sotalia.replay.cassettes import Cassette
    from sotalia.replay.recordings import Recording


def miss(
    cassette: Cassette,
    call: Call,
    parameters: dict[str, Any],
    recordings: list[Recording],
    *,
    is_used_up: bool,
) -> NotRecordedError:
    """The error for a call that is not there, or not that many times (``is_used_up``)."""
    operation, region = call.operation, region_of(call.client)
    group = groups.current()
    arguments = (operation.service_id, operation.name, parameters, recordings)
    text = describe_miss(
        *arguments,
        region=region,
        cassette=cassette.name,
        purpose="" if group is None else f"{group.kind} {group.name}",
    )
    if is_used_up:
        text += "\nTo have the last one played again as often as it is asked for, use repeat=True."
    error_class = UsedUpError if is_used_up else NotRecordedError
    return error_class(text, cassette.path, call.name, parameters, nearest(*arguments, region=region))


def too_many_attempts(cassette: Cassette, call: Call, recording: Recording, attempt: int) -> NotRecordedError:
    """The error for an attempt that the recording does not have."""
    count = len(recording.replies)
    return NotRecordedError(
        f"{call.name}: attempt {attempt} is not recorded in {cassette.name}: call {recording.number} has "
        f"{count} attempt{'s' * (count != 1)}, after which the client that recorded it gave up; use the same settings of retries, "
        "or record anew (mode='all')",
        cassette.path,
        call.name,
        recording.parameters,
    )
