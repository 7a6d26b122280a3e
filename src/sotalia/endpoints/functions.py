"""The function library of endpoint rule sets. See "Rules engine standard library" in the Smithy documentation.

``None`` means no value. A function returns no value for no value, unless its docstring says otherwise.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.transport.address import split_url
from sotalia.transport.query_string import percent_encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

_LABEL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


def error(message: str) -> Exception:
    """Make an ``EndpointResolutionError``."""
    return exceptions.EndpointResolutionError(msg=message)


def is_valid_host_label(value: str | None, allow_subdomains: bool) -> bool:
    """Whether text is one label of a host name (RFC 1123 2.1), or several between dots; false for no value."""
    if value is None:
        return False
    if allow_subdomains:
        return all(is_valid_host_label(label, False) for label in value.split("."))
    return 0 < len(value) <= 63 and _LABEL.issuperset(value) and not (value[0] == "-" or value[-1] == "-")


def is_ipv4(value: str) -> bool:
    """Whether text is an IPv4 address: four numbers from 0 to 255."""
    parts = value.split(".")
    return len(parts) == 4 and all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts)


def is_virtual_hostable_s3_bucket(value: str | None, allow_subdomains: bool) -> bool:
    """Whether a bucket's name can be part of a host name; false for no value."""
    return (
        value is not None
        and len(value) >= 3
        and value.lower() == value
        and not is_ipv4(value)
        and is_valid_host_label(value, allow_subdomains)
    )


def parse_url(value: str | None) -> dict[str, Any] | None:
    """Parse an http or https URL without a query: scheme, authority, path, normalizedPath (with slashes), isIp."""
    if value is None:
        return None
    plain = _parse_plain_url(value)
    if plain is not None:
        return plain
    from urllib.parse import quote, urlsplit

    try:
        parts = urlsplit(value)
        hostname = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment or "?" in value:
        return None
    return {
        "scheme": parts.scheme,
        "authority": parts.netloc,
        "path": parts.path,
        "normalizedPath": f"{quote(parts.path).rstrip('/')}/" if parts.path else "/",
        "isIp": is_ipv4(hostname) or ":" in hostname,
    }


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:")


def _parse_plain_url(value: Any) -> dict[str, Any] | None:
    """The same for an address of host, port and path without anything special: ``urllib.parse`` takes 6 ms to import."""
    if (
        not isinstance(value, str)
        or not value.startswith(("http://", "https://"))
        or not _PLAIN.issuperset(value)
    ):
        return None
    scheme, authority, path, _ = split_url(value)
    host, colon, port = authority.partition(":")
    if not host or ":" in path or (colon and not (port.isdigit() and len(port) <= 5 and int(port) <= 65535)):
        return None
    return {
        "scheme": scheme,
        "authority": authority,
        "path": path,
        "normalizedPath": f"{path.rstrip('/')}/" if path else "/",
        "isIp": is_ipv4(host),
    }


def parse_arn(value: Any) -> dict[str, Any] | None:
    """The parts of an ARN; ``resourceId`` is split at ``:`` and ``/``."""
    if value is None or not value.startswith("arn:"):
        return None
    parts = value.split(":", 5)
    if len(parts) != 6 or not (parts[1] and parts[2] and parts[5]):
        return None
    return {
        "partition": parts[1],
        "service": parts[2],
        "region": parts[3],
        "accountId": parts[4],
        "resourceId": [piece for part in parts[5].split(":") for piece in part.split("/")],
    }


def is_arn(value: object) -> bool:
    """Whether a parameter, such as a bucket, is an ARN."""
    return isinstance(value, str) and value.startswith("arn:") and parse_arn(value) is not None


def substring(value: object, start: int, stop: int, reverse: bool) -> str | None:
    """Characters of ASCII text by position, counted from the end with ``reverse``; no value if they are not there."""
    if not isinstance(value, str):
        raise error(f"Input must be a string: {value!r}")
    if start >= stop or len(value) < stop or not value.isascii():
        return None
    if reverse:
        start, stop = len(value) - stop, len(value) - start
    return value[start:stop]


def string_equals(first: object, second: object) -> bool:
    """Whether two texts are equal."""
    if not isinstance(first, str) or not isinstance(second, str):
        raise error(f"Both values must be strings, not {type(first)} and {type(second)}.")
    return first == second


def boolean_equals(first: object, second: object) -> bool:
    """Whether two booleans are equal."""
    if not isinstance(first, bool) or not isinstance(second, bool):
        raise error(f"Both arguments must be bools, not {type(first)} and {type(second)}.")
    return first is second


def uri_encode(value: object) -> str | None:
    """Percent-encode text (RFC 3986 2.1)."""
    return None if value is None else percent_encode(value)


def compile_path(path: str) -> Callable[[Any], Any]:
    """Compile ``getAttr`` for a path: ``a.b[0]``."""
    steps: list[str | int] = []
    for part in path.split("."):
        name, bracket, index = part.partition("[")
        if name:
            steps.append(name)
        if bracket:
            steps.append(int(index.rstrip("]")))

    def get_attribute(value: Any) -> Any:
        for step in steps:
            if value is None:
                return None
            if isinstance(step, str):
                value = value.get(step)
            else:
                value = value[step] if step < len(value) else None
        return value

    return get_attribute


class Partitions:
    """``aws.partition``: the partition that a region belongs to, from ``partitions.json``."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._partitions: Sequence[dict[str, Any]] = data["partitions"]
        self._cache: dict[str, dict[str, Any]] = {}

    def __call__(self, region: str | None) -> dict[str, Any] | None:
        """The outputs of a region's partition. An unknown region belongs to the first."""
        if region is None:
            return None
        outputs = self._cache.get(region)
        if outputs is None:
            outputs = self._cache[region] = self._find(region)
        return outputs

    def _find(self, region: str) -> dict[str, Any]:
        for partition in self._partitions:
            if region in partition["regions"]:
                overrides = partition["regions"][region]
                return self._outputs(partition, {k: v for k, v in overrides.items() if v is not None})
        import re

        for partition in self._partitions:
            if re.match(partition["regionRegex"], region):
                return self._outputs(partition, {})
        return self._outputs(self._partitions[0], {})

    def _outputs(self, partition: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
        return {**partition["outputs"], **overrides, "name": partition["id"]}


#: Functions by name. ``aws.partition`` needs data; ``getAttr``, ``isSet`` and ``not`` are the compiler's own.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "isValidHostLabel": is_valid_host_label,
    "aws.isVirtualHostableS3Bucket": is_virtual_hostable_s3_bucket,
    "parseURL": parse_url,
    "aws.parseArn": parse_arn,
    "substring": substring,
    "stringEquals": string_equals,
    "booleanEquals": boolean_equals,
    "uriEncode": uri_encode,
}
