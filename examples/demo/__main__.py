"""Run the demo: ``python -m examples.demo``, which ``make demo`` does in an environment of its own."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    try:
        # Here, so that Ctrl-C may come at any time.
        from examples.demo.show import main

        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
