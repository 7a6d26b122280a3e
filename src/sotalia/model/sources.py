"""The files that describe services: check their names, read them, and make the sections of packs from them."""

from __future__ import annotations

import os

from sotalia.model import pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    #: The sections of one pack, encoded by :func:`sotalia.model.pack.encode_section`.
    Sections = dict[str, tuple[str, bytes]]
    #: The source of one pack: its name, the identity of the files' contents, and the function that builds it.
    PackSource = tuple[str, str, Callable[[], Sections]]

SERVICE = "service-2"
# Sections of a pack beside the description, with their file types.
SECTIONS = {"paginators": "paginators-1", "waiters": "waiters-2", "ruleset": "endpoint-rule-set-1"}
_SUFFIXES = (".json", ".json.gz")
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+- ")
# The longest name in botocore's data has 39 characters.
_NAME_LENGTH = 128
# RFC 1952 2.3.1: a gzip file ends with the CRC-32 of the content and its length.
_GZIP_TRAILER = 8

join = os.path.join


# -- names ---------------------------------------------------------------------------------------------------------


def is_name(name: object) -> bool:
    """Whether this can name a service, an API version or a description type, and is safe as one part of a path.

    Names may come from a program's input. ``..``, separators, NUL, drives, and letters outside ASCII, which some file
    systems fold into others, never reach the file system.
    """
    return (
        isinstance(name, str)
        and 0 < len(name) <= _NAME_LENGTH
        and _NAME_CHARACTERS.issuperset(name)
        and name[0] not in ". "
        and name[-1] not in ". "
    )


def is_path_of_names(path: object) -> bool:
    """Whether each part of a path below a root is a name: ``endpoints``, ``s3/2006-03-01/service-2``."""
    return isinstance(path, str) and all(map(is_name, path.split("/")))


def find_file(directory: str, name: str) -> str | None:
    """The file of this name, plain or compressed."""
    for suffix in _SUFFIXES:
        path = join(directory, name + suffix)
        if os.path.isfile(path):
            return path
    return None


# -- reading -------------------------------------------------------------------------------------------------------


def read_json(path: str) -> Any:
    """Read and decode a file. Raises ``DataNotFoundError`` if it is damaged."""
    import orjson

    with open(path, "rb") as file:
        data = file.read()
    try:
        if path.endswith(".gz"):
            import gzip

            data = gzip.decompress(data)
        return orjson.loads(data)
    except (OSError, EOFError, ValueError) as error:
        from sotalia import exceptions

        raise exceptions.DataNotFoundError(data_path=f"{path}, which is damaged ({error})") from error


def read_merged(path: str, extras: str | None) -> dict[str, Any]:
    """A description with the ``merge`` object of its extras merged over it."""
    data: dict[str, Any] = read_json(path)
    if extras is not None:
        _merge(data, read_json(extras).get("merge", {}))
    return data


def _merge(target: dict[str, Any], source: Mapping[str, Any]) -> None:
    value: dict[str, Any] | list[Any] | str | None
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value


def content_identity(path: str) -> str:
    """CRC-32 and length of a file's content, which stay the same when the file is copied.

    A compressed file has both at its end, so only these 8 bytes are read.
    """
    import zlib

    with open(path, "rb", buffering=0) as file:
        if path.endswith(".gz") and file.seek(0, os.SEEK_END) >= _GZIP_TRAILER:
            file.seek(-_GZIP_TRAILER, os.SEEK_END)
            trailer = file.read(_GZIP_TRAILER)
            crc, length = int.from_bytes(trailer[:4], "little"), int.from_bytes(trailer[4:], "little")
        else:
            data = file.readall()
            crc, length = zlib.crc32(data), len(data)
    return f"{crc:08x}-{length}"


# -- packing -------------------------------------------------------------------------------------------------------


def service_source(
    service_name: str, version: str, files: Mapping[str, tuple[str, str | None]]
) -> PackSource:
    """The source of a service's pack. ``files``: by description type, the file and its extras."""
    identity = " ".join(
        f"{type_name}:{':'.join(content_identity(path) for path in pair if path is not None)}"
        for type_name, pair in files.items()
    )
    return f"{service_name}-{version}", identity, lambda: _service_sections(service_name, files)


def top_level_source(name: str, path: str) -> PackSource:
    """The source of the pack of ``endpoints`` or ``partitions``."""
    sections = _TOP_LEVEL_SECTIONS[name]
    return name, content_identity(path), lambda: sections(read_json(path))


def _without_documentation(value: dict[str, Any] | list[Any] | str | float | None) -> Any:
    """A copy without documentation, which is most of a description."""
    # A shape's member may be called "documentation": only text is removed.
    if isinstance(value, dict):
        return {
            key: _without_documentation(item)
            for key, item in value.items()
            if not (key == "documentation" and isinstance(item, str))
        }
    if isinstance(value, list):
        return [_without_documentation(item) for item in value]
    return value


def _service_sections(service_name: str, sources: Mapping[str, tuple[str, str | None]]) -> Sections:
    from sotalia.model.adjustments import adjust

    description = _without_documentation(read_merged(*sources[SERVICE]))
    adjust(service_name, description)
    operations = description.pop("operations", {})
    shapes = description.pop("shapes", {})
    description["endpointDiscovery"] = next(
        (name for name, operation in operations.items() if operation.get("endpointoperation")), None
    )
    description["errors"] = [name for name, shape in shapes.items() if shape.get("exception")]
    sections = {
        "description": pack.encode_section(description, lazy=False),
        "operations": pack.encode_section(operations, lazy=True),
        "shapes": pack.encode_section(shapes, lazy=True),
    }
    for section, type_name in SECTIONS.items():
        data: object = (
            _without_documentation(read_merged(*sources[type_name])) if type_name in sources else {}
        )
        sections[section] = pack.encode_section(data, lazy=False)
    return sections


def _endpoint_sections(data: dict[str, Any]) -> Sections:
    sections: Sections = {}
    for partition in data["partitions"]:
        sections[f"services {partition['partition']}"] = pack.encode_section(
            partition.pop("services"), lazy=True
        )
    return {"endpoints": pack.encode_section(data, lazy=False), **sections}


def _partition_sections(data: dict[str, Any]) -> Sections:
    return {"partitions": pack.encode_section(data, lazy=False)}


_TOP_LEVEL_SECTIONS = {"endpoints": _endpoint_sections, "partitions": _partition_sections}
