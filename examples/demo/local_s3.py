"""The embedded S3 in a process of its own, so that it takes no time from what is measured: prints its port."""

from __future__ import annotations

import threading

from sotalia.testing import LocalAWS

if __name__ == "__main__":
    with LocalAWS() as aws:
        print(aws.endpoint_url.rpartition(":")[2], flush=True)
        threading.Event().wait()
