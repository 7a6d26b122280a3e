"""Transfers of files to and from S3, in parts where they are large: see :mod:`sotalia.s3.transfer`."""

from __future__ import annotations

from sotalia.runtime.reference_names import submodules

TYPE_CHECKING = False

if not TYPE_CHECKING:
    __getattr__ = submodules(__name__, "constants", "inject", "sync", "transfer")
