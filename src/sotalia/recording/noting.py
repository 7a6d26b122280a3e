"""Functions that call the handlers of an event and note when each ended, one for each number of handlers.

They are written out, handler by handler, because a loop that asks for everything costs twice as much, and every call goes
through ten of them. Nothing of a model or a program is in their text. This is the one for two handlers of which nobody looks at
the values, and that may change nothing::

    def make(event_name, described, handlers):
        handler_0, handler_1 = handlers

        async def noted(**kwargs):
            capture = running()
            if capture is None:
                return await unwatched(event_name, handlers, kwargs, "notify")
            kwargs["event_name"] = event_name
            now = capture.now
            more = ()
            at_0 = now()
            try:
                value = handler_0(**kwargs)
                if type(value) is CoroutineType:
                    value = await value
                at_1 = now()
                if value is not None:
                    more += (0, "answered", True)
                value = handler_1(**kwargs)
                ...
            except BaseException as error:
                note_raised(locals(), described, handlers, capture, error)
                raise
            capture.emissions += (described, more, at_0, at_1, at_2)
            return None

        return noted

Moments are local variables, and go in one piece to the end of the call's only list: fewer objects to make, and fewer for the
collector of garbage to visit.

What is done to see changes stands in ``try`` of its own: values of programs may do anything when they are compared.
"""

from __future__ import annotations

import linecache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What handlers of an event may change: nothing, parameters or a result, a request that is being made, or another form of a request.
#: ``ADDING`` is a request that is being made where all handlers are ours, which add headers or put new things in the place of old.
NOTHING, VALUES, REQUEST, OTHER, ADDING = range(5)

_BEGIN = {
    NOTHING: [],
    VALUES: [
        "subject = kwargs.get(argument)",
        # Handlers of ours put new values in, those of programs may change what is there.
        "before = (plain_copy(subject) if has_own else subject.copy()) if type(subject) is dict else subject",
    ],
    REQUEST: [
        "request = kwargs['request']",
        "url, headers = request.url, request.headers",
        "look = None if type(headers) is HTTPHeaders else Look(capture, described, kwargs)",
        "triples = () if look else headers.triples",
        "count = len(triples)",
    ],
    ADDING: [
        "request = kwargs['request']",
        "url, triples = request.url, request.headers.triples",
        "count, secret = len(triples), capture.shared.hiding.headers",
    ],
    OTHER: [
        "subject = kwargs.get(argument)",
        "url = headers = before = look = None",
        "if not has_own and type(subject) is dict and type(subject.get('headers')) is dict:",
        "    url, headers = subject['url'], subject['headers']",
        "    before = headers.copy()",
        "else:",
        "    look = Look(capture, described, kwargs)",
    ],
}
_LOOK = {
    NOTHING: [],
    VALUES: [
        "if subject != before:",  # Raises for some values of programs, and then there is nothing to compare.
        "    before, changes = note_values(described, capture, before, subject)",
        "    more += (INDEX, 'changes', changes)",
    ],
    REQUEST: [
        "if look:",
        "    more += look.changes(INDEX)",
        "elif request.headers is not headers or headers.triples is not triples or len(triples) != count or request.url is not url:",
        "    more += (INDEX, 'changes', note_request(capture, (url, triples[:count]), request))",
        "    url, headers = request.url, request.headers",
        "    look = None if type(headers) is HTTPHeaders else Look(capture, described, kwargs)",
        "    triples = () if look else headers.triples",
        "    count = len(triples)",
    ],
    ADDING: [
        "if request.headers.triples is not triples or request.url is not url:",
        "    more += (INDEX, 'changes', note_request(capture, (url, triples[:count]), request))",
        "    url, triples = request.url, request.headers.triples",
        "    count = len(triples)",
        "elif len(triples) != count:",
        "    more += (INDEX, 'added', tuple([one if one[0] not in secret else hide(one) for one in triples[count:]]))",
        "    count = len(triples)",
    ],
    OTHER: [
        "if look:",
        "    more += look.changes(INDEX)",
        "elif subject['headers'] is not headers or subject['url'] is not url or headers != before:",
        "    more += (INDEX, 'changes', note_headers(capture, (url, before), subject))",
        "    url, headers = subject['url'], subject['headers']",
        "    before = headers.copy()",
    ],
}
_VALUE = {
    "notify": [],
    "first": ["if first is None:", "    first, whose = value, handler_INDEX"],
    "until": ["capture.emissions += (described, more, TIMES)", "return handler_INDEX, value"],
    "all": [],
}
_END = {
    "notify": "return None",
    "first": "return whose, first",
    "until": "return LAST, None",
    "all": "return pairs",
}
_made: dict[tuple[str, int, int], Any] = {}


