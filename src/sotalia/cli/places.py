"""Completion of places: buckets, and keys up to the next ``/``, which S3 is asked for; else files.

bash takes ``:`` for the end of a word, so it completes files only.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    import click
    from click.shell_completion import CompletionItem

_TIMEOUT_SECONDS = 2  # Somebody waits, with a finger on the tab key.
_MOST = 200


def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """How a place may go on. Nothing where S3 cannot be asked: a shell has no place for errors."""
    from click.shell_completion import CompletionItem

    if not incomplete.startswith("s3:"):
        own = [CompletionItem("s3://")] if incomplete and "s3://".startswith(incomplete) else []
        return [*own, CompletionItem(incomplete, type="file")]
    try:
        return [
            CompletionItem(f"s3://{name}")
            for name in _names(context, incomplete.removeprefix("s3:").lstrip("/"))
        ]
    except Exception:
        return []


def _names(context: click.Context, typed: str) -> Iterator[str]:
    from sotalia.cli.options import Settings

    settings = Settings.of(context)
    options = {
        "connect_timeout": _TIMEOUT_SECONDS,
        "read_timeout": _TIMEOUT_SECONDS,
        "retries": {"total_max_attempts": 1},
    }
    bucket, slash, prefix = typed.partition("/")
    with settings.client("s3", **options) as s3:
        if not slash:
            for found in s3.list_buckets(Prefix=bucket).get("Buckets", []):
                if found["Name"].startswith(bucket):
                    yield f"{found['Name']}/"
            return
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter="/", MaxKeys=_MOST)
        for folder in listed.get("CommonPrefixes", []):
            yield f"{bucket}/{folder['Prefix']}"
        for item in listed.get("Contents", []):
            yield f"{bucket}/{item['Key']}"
