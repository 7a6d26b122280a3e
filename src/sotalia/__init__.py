"""AWS for Python beside boto3: the same calls and the same events on a fast engine, sync and async from one core."""

from __future__ import annotations

__version__ = "0.1.0"
