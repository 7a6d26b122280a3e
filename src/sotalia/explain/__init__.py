"""Explain a call: what would be sent, why, and who would take part. Nothing is sent, and nothing changes.

``client.explain("ListObjectsV2", Bucket="b")`` is the way in: see :mod:`~sotalia.explain.method`.
"""

from __future__ import annotations

from sotalia.explain.explanation import (
    AuthReport,
    BodyReport,
    Change,
    CredentialsReport,
    EndpointReport,
    Explanation,
    HandlerReport,
    HookReport,
    RegionReport,
    RequestReport,
    RetryReport,
    TimeoutReport,
)

__all__ = [
    "AuthReport",
    "BodyReport",
    "Change",
    "CredentialsReport",
    "EndpointReport",
    "Explanation",
    "HandlerReport",
    "HookReport",
    "RegionReport",
    "RequestReport",
    "RetryReport",
    "TimeoutReport",
]
