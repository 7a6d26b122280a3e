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
    "runtime.py": ("SyncRuntime", "_ThreadLock", "AsyncioRuntime", "drive"),
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
    "transport/pool.py": ("Unlimited", "forget", "_after_fork"),
    "pagination/pages.py": ("PageIterator", "AsyncPageIterator"),
    "protocols/eventstream.py": ("EventStream", "AsyncEventStream"),
    "checksums/trailer.py": ("AwsChunkedBody", "AsyncAwsChunkedBody"),
    "checksums/response.py": ("StreamingChecksumBody", "AsyncStreamingChecksumBody"),
    "clients.py": ("AsyncBaseClient", "__enter__", "__exit__", "close"),
    "session.py": ("AsyncSession", "_kind", "_sync_transport", "_asyncio_transport"),
    "session_core.py": ("get_credentials",),
    "auth/signer.py": ("sign", "generate_presigned_url", "_hash_asynchronous_body"),
    "events/registry.py": ("emit_async", "emit_until_response_async", "emit", "emit_until_response", "_call"),
}


def main() -> None:
    """Print the count."""
    root = Path(sotalia.__file__).parent
    total = only = 0
    for path in sorted(root.rglob("*.py")):
        text = path.read_text("utf-8")
        lines = len(text.splitlines())
        total += lines
        name = str(path.relative_to(root))
        if name not in ONLY:
            continue
        wanted = ONLY[name]
        if wanted is None:
            only += lines
            continue
        seen: set[int] = set()
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
                and node.name in wanted
            ):
                seen.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        only += len(seen)
    print(f"{only} of {total} lines exist for one colour only: {only / total:.1%}")


if __name__ == "__main__":
    main()
