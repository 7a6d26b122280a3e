"""Runs a line of a program with a mistake in it, on a sync or an async session, and gives what is said."""

from __future__ import annotations

import asyncio
import gc
import inspect
import warnings
from typing import Any

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.transport.scripted import ScriptedTransport

KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
REFUSED = exceptions.EndpointConnectionError(endpoint_url="https://s3.us-esat-1.amazonaws.com/")


def said(code: str, *, is_async: bool) -> tuple[str, str]:
    """The class of the exception or warning, and its text with its notes below."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            asyncio.run(_run(code, is_async=is_async))
        except Exception as error:
            return type(error).__name__, "\n".join([str(error), *getattr(error, "__notes__", ())])
        gc.collect()
    texts = [(warning.category.__name__, str(warning.message)) for warning in caught]
    return texts[0] if texts else ("", "")


async def _run(code: str, *, is_async: bool) -> None:
    names = _names(is_async=is_async)
    try:
        expression = compile(code, "line", "eval")
    except SyntaxError:
        lines = "".join(f"    {line}\n" for line in code.splitlines())
        exec(compile(f"async def main():\n{lines}", "line", "exec"), names)
        await names.pop("main")()
        return
    value = eval(expression, names)
    # One line stands for both kinds; what is never awaited has a line with a name for it.
    if inspect.iscoroutine(value):
        await value


def _names(*, is_async: bool) -> dict[str, Any]:
    kind = sotalia.AsyncSession if is_async else sotalia.Session
    session = kind(**KEYS, transport=ScriptedTransport([REFUSED]))
    names: dict[str, Any] = {"sotalia": sotalia, "session": session, "Session": kind, "Config": Config}
    names["s3"] = session.client("s3")
    names["bucket"] = session.resource("s3").Bucket("bucket")
    names["once"] = Config(retries={"max_attempts": 0})
    return names
