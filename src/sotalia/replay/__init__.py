"""Record calls, and play them back: :func:`sotalia.cassette`. ``docs/cassettes.md`` is the guide."""

from __future__ import annotations

from sotalia.replay.cassettes import Cassette, cassette
from sotalia.replay.errors import CassetteError, CassetteFileError, NotRecordedError, UsedUpError
from sotalia.replay.secrecy import account_ids

__all__ = [
    "Cassette",
    "CassetteError",
    "CassetteFileError",
    "NotRecordedError",
    "UsedUpError",
    "account_ids",
    "cassette",
]
