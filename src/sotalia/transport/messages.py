"""HTTP requests and responses as handlers see them, under the reference's names.

``AWSRequest`` is still being made: handlers add headers, the signer signs it. ``AWSPreparedRequest`` is what goes over
the wire. ``AWSResponse`` is what came back. Responses are read by shape, so a handler may return the reference's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping

from sotalia import exceptions
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Methods whose requests have no body unless one is given: no Content-Length of 0 for them.
_COROUTINE = 0x80  # inspect.CO_COROUTINE
_BODYLESS = frozenset(("GET", "HEAD", "OPTIONS"))
# Named here because `bytes | bytearray` in a test makes a new union each time.
_BYTES = (bytes, bytearray)
_IN_MEMORY = (bytes, bytearray, memoryview, str)


class HTTPHeaders:
    """Headers of a request being made: assignment *adds* a value, as in e-mail messages.

    Names are compared without regard to case and kept as written. ``headers[name]`` gives the first value; on the wire
    the last one wins. To replace, delete first.
    """

    __slots__ = ("triples",)

    def __init__(self, items: Iterable[tuple[str, Any]] = ()) -> None:
        #: Name in lower case, name, value: a request's headers are looked through many times before it is sent. What is there is
        #: never changed in place: more is appended, or there is another list. So who watches need not compare it.
        self.triples: list[tuple[str, str, Any]] = [(name.lower(), name, value) for name, value in items]

    @classmethod
    def from_dict(cls, mapping: Mapping[str, Any]) -> HTTPHeaders:
        """Headers with the values of a mapping."""
        return cls(mapping.items())

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, Any]]) -> HTTPHeaders:
        """Headers with these pairs."""
        return cls(pairs)

    def __setitem__(self, name: str, value: Any) -> None:
        self.triples.append((name.lower(), name, value))

    def add_header(self, name: str, value: Any, **parameters: Any) -> None:
        """Add a value, with parameters as e-mail messages have them: ``attachment; filename="a.txt"``."""
        parts = [] if value is None else [value]
        for key, text in parameters.items():
            escaped = str(text).replace("\\", "\\\\").replace('"', r"\"")
            parts.append(key.replace("_", "-") + ("" if text is None else f'="{escaped}"'))
        self[name] = "; ".join(parts) if parameters else value

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The first value of a header, or ``default``."""
        wanted = name.lower()
        for key, _, value in self.triples:
            if key == wanted:
                return value
        return default

    def get_all(self, name: str, default: Any = None) -> Any:
        """All values of a header in order, or ``default``."""
        wanted = name.lower()
        return [value for key, _, value in self.triples if key == wanted] or default

    def __delitem__(self, name: str) -> None:
        wanted = name.lower()
        self.triples = [item for item in self.triples if item[0] != wanted]

    def remove_all(self, lower_names: frozenset[str]) -> set[str]:
        """Delete several headers, given in lower case, in one pass; the names of those that were there."""
        kept = [item for item in self.triples if item[0] not in lower_names]
        if len(kept) == len(self.triples):
            return set()
        removed = {item[0] for item in self.triples if item[0] in lower_names}
        self.triples = kept
        return removed

    def replace_header(self, name: str, value: Any) -> None:
        """Replace the first value of a header in place. Raises ``KeyError`` when there is none."""
        wanted = name.lower()
        for index, (key, known, _) in enumerate(self.triples):
            if key == wanted:
                triples = self.triples = self.triples.copy()
                triples[index] = (key, known, value)
                return
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        wanted = name.lower() if isinstance(name, str) else name
        for item in self.triples:  # noqa: SIM110 - a generator costs more than the whole loop
            if item[0] == wanted:
                return True
        return False

    def __iter__(self) -> Iterator[str]:
        return (name for _, name, _ in self.triples)

    def __len__(self) -> int:
        return len(self.triples)

    def keys(self) -> list[str]:
        """The names, one for each value."""
        return [name for _, name, _ in self.triples]

    def values(self) -> list[Any]:
        """All values."""
        return [value for _, _, value in self.triples]

    def items(self) -> list[tuple[str, Any]]:
        """All pairs, in the order they were added."""
        return [(name, value) for _, name, value in self.triples]

    def keyed_items(self) -> list[tuple[str, str, Any]]:
        """The same, each with its name in lower case before it. Not to be changed."""
        return self.triples

    def update(self, other: Mapping[str, Any]) -> None:
        """Add all pairs of a mapping."""
        for name, value in other.items():
            self[name] = value

    def __str__(self) -> str:
        """One line each, as in an e-mail message; secret values are left out."""
        from sotalia.runtime.redaction import SECRET, SECRET_HEADERS

        lines = [
            f"{name}: {SECRET if key in SECRET_HEADERS else value}\n" for key, name, value in self.triples
        ]
        return "".join([*lines, "\n"])

    def __repr__(self) -> str:
        return f"<HTTPHeaders {self.keys()}>"


