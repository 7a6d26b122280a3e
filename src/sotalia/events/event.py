"""What an event is: its name, its arguments, and the object that a typed handler gets for one emission of it.

A class of :mod:`~sotalia.events.catalog` stands for one event. An instance stands for one emission: its attributes are the
keyword arguments that a plain handler gets, and what a plain handler's return value can do is a method with a name.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar, Generic, Never, Self, TypeVar, overload

    T = TypeVar("T")

#: What a return value does. ``IGNORED`` nothing · ``FIRST``: all handlers run, and the first value that is not ``None``
#: counts · ``STOPS``: it counts, and later handlers do not run.
IGNORED, FIRST, STOPS = "ignored", "first", "stops"


class HandlerResponse:
    """What a typed handler responds with in the place of the service. The pipeline makes an HTTP response of it."""

    __slots__ = ("body", "headers", "result", "status_code")

    def __init__(
        self,
        status_code: int,
        headers: Mapping[str, str] | None,
        body: bytes = b"",
        result: dict[str, Any] | None = None,
    ) -> None:
        self.status_code = status_code
        self.headers = headers or {}
        self.body = body
        self.result = result


if TYPE_CHECKING:
    # Checkers learn the type of an attribute from the subscript: Argument[OperationModel]().
    class Argument(Generic[T]):
        """An argument that handlers can read."""

        name: str
        note: str
        is_changeable: bool

        def __init__(self, note: str = "") -> None: ...
        @overload
        def __get__(self, event: None, owner: type[Event]) -> Self: ...
        @overload
        def __get__(self, event: Event, owner: type[Event]) -> T: ...
        def __get__(self, event: Event | None, owner: type[Event]) -> Self | T: ...
        def __set__(self, event: Event, value: Never) -> None: ...

    class Changeable(Argument[T]):
        """An argument whose own contents handlers may change."""

    class Settable(Changeable[T]):
        """A dictionary or a list that handlers may change, and whose contents an assignment exchanges."""

        def __set__(self, event: Event, value: T) -> None: ...

    class Replaceable(Settable[T]):
        """An argument for which an assignment, as a return value does, gives another object."""

else:

    class Argument:
        """An argument that handlers can read."""

        __slots__ = ("name", "note")
        is_changeable = False

        def __init__(self, note=""):
            self.note = note

        def __class_getitem__(cls, item):
            return cls

        def __set_name__(self, owner, name):
            self.name = name

        def __get__(self, event, owner=None):
            return self if event is None else event.arguments[self.name]

        def __set__(self, event, value):
            raise AttributeError(
                f"{event.event_name}: {self.name!r} cannot be replaced; {event.describe_changes()}"
            )

    class Changeable(Argument):
        """An argument whose own contents handlers may change."""

        __slots__ = ()
        is_changeable = True

    class Settable(Changeable):
        """A dictionary or a list that handlers may change, and whose contents an assignment exchanges."""

        __slots__ = ()

        def __set__(self, event, value):
            held = event.arguments[self.name]
            if isinstance(held, list):
                held[:] = value
            elif value is not held:
                contents = dict(value)
                held.clear()
                held.update(contents)

    class Replaceable(Settable):
        """An argument for which an assignment, as a return value does, gives another object."""

        __slots__ = ()

        def __set__(self, event, value):
            event.arguments[self.name] = value
            event.returned = value


class Event:
    """One event. ``pattern`` is its name; words in capitals stand for one part each: ``SERVICE`` is the hyphenated service
    id (``s3``, ``cloudwatch-logs``), ``OPERATION`` the API's name (``ListObjectsV2``).

    ``returns`` says what a handler's return value does, ``effect`` what becomes of it, ``expects`` what it has to be.
    """

    __slots__ = ("arguments", "returned")

    pattern: ClassVar[str]
    returns: ClassVar[str] = IGNORED
    effect: ClassVar[str] = ""
    expects: ClassVar[str] = ""
    is_per_attempt: ClassVar[bool] = False
    is_in_guide: ClassVar[bool] = False
    is_on_session: ClassVar[bool] = False

    #: What a plain handler would get as keyword arguments, ``event_name`` among them.
    arguments: dict[str, Any]
    #: What a plain handler would return.
    returned: Any

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.arguments = arguments
        self.returned = None

    @classmethod
    def name(cls, *parts: str) -> str:
        """The name of one emission: ``BeforeCall.name("s3", "PutObject")`` is ``before-call.s3.PutObject``."""
        return ".".join((cls.pattern.partition(".")[0], *parts))

    @classmethod
    def described(cls) -> dict[str, Argument[Any]]:
        """The keyword arguments of a handler, by name."""
        return {
            name: found
            for base in reversed(cls.__mro__)
            for name, found in vars(base).items()
            if isinstance(found, Argument)
        }

    @classmethod
    def annotation(cls, argument: str) -> str:
        """The type of an argument, as it is written in the catalog."""
        written = (vars(base).get("__annotations__", {}).get(argument, "") for base in cls.__mro__)
        text: str = next(text for text in written if text)
        return text.partition("[")[2].removesuffix("]")

    @classmethod
    def describe_changes(cls) -> str:
        """What handlers may change, in words."""
        names = [repr(name) for name, argument in cls.described().items() if argument.is_changeable]
        return f"handlers may change {', '.join(names)} in place" if names else "handlers change nothing here"

    @property
    def event_name(self) -> str:
        """The whole name, as it was emitted: ``before-call.s3.PutObject``."""
        name: str = self.arguments["event_name"]
        return name

    @property
    def service_id(self) -> str:
        """The hyphenated service id: ``s3``, ``cloudwatch-logs``."""
        return self.event_name.split(".")[1]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.event_name}>"


class OperationEvent(Event):
    """An event of one operation."""

    __slots__ = ()

    @property
    def operation_name(self) -> str:
        """The API's name: ``PutObject``."""
        return self.event_name.split(".")[2]
