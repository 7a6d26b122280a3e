"""Waiting until a resource has reached a state: ``client.get_waiter("bucket_exists").wait(Bucket="b")``."""

from __future__ import annotations

from sotalia.waiting.model import Acceptor, WaiterModel
from sotalia.waiting.waiter import Waiter, make_waiter

__all__ = ["Acceptor", "Waiter", "WaiterModel", "make_waiter"]
