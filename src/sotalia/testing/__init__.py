"""For tests of programs that use AWS: fakes of it, a clock that the test moves, failures on purpose, no network.

>>> from sotalia.testing import ManualRuntime, ScriptedTransport, answer
>>> runtime = ManualRuntime()
>>> transport = ScriptedTransport([answer(503), answer(200)])
>>> session = sotalia.Session("key", "secret", region_name="us-east-1", transport=transport, runtime=runtime)
>>> session.client("s3").head_bucket(Bucket="photos")       # retried at once
>>> runtime.sleeps                            # what the program would have waited, in seconds

The fixtures of pytest are in :mod:`sotalia.testing.plugin`, which pytest finds by itself. As it is loaded in every run of pytest, each
name here is loaded when it is first used.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.testing.embedded import AsyncAWS, EmbeddedAWS
    from sotalia.testing.local import LocalAWS
    from sotalia.testing.manual import AsyncManualRuntime, ManualRuntime
    from sotalia.testing.network import NetworkRefusedError, NoNetwork, no_network
    from sotalia.testing.scripts import ScriptedAWS, ScriptedTransport, error_answer
    from sotalia.testing.stubber import ANY, Stubber
    from sotalia.transport.conformance import check_transport, expected_answer
    from sotalia.transport.scripted import answer

__all__ = [
    "ANY",
    "AsyncAWS",
    "AsyncManualRuntime",
    "EmbeddedAWS",
    "LocalAWS",
    "ManualRuntime",
    "NetworkRefusedError",
    "NoNetwork",
    "ScriptedAWS",
    "ScriptedTransport",
    "Stubber",
    "answer",
    "check_transport",
    "error_answer",
    "expected_answer",
    "no_network",
]

_LAZY = {
    "ANY": "sotalia.testing.stubber",
    "AsyncAWS": "sotalia.testing.embedded",
    "AsyncManualRuntime": "sotalia.testing.manual",
    "EmbeddedAWS": "sotalia.testing.embedded",
    "LocalAWS": "sotalia.testing.local",
    "ManualRuntime": "sotalia.testing.manual",
    "NetworkRefusedError": "sotalia.testing.network",
    "NoNetwork": "sotalia.testing.network",
    "ScriptedAWS": "sotalia.testing.scripts",
    "ScriptedTransport": "sotalia.testing.scripts",
    "Stubber": "sotalia.testing.stubber",
    "answer": "sotalia.transport.scripted",
    "check_transport": "sotalia.transport.conformance",
    "error_answer": "sotalia.testing.scripts",
    "expected_answer": "sotalia.transport.conformance",
    "no_network": "sotalia.testing.network",
}

# Checkers would take any name, also a misspelt one, for known.
if not TYPE_CHECKING:

    def __getattr__(name):
        """Load a name when it is first used."""
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found = globals()[name] = getattr(import_module(_LAZY[name]), name)
        return found


def __dir__() -> list[str]:
    """Also the names that nobody used yet."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
