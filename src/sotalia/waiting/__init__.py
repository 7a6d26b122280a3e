"""Waiting until a resource has reached a state: ``client.get_waiter("bucket_exists").wait(Bucket="b")``."""

from __future__ import annotations

from sotalia.waiting.waiter import Waiter, make_waiter
from sotalia.waiting.waiter_model import Acceptor, WaiterModel

__all__ = ["Acceptor", "Waiter", "WaiterModel", "make_waiter"]