class HeadersDict(MutableMapping[str, "Any"]):
    """Headers that are complete: assignment replaces, look-up disregards case, the first spelling stays."""

    #: Spelling and value by lower-case name, for loops over all headers. Read only.
    __slots__ = ("by_lower_name",)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.by_lower_name: dict[str, tuple[str, Any]] = {}
        if arguments or named:
            self.update(*arguments, **named)

    def __setitem__(self, name: str, value: Any) -> None:
        key = name.lower()
        known = self.by_lower_name.get(key)
        self.by_lower_name[key] = (name if known is None else known[0], value)

    def __getitem__(self, name: str) -> Any:
        return self.by_lower_name[name.lower()][1]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header, or ``default``."""
        found = self.by_lower_name.get(name.lower())
        return default if found is None else found[1]

    def __delitem__(self, name: str) -> None:
        del self.by_lower_name[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self.by_lower_name

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.by_lower_name.values())

    def __len__(self) -> int:
        return len(self.by_lower_name)

    def items(self) -> Any:
        """All pairs."""
        return list(self.by_lower_name.values())

    def lower_items(self) -> Iterator[tuple[str, Any]]:
        """All pairs with lower-case names."""
        return ((key, value) for key, (_, value) in self.by_lower_name.items())

    def copy(self) -> HeadersDict:
        """Another one with the same headers."""
        twin = HeadersDict()
        twin.by_lower_name = dict(self.by_lower_name)
        return twin

    def __repr__(self) -> str:
        from sotalia.runtime.redaction import SECRET, SECRET_HEADERS

        return str(
            {
                name: SECRET if key in SECRET_HEADERS else value
                for key, (name, value) in self.by_lower_name.items()
            }
        )


class AWSRequest(ReferenceBase):
    """A request being made.

    ``data`` is the body as given (``str``, ``bytes``, a dictionary for forms, a file, an iterable); ``params`` the query
    parameters not yet in ``url``; ``context`` the dictionary that all events of the call share.
    """

    def __init__(
        self,
        method: str | None = None,
        url: str | None = None,
        headers: Mapping[str, Any] | HTTPHeaders | None = None,
        data: Any = None,
        params: Mapping[str, Any] | None = None,
        auth_path: str | None = None,
        stream_output: bool = False,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = HTTPHeaders(headers.items()) if headers is not None else HTTPHeaders()
        self.data = data
        self.params: Mapping[str, Any] = {} if params is None else params
        self.auth_path = auth_path
        self.stream_output = stream_output
        self.context: dict[str, Any] = {}

    @classmethod
    def from_request_dict(cls, request: Mapping[str, Any], *, stream_output: bool = False) -> AWSRequest:
        """The request that a request dict describes; the two share their ``context``."""
        made = cls(
            request["method"],
            request["url"],
            request["headers"],
            request["body"],
            auth_path=request.get("auth_path"),
            stream_output=stream_output,
        )
        made.context = request["context"]
        return made

    @property
    def body(self) -> Any:
        """The body as it will be sent: ``bytes``, or what it is read from; ``None`` for none."""
        body = prepared_body(self.data)
        return None if not body and isinstance(body, _BYTES) else body

    def prepare(self) -> AWSPreparedRequest:
        """The request for the wire: query merged, body encoded, length known or chunked."""
        url = self.url or ""
        if self.params:
            from sotalia.transport.query_string import percent_encode_sequence

            query = percent_encode_sequence(self.params)
            url = f"{url}{'&' if '?' in url else '?'}{query}"
        given = self.headers if isinstance(self.headers, HTTPHeaders) else HTTPHeaders(self.headers.items())
        headers = HeadersDict()
        store = headers.by_lower_name
        for key, name, value in given.keyed_items():
            if type(value) is str or isinstance(value, str):
                value = value.encode("utf-8")
            # The last value counts, under the first spelling.
            store[key] = (store[key][0] if key in store else name, value)
        # Handlers of `before-send` search a form as text; what is sent is made of it after them.
        body = form_text(self.data) if isinstance(self.data, dict) else self.body  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] # A form.
        add_framing(headers, self.method or "", body)
        return AWSPreparedRequest(self.method, url, headers, body, self.stream_output, context=self.context)

    def __repr__(self) -> str:
        return f"<AWSRequest {self.method} {_shown(self.url).partition('?')[0]}>"


def prepared_body(data: Any) -> Any:
    """A body as it goes over the wire: text as UTF-8, a dictionary as a form."""
    if isinstance(data, bytes):
        return data
    if isinstance(data, str):
        return data.encode("utf-8")
    if isinstance(data, dict):
        return form_text(data).encode("utf-8")  # pyright: ignore[reportUnknownArgumentType] # A form.
    return data


def form_text(data: dict[str, Any]) -> str:
    """A dictionary as a form, which is ASCII."""
    from urllib.parse import urlencode

    return urlencode(data, doseq=True)


def is_read_asynchronously(body: Any) -> bool:
    """Whether a body is an async iterable, or a file whose ``read`` is ``async def``."""
    code = getattr(getattr(body, "read", None), "__code__", None)
    return hasattr(body, "__aiter__") or (code is not None and bool(code.co_flags & _COROUTINE))


def body_length(body: Any) -> int | None:
    """Bytes that are left to send of a body, or ``None`` when that is not known beforehand."""
    if body is None:
        return 0
    if isinstance(body, _BYTES):
        return len(body)
    if isinstance(body, memoryview):
        return body.nbytes
    if isinstance(body, list | tuple):
        return None  # Pieces, whose number says nothing.
    if hasattr(body, "__len__"):
        try:
            return memoryview(body).nbytes  # An array's own length counts items.
        except TypeError:
            return len(body)
    if hasattr(body, "seek") and hasattr(body, "tell") and not is_read_asynchronously(body):
        try:
            position: int = body.tell()
            body.seek(0, 2)
            end: int = body.tell()
            body.seek(position)
        except (OSError, ValueError):
            return None
        return end - position
    return None


def add_framing(headers: HeadersDict, method: str, body: Any) -> None:
    """Say how long the body is, unless the request already does: a length, or chunks where nobody knows it.

    Raises ``ParamValidationError`` for a given length that is not the body's.
    """
    if "transfer-encoding" in headers.by_lower_name:
        return
    if "content-length" in headers.by_lower_name:
        if body is not None:  # Presigned requests name the length of a body that comes later.
            check_length(headers["Content-Length"], body)
        return
    if body is None:
        if method not in _BODYLESS:
            headers["Content-Length"] = "0"
        return
    length = body_length(body)
    if length is None:
        headers["Transfer-Encoding"] = "chunked"
    else:
        headers.by_lower_name["content-length"] = ("Content-Length", str(length))


def check_length(given: Any, body: Any) -> None:
    """Compare a length that the caller gave with the body's, where it can be measured. Raises ``ParamValidationError``.

    The reference sends both as they are, and leaves it to the server to wait for the rest or to choke on it.
    """
    actual = body_length(body)
    if actual is not None and actual != int(given):
        raise exceptions.ParamValidationError(
            report=f"ContentLength is {int(given)}, but the body has {actual} bytes; "
            "leave ContentLength away to have the body measured"
        )


class AWSPreparedRequest(ReferenceBase):
    """A request as it goes over the wire.

    ``headers`` is a :class:`HeadersDict` whose values are bytes (but for the framing added last); ``body`` ``bytes``,
    something to read or iterate, or ``None``.
    """

    __slots__ = ("_start", "body", "context", "headers", "method", "stream_output", "url")

    def __init__(
        self,
        method: str | None,
        url: str,
        headers: HeadersDict,
        body: Any,
        stream_output: bool,
        context: dict[str, Any] | None = None,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.stream_output = stream_output
        self.context: dict[str, Any] = {} if context is None else context
        self._start = _position(body)

    def reset_stream(self) -> None:
        """Wind the body back to where it was when the request was made, to send it again.

        The reference winds back to the beginning of the file, which resends bytes that were never meant to be sent.
        Raises ``UnseekableStreamError`` for a body that can only be read once.
        """
        if self._start is None:
            return
        try:
            if self._start < 0:
                raise ValueError("not seekable")
            self.body.seek(self._start)
        except Exception as error:
            raise exceptions.UnseekableStreamError(stream_object=self.body) from error

    def __repr__(self) -> str:
        from sotalia.runtime.redaction import SECRET, SECRET_HEADERS

        headers = {
            name: SECRET if name.lower() in SECRET_HEADERS else value for name, value in self.headers.items()
        }
        return (
            f"<AWSPreparedRequest stream_output={self.stream_output}, method={self.method}, url={_shown(self.url)}, "
            f"headers={headers}>"
        )


def _shown(url: str | None) -> str:
    from sotalia.runtime.redaction import redact_url

    return redact_url(url or "")


def _position(body: Any) -> int | None:
    """Where a body starts: ``None`` when it need not be wound back, -1 when it cannot be."""
    if body is None or isinstance(body, _IN_MEMORY):
        return None
    position = stands_at(body)
    if position is None:
        # A list or tuple of chunks starts anew each time; a generator or a pipe does not.
        return None if isinstance(body, list | tuple) else -1
    return position


def stands_at(file: Any) -> int | None:
    """Where a file stands, ``None`` for what cannot be wound back without waiting: pipes, most async files."""
    try:
        found = file.tell()
    except Exception:
        return None
    if hasattr(found, "__await__"):
        found.close()
        return None
    position: int = found
    return position


class AWSResponse(ReferenceBase):
    """What came back: status, headers, and the body behind ``content`` (``bytes``, read once and kept).

    ``raw`` offers ``stream()`` (an iterator of chunks) and ``read(amount)``.
    """

    def __init__(
        self,
        url: str | None,
        status_code: int,
        headers: Mapping[str, Any],
        raw: Any,
        *,
        content: bytes | None = None,
    ) -> None:
        self.url = url
        self.status_code = status_code
        self.headers = headers if isinstance(headers, HeadersDict) else HeadersDict(headers)
        self.raw = raw
        self._content = content

    @property
    def content(self) -> bytes:
        """The whole body."""
        if self._content is None:
            self._content = b"".join(self.raw.stream()) or b""
        return self._content

    @property
    def text(self) -> str:
        """The body as text, in the charset that the headers name or UTF-8."""
        charset = "utf-8"
        _, _, after = str(self.headers.get("content-type", "")).partition("charset=")
        if after:
            charset = after.partition(";")[0].strip("\"' ")
        try:
            return self.content.decode(charset)
        except LookupError:
            return self.content.decode("utf-8")

    def __repr__(self) -> str:
        return f"<AWSResponse {self.status_code} {_shown(self.url).partition('?')[0]}>"
