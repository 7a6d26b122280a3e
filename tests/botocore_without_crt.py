"""Import this before botocore: it then signs by itself.

With awscrt botocore signs by awscrt's own clock, which tests cannot set, and sends a ``Host`` header. It reads the variable
once, when it is imported; what sotalia does is up to awscrt being there, so the variable is taken away again.
"""

from __future__ import annotations

import os

os.environ["BOTO_DISABLE_CRT"] = "true"
from botocore.compat import HAS_CRT

del os.environ["BOTO_DISABLE_CRT"]

__all__ = ["HAS_CRT"]
