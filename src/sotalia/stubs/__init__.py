"""Types for checkers: those that sotalia ships, and those that :mod:`sotalia.stubs.writing` writes for services of your own."""

from __future__ import annotations
