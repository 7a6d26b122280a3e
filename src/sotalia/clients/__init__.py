"""Clients: base classes, generated classes, settings, the builder, presigning, and their documentation."""

from __future__ import annotations

from sotalia.clients.base import AsyncBaseClient, BaseClient

__all__ = ["AsyncBaseClient", "BaseClient"]
