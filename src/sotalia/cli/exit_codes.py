"""How commands end: the numbers that a shell sees. The table stands in ``docs/command-line.md`` too.

The numbers 0, 1, 2 and 130 are those of aws-cli's commands for S3, where 2 has both of its meanings as well.
"""

from __future__ import annotations

#: All was done; also if there was nothing to do.
OK = 0
#: Something failed: a service refused, a file could not be read, a check found something. What went well stays done.
FAILED = 1
#: Nothing failed, but files or objects were skipped that were meant to be transferred; stderr says which, and why.
SKIPPED = 2
#: The command line is not understood. Nothing was done.
USAGE = 2
#: Ctrl-C. Nothing is left half done: no part of an upload, no partial file.
INTERRUPTED = 130
#: Whoever read stdout is gone, as in ``sotalia ls | head``: 128 + SIGPIPE, as of programs that the signal ends.
CLOSED_PIPE = 141
#: SIGTERM, as ``docker stop`` sends it: 128 + SIGTERM. Like Ctrl-C otherwise.
TERMINATED = 143
