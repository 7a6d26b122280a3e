"""Under the name of ``boto3.compat``: what boto3 asks of the platform, boto3's own code."""

from __future__ import annotations

from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False

if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__, shared=None)
