"""Many files and objects at once: copied, moved, deleted. What the commands ``cp``, ``mv`` and ``rm`` do.

:func:`transfer` and :func:`delete` work on sync and async clients, and give a report. ``sync``, which compares two places
first, stands in :mod:`sotalia.s3.sync`; listings, filters, single transfers and reports are the same.
"""

from __future__ import annotations

from sotalia.s3.bulk.deletion import delete
from sotalia.s3.bulk.transfers import transfer

__all__ = ["delete", "transfer"]
