"""The findings of ``sotalia lint``, each with its meaning. ``python -m sotalia.lint.codes`` writes the table of docs/lint.md."""

from __future__ import annotations

#: Code -> what is wrong.
CODES = {
    "unknown-event": "there is no such event",
    "unknown-service": "no service has this id or name",
    "wrong-service": "the client is one of another service",
    "unknown-operation": "the service has no such operation; events carry the API's name, `ListBuckets`",
    "unknown-resource": "the service has no such resource class",
    "too-many-parts": "the name goes on after the event's last part",
    "empty-part": "two dots, or one at an end",
    "glued-wildcard": "`*` stands for one whole part, not for a piece of one",
    "session-event": "the event is emitted on sessions, before there is a client, and the registration is on a client",
    "unknown-argument": "the handler demands an argument that the event never sends",
    "no-kwargs": "the handler has no `**kwargs`: `register` raises `ValueError`",
    "async-handler": "an `async def` handler on a sync client or session: `register` raises `ValueError`, boto3 never awaits it",
    "registered-twice": "the same handler is registered for the same name in the lines right above",
    "hidden-by-id": "the `unique_id` belongs to another registration in the lines right above, so that this one does nothing",
    "wrong-place": "`on()` is given an operation, a resource, an attribute or a service that the event has no place for",
    "unknown-attribute": "a typed handler uses an attribute that the event does not have",
    "read-only-attribute": "a typed handler assigns to an attribute that cannot be replaced",
    "syntax-error": "the file is no Python of the version that runs the check",
}


def table() -> str:
    """The codes as a table in Markdown."""
    return "\n".join(
        [
            "| Code | What is wrong |",
            "|---|---|",
            *(f"| `{code}` | {meaning} |" for code, meaning in CODES.items()),
        ]
    )


if __name__ == "__main__":
    print(table())
