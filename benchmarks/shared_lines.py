"""The share of the package's lines that exist for one of sync and async only: ``python -m benchmarks.shared_lines``.

`python -m benchmarks.house` prints it among its figures.
"""

from __future__ import annotations

import ast
from pathlib import Path

import sotalia

# Files (`None`: the whole file) and definitions in them that only sync, or only async, clients use.
ONLY: dict[str, tuple[str, ...] | None] = {
    "transport/sync_stream.py": None,
    "transport/asyncio_stream.py": None,
    "credentials/deferred.py": None,
    "s3/transfer.py": None,
    "s3/threads.py": None,
    "s3/workers.py": ("_in_threads", "_in_tasks"),
    "s3/files.py": ("AsyncWindow",),
    "runtime/blocking.py": None,
    "runtime/suspending.py": None,
    "runtime/driving.py": ("drive",),
    "transport/body.py": (
        "StreamingBody",
        "AsyncStreamingBody",
        "read",
        "stream",
        "__iter__",
        "aread",
        "__aiter__",
        "aclose",
    ),
    "transport/http.py": ("sync_transport", "asyncio_transport", "aclose"),
    "transport/pool.py": ("renew",),
    "pagination/pages.py": (
        "Paginator",
        "AsyncPaginator",
        "PageIterator",
        "AsyncPageIterator",
        "ResultKeyIterator",
        "AsyncResultKeyIterator",
    ),
    "resources/base.py": ("AsyncServiceResource",),
    "resources/collection.py": ("__iter__", "__aiter__"),
    "dynamodb/table.py": ("__enter__", "__exit__", "__aenter__", "__aexit__"),
    "protocols/eventstream.py": ("EventStream", "AsyncEventStream"),
    "checksums/trailer.py": ("AwsChunkedBody", "AsyncAwsChunkedBody"),
    "checksums/streams.py": ("StreamingChecksumBody", "AsyncStreamingChecksumBody"),
    "clients/base.py": ("AsyncBaseClient", "__enter__", "__exit__", "close"),
    "session/session.py": ("Session", "AsyncSession", "sync_kind", "_sync_transport", "_asyncio_transport"),
    "session/core.py": ("get_credentials",),
    "auth/signer.py": ("sign", "generate_presigned_url", "_hash_async_body"),
    "events/registry.py": ("emit_async", "emit_until_response_async", "emit", "emit_until_response", "_call"),
}


def only_lines(path: Path, wanted: tuple[str, ...] | None) -> int:
    """Lines of a file that exist for one of the two only. Raises ``LookupError`` for a definition that is not there."""
    text = path.read_text("utf-8")
    if wanted is None:
        return len(text.splitlines())
    definitions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name in wanted
    ]
    absent = set(wanted) - {node.name for node in definitions}
    if absent:
        raise LookupError(f"{path} no longer defines {', '.join(sorted(absent))}: correct ONLY")
    # A method may lie in a class that counts already.
    return len({line for node in definitions for line in range(node.lineno, (node.end_lineno or 0) + 1)})


def counted() -> tuple[int, int]:
    """Lines for one of the two only, and all lines of the package."""
    root = Path(sotalia.__file__).parent
    total = sum(len(path.read_text("utf-8").splitlines()) for path in root.rglob("*.py"))
    return sum(only_lines(root / name, wanted) for name, wanted in ONLY.items()), total


def main() -> None:
    """Print the count."""
    only, total = counted()
    print(f"{only} of {total} lines exist for one of sync and async only: {only / total:.1%}")


if __name__ == "__main__":
    main()
