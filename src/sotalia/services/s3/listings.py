"""Listings of keys, which S3 percent-encodes on request since XML cannot carry all characters."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def ask_for_url_encoding(params: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    """Ask for encoded keys, unless the caller has said how they should come."""
    if "EncodingType" not in params:
        context["encoding_type_auto_set"] = True
        params["EncodingType"] = "url"


def decode_list_objects(parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    """Decode what ListObjects encodes."""
    _decode(
        parsed,
        context,
        ("Delimiter", "Marker", "NextMarker"),
        (("Contents", "Key"), ("CommonPrefixes", "Prefix")),
    )


def decode_list_objects_v2(parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    """Decode what ListObjectsV2 encodes."""
    _decode(
        parsed,
        context,
        ("Delimiter", "Prefix", "StartAfter"),
        (("Contents", "Key"), ("CommonPrefixes", "Prefix")),
    )


def decode_list_object_versions(parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    """Decode what ListObjectVersions encodes."""
    _decode(
        parsed,
        context,
        ("KeyMarker", "NextKeyMarker", "Prefix", "Delimiter"),
        (("Versions", "Key"), ("DeleteMarkers", "Key"), ("CommonPrefixes", "Prefix")),
    )


def _decode(
    parsed: dict[str, Any],
    context: dict[str, Any],
    names: tuple[str, ...],
    nested: tuple[tuple[str, str], ...],
) -> None:
    if parsed.get("EncodingType") != "url" or not context.get("encoding_type_auto_set"):
        return
    for name in names:
        if name in parsed:
            parsed[name] = _unquoted(parsed[name])
    for name, key in nested:
        for item in parsed.get(name, ()):
            text = item.get(key)
            if text is not None and ("%" in text or "+" in text):
                item[key] = _unquoted(text)


def _unquoted(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    from urllib.parse import unquote_plus

    return unquote_plus(text)
