"""Modules of boto3 that are there once a client or resource was made, as ``boto3.s3.transfer`` after ``client("s3")``."""

from __future__ import annotations

import sys


def import_for_patched_boto3(*names: str) -> None:
    """Import these modules of boto3, as it does itself, if its names lead to sotalia; else nobody waits for them."""
    boto3 = sys.modules.get("boto3")
    session_class = getattr(boto3, "Session", None)
    if boto3 is None or not getattr(session_class, "__module__", "").startswith("sotalia."):
        return
    from importlib import import_module

    for name in names:
        import_module(f"boto3.{name}")
