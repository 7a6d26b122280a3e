"""A directory of JSON files as a mapping: the cache that the AWS CLI and other SDKs share with us.

Files are written to a temporary name, flushed, and renamed, so a reader sees the old or the new one; only the user may
read them (mode 0600). A file that another user owns or can write is not read: see :mod:`sotalia.runtime.ownership`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class JSONFileCache:
    """``cache[key]`` is the file ``<working_dir>/<key>.json``.

    Raises ``KeyError`` for what is missing, damaged or not to be believed.

    ``dumps_func`` makes the text (default: JSON with times as ``2015-01-25T08:00:00UTC``, as the reference writes them).
    """

    CACHE_DIR = os.path.join("~", ".aws", "boto", "cache")

    def __init__(
        self, working_dir: str | None = None, dumps_func: Callable[[Any], str] | None = None
    ) -> None:
        self._working_dir = os.path.expanduser(working_dir or self.CACHE_DIR)
        self._dumps = dumps_func or _dumps

    def path(self, cache_key: str) -> str:
        """The file of a key. Raises ``KeyError`` for one that is a path: it would lead out of the directory."""
        if os.path.basename(cache_key) != cache_key or not cache_key.strip("."):
            raise KeyError(cache_key)
        return os.path.join(self._working_dir, f"{cache_key}.json")

    def __contains__(self, cache_key: str) -> bool:
        try:
            return os.path.isfile(self.path(cache_key))
        except KeyError:
            return False

    def __getitem__(self, cache_key: str) -> Any:
        import json

        from sotalia.runtime.ownership import UntrustedFileError, read_trusted

        try:
            return json.loads(read_trusted(self.path(cache_key)).decode("utf-8"))
        except UntrustedFileError as error:
            raise KeyError(cache_key) from error
        except (OSError, ValueError, RecursionError):
            # Not chained: the text may hold a key.
            raise KeyError(cache_key) from None

    def __setitem__(self, cache_key: str, value: Any) -> None:
        try:
            text = self._dumps(value)
        except (TypeError, ValueError):
            raise ValueError(
                f"Value cannot be cached, must be JSON serializable: {type(value).__name__} for {cache_key}"
            ) from None
        # Whatever the umask: what others can write would not be believed.
        os.makedirs(self._working_dir, mode=0o700, exist_ok=True)
        _write_atomically(self.path(cache_key), text)

    def __delitem__(self, cache_key: str) -> None:
        try:
            os.unlink(self.path(cache_key))
        except FileNotFoundError:
            raise KeyError(cache_key) from None

    def __repr__(self) -> str:
        return f"<JSONFileCache {self._working_dir}>"


def _write_atomically(path: str, text: str) -> None:
    import tempfile

    # mkstemp creates it for the user alone, and renaming keeps the mode.
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _dumps(value: Any) -> str:
    return dumps_with_times(value, "%Y-%m-%dT%H:%M:%S%Z")


def dumps_with_times(value: Any, form: str) -> str:
    """JSON with times in this ``strftime`` form. Raises ``TypeError`` for anything else that JSON does not know."""
    import json
    from datetime import datetime

    def serialized(one: Any) -> str:
        if isinstance(one, datetime):
            return one.strftime(form)
        raise TypeError(f"{type(one).__name__} is not JSON serializable")

    return json.dumps(value, default=serialized)
