"""An explanation as text for people."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sotalia.explain.explanation import Explanation, HandlerReport, HookReport

#: A title, and the lines below it.
Section = tuple[str, list[str]]


def as_text(explanation: Explanation) -> str:
    """Sections with a title and indented lines."""
    parts = [headline(explanation), ""]
    for title, lines in sections(explanation):
        parts += [title, *(f"  {part}" for line in lines for part in line.splitlines() or [""]), ""]
    return "\n".join(parts).rstrip()


def headline(explanation: Explanation) -> str:
    """The call, and what becomes of it."""
    name = f"{explanation.service}.{explanation.operation}"
    if explanation.error is not None:
        return f"{name} raises before anything is sent, at the step '{explanation.error_stage}':\n{explanation.error}"
    if explanation.responder is not None:
        return f"{name} is answered by {explanation.responder}: nothing is sent"
    return f"{name} (nothing was sent)"


def sections(explanation: Explanation) -> Iterator[Section]:
    """What there is to say, in the order of the call."""
    yield "Parameters", _parameters(explanation)
    endpoint = explanation.endpoint
    if endpoint is not None:
        yield (
            "Endpoint",
            [
                endpoint.url,
                *(
                    f"because {rule}" if not number else f"    and {rule}"
                    for number, rule in enumerate(endpoint.rules)
                ),
            ],
        )
    yield "Region", [f"{explanation.region.name}: {explanation.region.origin}"]
    yield "Credentials", [_credentials(explanation)]
    if explanation.auth is not None:
        auth = explanation.auth
        yield "Signature", [f"{auth.version} for {auth.signing_name} in {auth.signing_region}"]
    elif explanation.error is None and explanation.responder is None:
        yield "Signature", ["none"]
    if explanation.request is not None:
        yield "Request" if explanation.request.is_signed else "Request, not signed", _request(explanation)
    yield "Retries", _retries(explanation)
    yield "Timeouts", _timeouts(explanation)
    yield "Handlers, in the order in which they run", _handlers(explanation.handlers)
    if explanation.hooks:
        yield "Hooks and observers, outermost first", [_hook(hook) for hook in explanation.hooks]
    if explanation.curl is not None:
        yield "The same with curl", [explanation.curl]
    if explanation.notes:
        yield "Notes", list(explanation.notes)


def _parameters(explanation: Explanation) -> list[str]:
    if not explanation.parameters:
        return ["none"]
    changes = [change for change in explanation.changes if change.what == "parameter"]
    width = max(map(len, explanation.parameters))
    lines: list[str] = []
    for name, value in explanation.parameters.items():
        by = [
            f"{change.action} by {change.handler} ({change.owner})"
            for change in changes
            if change.name == name
        ]
        lines.append(f"{name.ljust(width)}  {_short(value)}{'   ' + ', '.join(by) if by else ''}")
    gone = (change for change in changes if change.name not in explanation.parameters)
    return [
        *lines,
        *(f"{change.name}: {change.action} by {change.handler} ({change.owner})" for change in gone),
    ]


def _short(value: Any, most: int = 200) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}..."


def _credentials(explanation: Explanation) -> str:
    found = explanation.credentials
    if found.method is None:
        return found.origin
    state = "" if found.are_fetched else "; not fetched now, so the signature is not the real one"
    until = "" if found.expires_at is None else f", until {found.expires_at}"
    return f"{found.method}: {' '.join(found.origin.split())}{until}{state}"


def _request(explanation: Explanation) -> list[str]:
    request = explanation.request
    assert request is not None
    added: dict[str, str] = {}
    for change in explanation.changes:
        if change.what == "header" and change.action == "added" and change.handler != "RequestSigner.handler":
            added[change.name] = f"   by {change.handler} ({change.owner})"
    lines = [f"{request.method} {request.url}"]
    lines += [f"{name}: {value}{added.get(name.lower(), '')}" for name, value in request.headers.items()]
    body = request.body
    if body.text is not None:
        lines += ["", body.text + ("..." if body.is_cut else "")]
    elif body.length != 0:
        lines += ["", f"<{'a body of unknown length' if body.length is None else f'{body.length} bytes'}>"]
    return lines


def _retries(explanation: Explanation) -> list[str]:
    retries = explanation.retries
    lines = [
        f"mode {retries.mode}: {retries.mode_origin}",
        f"at most {retries.max_attempts} attempts: {retries.max_attempts_origin}",
    ]
    if retries.quota is not None:
        lines.append(f"{retries.quota} left of what the client may spend on retries")
    return lines


def _timeouts(explanation: Explanation) -> list[str]:
    times = explanation.timeouts
    lines = [f"{_seconds(times.connect)} to connect, {_seconds(times.read)} to wait for data"]
    return lines if explanation.proxy is None else [*lines, f"by the proxy {explanation.proxy}"]


def _seconds(value: float | None) -> str:
    return "no limit" if value is None else f"{value:g} s"


def _handlers(handlers: tuple[HandlerReport, ...]) -> list[str]:
    lines: list[str] = []
    event = None
    for number, handler in enumerate(handlers, 1):
        if handler.event != event:
            event = handler.event
            lines.append(event)
        lines.append(
            f"  {number}. {handler.name}, {_details(handler)}{'' if handler.has_run else '; has not run yet'}"
        )
        if handler.why:
            lines.append(f"       {handler.why}")
        if handler.error is not None:
            lines.append(f"       raised {handler.error}")
    return lines or ["none"]


def _hook(hook: HookReport) -> str:
    place = "everywhere" if hook.is_everywhere else "on this client"
    return (
        f"{hook.around}: {hook.name}, {_details(hook)}, {place}{'' if hook.has_run else '; has not run yet'}"
    )


def _details(one: HandlerReport | HookReport) -> str:
    unique_id = getattr(one, "unique_id", None)
    parts = [one.owner, one.place, "" if unique_id is None else f"id {unique_id}"]
    return ", ".join(part for part in parts if part)


# -- with colours --------------------------------------------------------------------------------------------------------


def as_rich(explanation: Explanation) -> Any:
    """The same for rich: titles stand out, and so does what your handlers do."""
    from rich.text import Text

    # A style of the text itself would be that of every line.
    text = Text().append(headline(explanation), style="bold red" if explanation.error else "bold")
    for title, lines in sections(explanation):
        text.append(f"\n\n{title}", style="bold cyan")
        for line in lines:
            for part in line.splitlines() or [""]:
                text.append(f"\n  {part}", style="" if ": " in part or not part.startswith("    ") else "dim")
    text.highlight_regex(r"(?:added |changed )?by \S+ \(yours\)", "green")
    return text


def show(explanation: Explanation) -> None:
    """Print an explanation: by rich on a terminal, where it is installed."""
    if sys.stdout.isatty():
        try:
            from rich.console import Console
        except ImportError:
            pass
        else:
            Console(highlight=False, soft_wrap=True).print(as_rich(explanation))
            return
    print(explanation)
