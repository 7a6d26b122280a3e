"""Whether awscrt (the extra ``sotalia[crt]``) may be used: for SigV4a, some checksums, and the keys of ``aws login``."""

from __future__ import annotations

import os


def is_switched_off() -> bool:
    """Whether ``BOTO_DISABLE_CRT`` is ``true``, in any case: then awscrt counts as not installed, as for the reference."""
    return os.environ.get("BOTO_DISABLE_CRT", "").lower() == "true"


def is_available() -> bool:
    """Whether awscrt is installed and not switched off; it is not loaded."""
    from importlib.util import find_spec

    return not is_switched_off() and find_spec("awscrt") is not None
