"""The share of the package's lines that exist for one colour only: ``python -m benchmarks.shared_lines``."""

from __future__ import annotations

import ast
from pathlib import Path

import sotalia

# Files and definitions that only synchronous, or only asynchronous, clients use.
ONLY = {
    "transport/sync_stream.py": None,
    "transport/asyncio_stream.py": None,
    "credentials/deferred.py": None,
    "s3/transfer.py": None,
    "s3/threads.py": None,
    "s3/workers.py": ("_in_threads", "_in_tasks"),
    "s3/files.py": ("AsyncWindow",),
    "runtime.py": ("SyncRuntime", "_ThreadLock", "_ThreadEvent", "AsyncioRuntime", "drive"),
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
    "transport/pool.py": ("renew"),
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
    "checksums/response.py": ("StreamingChecksumBody", "AsyncStreamingChecksumBody"),
    "clients.py": ("AsyncBaseClient", "__enter__", "__exit__", "close"),
    "session.py": ("AsyncSession", "_kind", "_sync_transport", "_asyncio_transport"),
    "session_core.py": ("get_credentials",),
    "auth/signer.py": ("sign", "generate_presigned_url", "_hash_asynchronous_body"),
    "events/registry.py": ("emit_async", "emit_until_response_async", "emit", "emit_until_response", "_call"),
}


def only_lines(path: Path, wanted: tuple[str, ...] | None) -> int:
    """Lines of a file that exist for one colour only."""
    text = path.read_text("utf-8")
    if wanted is None:
        return len(text.splitlines())
    seen: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name in wanted:
            seen.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(seen)


def main() -> None:
    """Print the count."""
    root = Path(sotalia.__file__).parent
    total = sum(len(path.read_text("utf-8").splitlines()) for path in root.rglob("*.py"))
    counted = {name: only_lines(root / name, wanted) for name, wanted in ONLY.items()}
    only = sum(counted.values())
    print(f"{only} of {total} lines exist for one colour only: {only / total:.1%}")


if __name__ == "__main__":
    main()
