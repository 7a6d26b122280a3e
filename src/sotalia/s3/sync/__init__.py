"""``sync``: make a folder, or a prefix of a bucket, have what another has. See :func:`sync`."""

from __future__ import annotations

from sotalia.s3.sync.comparison import OutOfOrderError
from sotalia.s3.sync.listing import IncompleteListingError
from sotalia.s3.sync.report import Failed, Skipped, SyncError, SyncProgress, SyncReport
from sotalia.s3.sync.runner import sync

__all__ = [
    "Failed",
    "IncompleteListingError",
    "OutOfOrderError",
    "Skipped",
    "SyncError",
    "SyncProgress",
    "SyncReport",
    "sync",
]
