"""For tests of programs that use sotalia: a scripted transport, runtimes whose clock the test moves, an embedded AWS.

>>> from sotalia.testing import ManualRuntime, ScriptedTransport, answer
>>> runtime = ManualRuntime()
>>> transport = ScriptedTransport([answer(503), answer(200)])
>>> session = sotalia.Session("key", "secret", region_name="us-east-1", transport=transport, runtime=runtime)
>>> session.client("s3").list_buckets()       # retried at once
>>> runtime.sleeps                            # what the program would have waited, in seconds
"""

from __future__ import annotations

from sotalia.testing.local import LocalAWS
from sotalia.testing.manual import AsyncManualRuntime, ManualRuntime
from sotalia.transport.scripted import ScriptedTransport, answer

__all__ = ["AsyncManualRuntime", "LocalAWS", "ManualRuntime", "ScriptedTransport", "answer"]
