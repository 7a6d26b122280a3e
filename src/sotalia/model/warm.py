"""Filling the cache of packs ahead of time, for images and first starts: ``sotalia warm s3 dynamodb``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sotalia.model.loader import Loader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def warm(services: Iterable[str]) -> Iterator[str]:
    """Build the packs of these services now; yields a line about each.

    Raises ``UnknownServiceError``, or ``OSError`` when there is no directory that can be written.
    """
    loader = Loader()
    directory = loader.cache_directory
    if directory is None:
        raise OSError("there is no directory for the cache: set SOTALIA_CACHE_DIR to one that can be written")
    _check_writing(directory)
    loader.partitions()
    loader.endpoints()
    for service in services:
        model = loader.service(service)
        yield f"{service}: {len(model.operation_names)} operations in {directory}"


def _check_writing(directory: str) -> None:
    """Raise ``OSError`` for a directory in which no pack would be stored, which is silent everywhere else."""
    probe = os.path.join(directory, f"probe.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        with open(probe, "xb"):
            pass
        os.unlink(probe)
    except OSError as error:
        raise OSError(
            f"the cache directory {directory} cannot be written ({error.strerror}): set SOTALIA_CACHE_DIR to one that can"
        ) from error
