"""Forks again and again while other threads make the first calls of this process: run by test_forks.

``python -m tests.session.first_calls PORT SEED FORKS WAITS [CA BUNDLE]`` prints how many forks there were, and how each
child ended that did not end well. A child that hangs writes where, and ends.
"""

from __future__ import annotations

import faulthandler
import json
import os
import random
import sys
import threading
import time
import traceback
import warnings

import sotalia
from sotalia.runtime import forks

PATIENCE_SECONDS = 300  # A busy machine is slow, but no lock is waited for so long.


def first_calls(port: int, bundle: str | None) -> None:
    url = f"{'https' if bundle else 'http'}://127.0.0.1:{port}"
    session = sotalia.Session("AKIDEXAMPLE", "secret", region_name="us-west-2")
    s3 = session.client("s3", endpoint_url=url, verify=bundle)
    s3.list_buckets()
    next(iter(s3.get_paginator("list_objects_v2").paginate(Bucket="bucket")))


def _noted(work: list[str], port: int, bundle: str | None) -> None:
    try:
        first_calls(port, bundle)
    except BaseException:
        work.append(traceback.format_exc())


def main(port: int, seed: int, most: int, waits: bool, bundle: str | None = None) -> None:
    warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forks beside threads.
    if not waits:
        forks._WAIT_SECONDS = 0
    pause = random.Random(seed)
    failures: list[str] = []
    threads = [threading.Thread(target=_noted, args=(failures, port, bundle)) for _ in range(2)]
    for thread in threads:
        thread.start()
    children = []
    while len(children) < most and any(thread.is_alive() for thread in threads):
        time.sleep(pause.random() * 0.02)
        child = os.fork()
        if child == 0:
            faulthandler.dump_traceback_later(PATIENCE_SECONDS, exit=True)
            try:
                first_calls(port, bundle)
            except BaseException:
                traceback.print_exc()
                os._exit(3)
            os._exit(0)
        children.append(child)
    ends = [os.waitpid(child, 0)[1] for child in children]
    for thread in threads:
        thread.join()
    print(json.dumps({"forks": len(ends), "failed": [end for end in ends if end], "threads": failures}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "waits", *sys.argv[5:])
