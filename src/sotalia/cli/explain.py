"""The command ``sotalia explain``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.operations import Services

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.operations import Invocation
    from sotalia.cli.options import Settings

_EXAMPLES = """
sotalia explain s3 list-objects-v2 --bucket my-bucket
sotalia explain s3 put-object --bucket b --key k --body text --json
"""


def run(settings: Settings, invocation: Invocation, *, run_handlers: bool, fetch_credentials: bool) -> int:
    """Print the explanation: 0 for a call that would be sent, 1 for one that would raise."""
    import asyncio

    return asyncio.run(_run(settings, invocation, run_handlers, fetch_credentials))


async def _run(
    settings: Settings, invocation: Invocation, run_handlers: bool, fetch_credentials: bool
) -> int:
    # Async clients look for credentials at their first call, sync ones when they are made, which may send requests.
    async with settings.async_client(invocation.service) as client:
        explanation = await client.explain(
            invocation.operation.name,
            run_handlers=run_handlers,
            fetch_credentials=fetch_credentials,
            **invocation.parameters,
        )
    if settings.json:
        print(explanation.to_json())
    else:
        explanation.show()
    return exit_codes.OK if explanation.error is None else exit_codes.FAILED


command = Services(
    "explain",
    run,
    [
        lambda: click.Option(["--run-handlers"], is_flag=True, help="let handlers of extensions take part"),
        lambda: click.Option(["--fetch-credentials"], is_flag=True, help="get the keys, as a call would"),
    ],
    help="Show what a call would send, and why; send nothing.\n\nExit code: 0 for a call that would be sent, 1 for one that "
    "would raise.",
    examples=_EXAMPLES,
)
