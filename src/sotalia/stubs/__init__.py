"""Type stubs: those that sotalia ships, and those that ``sotalia stubs`` writes for models that no package knows."""

from __future__ import annotations
