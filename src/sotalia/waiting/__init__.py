"""Waiting until a resource has reached a state: ``client.get_waiter("bucket_exists").wait(Bucket="b")``."""

from __future__ import annotations

from sotalia.waiting.model import Acceptor, WaiterModel
from sotalia.waiting.waiter import Waiter, waiter_class

__all__ = ["Acceptor", "Waiter", "WaiterModel", "waiter_class"]
