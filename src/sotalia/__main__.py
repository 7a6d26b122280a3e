"""``python -m sotalia``, which is the command ``sotalia``."""

from __future__ import annotations

import sys

from sotalia.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
