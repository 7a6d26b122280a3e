"""One call: the object that travels through it, the pipeline that makes it, and what may stand around it."""

from __future__ import annotations

from sotalia.call.call import Attempt, Call
from sotalia.call.hooks import Observer

__all__ = ["Attempt", "Call", "Observer"]
