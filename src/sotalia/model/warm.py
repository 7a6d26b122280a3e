"""Fill the cache of packs ahead of time, for images and first starts: ``sotalia warm s3 dynamodb``, ``--all``."""

from __future__ import annotations

import os

from sotalia.model import pack
from sotalia.model.sources import SERVICE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sotalia.model.loader import Loader
    from sotalia.model.sources import PackSource

# Packs that every client needs.
_TOP_LEVEL = ("partitions", "endpoints")


class Report:
    """Lines to print. Iterating does the work; afterwards ``is_complete`` says whether every pack is there."""

    def __init__(self, lines: Callable[[Report], Iterator[str]]) -> None:
        self.is_complete = True
        self._lines = lines(self)

    def __iter__(self) -> Iterator[str]:
        return self._lines


def warm(loader: Loader, services: Iterable[str] | None) -> Report:
    """Build the packs of these services, or of all for ``None``, and report a line about each.

    Iterating raises ``UnknownServiceError``, or ``OSError`` if no directory can be written. A service with a damaged
    description is reported, and the others are packed.
    """
    directory = _directory(loader)

    def lines(report: Report) -> Iterator[str]:
        _check_writing(directory)
        for name, (pack_name, identity, build) in _sources(loader, services):
            try:
                pack.load_or_build(pack_name, identity, build, directory)
            except Exception as error:
                report.is_complete = False
                yield f"{name}: {error}"
                continue
            if not pack.is_current(pack_name, identity, directory):
                report.is_complete = False
                yield f"{name}: could not be stored in {directory}"
            elif name not in _TOP_LEVEL:
                yield f"{name}: packed in {directory}"

    return Report(lines)


def check(loader: Loader, services: Iterable[str] | None) -> Report:
    """Report the services (``None``: of all) that have no current pack. Nothing is built or written.

    Raises as :func:`warm` does.
    """
    directory = _directory(loader)

    def lines(report: Report) -> Iterator[str]:
        number = 0
        for name, (pack_name, identity, _) in _sources(loader, services):
            number += 1
            if not pack.is_current(pack_name, identity, directory):
                report.is_complete = False
                yield f"{name}: no current pack in {directory}"
        if report.is_complete:
            yield f"{number} packs in {directory} are current"

    return Report(lines)


class CacheState:
    """The cache as it is: its directory, how many of the services have a current pack, and what keeps it from use."""

    def __init__(self, directory: str | None) -> None:
        self.directory = directory
        self.services = self.current = 0
        self.problem = ""


def state(loader: Loader) -> CacheState:
    """Look at the cache. No pack is built; a file is written and deleted, to see whether that can be done."""
    found = CacheState(loader.cache_directory)
    try:
        directory = _directory(loader)
        _check_writing(directory)
    except OSError as error:
        found.problem = str(error)
        return found
    for name, (pack_name, identity, _) in _sources(loader, None):
        if name not in _TOP_LEVEL:
            found.services += 1
            found.current += pack.is_current(pack_name, identity, directory)
    return found


def _directory(loader: Loader) -> str:
    if loader.cache_directory is None:
        raise OSError("there is no directory for the cache: set SOTALIA_CACHE_DIR to one that can be written")
    return loader.cache_directory


def _sources(loader: Loader, services: Iterable[str] | None) -> Iterator[tuple[str, PackSource]]:
    for name in _TOP_LEVEL:
        yield name, loader.top_level_source(name)
    for service in loader.list_available_services(SERVICE) if services is None else services:
        yield service, loader.service_source(service)


def _check_writing(directory: str) -> None:
    """Raise ``OSError`` if packs cannot be stored in a directory. Elsewhere that is silent."""
    probe = os.path.join(directory, f"probe.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        pack.make_directory(directory)
        with open(probe, "xb"):
            pass
        os.unlink(probe)
    except OSError as error:
        raise OSError(
            f"the cache directory {directory} cannot be used ({error.strerror or error}): "
            "set SOTALIA_CACHE_DIR to one that can be written"
        ) from error
