"""What botocore finds: in this process, or in another one where it uses awscrt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def outcome(error: BaseException | None, found: Any = None, frozen: Any = None) -> tuple[Any, ...]:
    if error is not None:
        return ("error", type(error).__name__)
    if found is None:
        return ("none",)
    return ("found", found.method, frozen.access_key, frozen.secret_key, frozen.token, frozen.account_id)


def of_botocore(profile: str | None, loader: Any) -> tuple[Any, ...]:
    import botocore.session

    try:
        session = botocore.session.Session(profile=profile)
        session.register_component("data_loader", loader)
        found = session.get_credentials()
        return outcome(None, found, None if found is None else found.get_frozen_credentials())
    except Exception as error:
        return outcome(error)


@contextmanager
def running_with_crt() -> Iterator[Callable[[str | None, str], tuple[Any, ...]]]:
    """Asks a process that is kept running, under the variables of the moment, with a profile and SSO's cache."""
    environ = {name: value for name, value in os.environ.items() if name != "BOTO_DISABLE_CRT"}
    with subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=Path(__file__).parents[2],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(profile: str | None, cache: str) -> tuple[Any, ...]:
            question = {"environ": dict(os.environ), "profile": profile, "cache": cache}
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            return tuple(json.loads(process.stdout.readline()))

        yield ask
        process.stdin.close()


def _answer() -> None:
    import botocore.compat
    import botocore.credentials
    from botocore.loaders import create_loader

    assert botocore.compat.HAS_CRT
    loader = create_loader()
    for line in sys.stdin:
        question = json.loads(line)
        os.environ.clear()
        os.environ.update(question["environ"])
        botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = question["cache"]
        print(json.dumps(of_botocore(question["profile"], loader)), flush=True)


if __name__ == "__main__":
    _answer()
