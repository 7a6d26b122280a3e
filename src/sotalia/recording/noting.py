"""Functions that call the handlers of an event and note when each ended, one for each number of handlers.

They are written out, handler by handler, because a loop that asks for everything costs twice as much, and every call goes
through ten of them. Nothing of a model or a program is in their text. This is the one for two handlers of which nobody looks at
the values, and that may change nothing::

    async def noted(self, kwargs, capture):
        kwargs["event_name"] = self.event_name
        now = capture.now
        emission = [self.described, now()]
        capture.emissions.append(emission)
        end = emission.append
        handler_0, handler_1 = self.handlers
        try:
            handler = handler_0
            value = handler(**kwargs)
            if type(value) is CoroutineType:
                value = await value
            end(now())
            if value is not None:
                capture.more.append((emission, 0, "answered", True))
            handler = handler_1
            ...
        except BaseException as error:
            note_raised(self, capture, emission, handler, error)
            raise

What is done to see changes stands in ``try`` of its own: values of programs may do anything when they are compared.
"""

from __future__ import annotations

import linecache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What handlers of an event may change: nothing, parameters or a result, a request that is being made, or another form of a request.
NOTHING, VALUES, REQUEST, OTHER = range(4)

_BEGIN = {
    NOTHING: [],
    VALUES: [
        "subject = kwargs.get(self.described.argument)",
        # Handlers of ours put new values in, those of programs may change what is there.
        "before = (plain_copy(subject) if self.described.has_own else subject.copy()) if type(subject) is dict else subject",
    ],
    REQUEST: [
        "request = kwargs['request']",
        "url, headers = request.url, request.headers",
        "look = None if type(headers) is HTTPHeaders else Look(capture, self.described, kwargs)",
        "triples = () if look else headers.triples",
        "count = len(triples)",
        "secret, adds = capture.shared.hiding.headers, not self.described.has_own",
    ],
    OTHER: ["look = Look(capture, self.described, kwargs)"],
}
_LOOK = {
    NOTHING: [],
    VALUES: [
        "if subject != before:",  # Raises for some values of programs, and then there is nothing to compare.
        "    before = note_values(emission, capture, before, subject)",
    ],
    REQUEST: [
        "if look:",
        "    look.note(emission)",
        "elif request.headers is headers and headers.triples is triples and request.url is url and adds:",
        "    if len(triples) != count:",
        "        capture.more.append((emission, INDEX, 'added', [one if one[0] not in secret else hide(one) for one in triples[count:]]))",
        "        count = len(triples)",
        "elif request.headers is not headers or headers.triples is not triples or len(triples) != count or request.url is not url:",
        "    note_request(emission, capture, (url, triples[:count]), request)",
        "    url, headers = request.url, request.headers",
        "    look = None if type(headers) is HTTPHeaders else Look(capture, self.described, kwargs)",
        "    triples = () if look else headers.triples",
        "    count = len(triples)",
    ],
    OTHER: ["look.note(emission)"],
}
_VALUE = {
    "notify": [],
    "first": ["if first is None:", "    first, whose = value, handler"],
    "until": ["return handler, value"],
    "all": [],
}
_END = {
    "notify": "return None",
    "first": "return whose, first",
    "until": "return handler, None",
    "all": "return pairs",
}
_made: dict[tuple[str, int, int], Any] = {}


def noting(mode: str, kind: int, count: int, names: dict[str, Any]) -> Any:
    """The function for ``count`` handlers. ``mode``: ``notify``, ``first``, ``until`` or ``all``, as the methods of listeners ·
    ``kind`` one of the above · ``names`` what its text uses.
    """
    known = _made.get((mode, kind, count))
    if known is None:
        text = _text(mode, kind, count)
        name = f"<sotalia: {count} handlers, {mode}, {kind}>"
        # For tracebacks, which show its lines.
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        space: dict[str, Any] = {}
        exec(compile(text, name, "exec"), names, space)
        known = _made[mode, kind, count] = space["noted"]
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
    lines = [
        "kwargs['event_name'] = self.event_name",
        "now = capture.now",
        *_guarded(_BEGIN[kind], "    return await unwatched(self, kwargs, MODE)".replace("MODE", repr(mode))),
        "emission = [self.described, now()]",
        "capture.emissions.append(emission)",
        "end = emission.append",
        "handler = first = whose = None",
        *(["pairs = []"] if mode == "all" else []),
    ]
    names = "".join(f"handler_{index}, " for index in range(count))
    if count:
        lines.append(f"{names}= self.handlers")
    lines.append("try:")
    for index in range(count):
        lines += [
            f"    handler = handler_{index}",
            "    value = handler(**kwargs)",
            "    if type(value) is CoroutineType:",
            "        value = await value",
            "    end(now())",
            *[f"    {line.replace('INDEX', str(index))}" for line in _guarded(_LOOK[kind], "    pass")],
            "    if value is not None:",
            f"        capture.more.append((emission, {index}, 'answered', True))",
            *[f"        {line}" for line in _VALUE[mode]],
            *(["    pairs.append((handler, value))"] if mode == "all" else []),
        ]
    lines += [
        "    pass",
        "except BaseException as error:",
        "    note_raised(self, capture, emission, handler, error)",
        "    raise",
        _END[mode],
    ]
    return "async def noted(self, kwargs, capture):\n" + "".join(f"    {line}\n" for line in lines)