def noting(mode: str, kind: int, count: int, names: dict[str, Any]) -> Any:
    """What makes the function for ``count`` handlers of an event: of its name, its description and the handlers.

    ``mode``: ``notify``, ``first``, ``until`` or ``all``, as the methods of listeners · ``kind`` one of the above · ``names`` what
    its text uses.
    """
    known = _made.get((mode, kind, count))
    if known is None:
        text = _text(mode, kind, count)
        name = f"<sotalia: {count} handlers, {mode}, {kind}>"
        # For tracebacks, which show its lines.
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        space: dict[str, Any] = {}
        exec(compile(text, name, "exec"), names, space)
        known = _made[mode, kind, count] = space["make"]
    return known


def _guarded(lines: list[str], otherwise: str) -> list[str]:
    """Lines whose failure is no failure of the call; a ``try`` costs nothing."""
    if not lines:
        return []
    return [
        "try:",
        *[f"    {line}" for line in lines],
        "except Exception as failure:",
        "    failed(failure)",
        otherwise,
    ]


def _text(mode: str, kind: int, count: int) -> str:
    unwatched = f"return await unwatched(event_name, handlers, kwargs, {mode!r})"
    lines = [
        "capture = running()",
        "if capture is None:",
        f"    {unwatched}",
        *_guarded(_BEGIN[kind], f"    {unwatched}"),
        "kwargs['event_name'] = event_name",
        "now = capture.now",
        "more = ()",
        *(["first = whose = None"] if mode == "first" else []),
        *(["pairs = []"] if mode == "all" else []),
        "at_0 = now()",
        "try:",
    ]
    for index in range(count):
        lines += [f"    {line}" for line in _one(mode, kind, index)]
    last = f"handler_{count - 1}" if count else "None"
    lines += [
        "    pass",
        "except BaseException as error:",
        "    note_raised(locals(), described, handlers, capture, error)",
        "    raise",
        f"capture.emissions += (described, more, {_times(count)})",
        _END[mode].replace("LAST", last),
    ]
    names = "".join(f"handler_{index}, " for index in range(count))
    outer = [
        *([f"{names}= handlers"] if count else []),
        "argument, has_own = described.argument, described.has_own",
        "async def noted(**kwargs):",
        *[f"    {line}" for line in lines],
        "return noted",
    ]
    return "def make(event_name, described, handlers):\n" + "".join(f"    {line}\n" for line in outer)


def _one(mode: str, kind: int, index: int) -> list[str]:
    """The lines for one handler."""
    lines = [
        "value = handler_INDEX(**kwargs)",
        "if type(value) is CoroutineType:",
        "    value = await value",
        f"at_{index + 1} = now()",
        *_guarded(_LOOK[kind], "    pass"),
        "if value is not None:",
        "    more += (INDEX, 'answered', True)",
        *[f"    {line}" for line in _VALUE[mode]],
        *(["pairs.append((handler_INDEX, value))"] if mode == "all" else []),
    ]
    times = _times(index + 1)
    return [line.replace("INDEX", str(index)).replace("TIMES", times) for line in lines]


def _times(count: int) -> str:
    return ", ".join(f"at_{index}" for index in range(count + 1))
