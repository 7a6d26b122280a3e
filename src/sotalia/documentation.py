"""Docstrings of generated classes and methods, written from the service's model when somebody asks.

``help(client.get_object)`` shows what the operation does, its parameters, its result and its errors. A docstring has to
be a ``str``, and a client has up to 800 methods; so these are strings that write themselves at the first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sotalia.model.service import OperationModel, ServiceModel

_DEEPEST = 3
_TYPES = {
    "structure": "dict",
    "map": "dict",
    "list": "list",
    "blob": "bytes",
    "timestamp": "datetime",
    "long": "int",
    "integer": "int",
    "double": "float",
    "float": "float",
    "boolean": "bool",
    "string": "str",
}


class LazyText(str):
    """A string whose text comes from :meth:`write`, asked for once."""

    __slots__ = ("_text",)
    _text: str | None

    def write(self) -> str:
        """The text."""
        raise NotImplementedError

    def __str__(self) -> str:
        if self._text is None:
            self._text = self.write()
        return self._text

    def __repr__(self) -> str:
        return repr(str(self))

    def __len__(self) -> int:
        return len(str(self))

    def __contains__(self, part: object) -> bool:
        return isinstance(part, str) and part in str(self)

    def __format__(self, form: str) -> str:
        return format(str(self), form)

    def __eq__(self, other: object) -> bool:
        return self is other if isinstance(other, LazyText) else str(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return id(self)

    def expandtabs(self, tabsize: Any = 8) -> str:
        """What ``inspect.getdoc`` begins with."""
        return str(self).expandtabs(tabsize)

    def splitlines(self, keepends: bool = False) -> list[str]:
        """The lines of the text."""
        return str(self).splitlines(keepends)

    def split(self, sep: Any = None, maxsplit: Any = -1) -> list[str]:
        """The parts of the text."""
        return str(self).split(sep, maxsplit)

    def strip(self, chars: Any = None) -> str:
        """The text without blanks around it."""
        return str(self).strip(chars)


class ClientDocumentation(LazyText):
    """The docstring of a client class."""

    __slots__ = ("_model",)
    _model: ServiceModel

    def __new__(cls, model: ServiceModel) -> ClientDocumentation:
        """The docstring of the class for this service."""
        made = super().__new__(cls)
        made._text = None
        made._model = model
        return made

    def write(self) -> str:
        """The service's own words."""
        name = self._model.metadata.get("serviceFullName", self._model.service_name)
        text = plain(self._model.documentation)
        return f"A client of {name}.\n\n{text}\n" if text else f"A client of {name}.\n"


class MethodDocumentation(LazyText):
    """The docstring of one method."""

    __slots__ = ("_method_name", "_model", "_operation_name")
    _model: ServiceModel
    _operation_name: str
    _method_name: str

    def __new__(cls, model: ServiceModel, operation_name: str, method_name: str) -> MethodDocumentation:
        """The docstring of the method for this operation."""
        made = super().__new__(cls)
        made._text = None
        made._model = model
        made._operation_name = operation_name
        made._method_name = method_name
        return made

    def write(self) -> str:
        """Purpose, call, parameters, result, errors."""
        operation = self._model.operation_model(self._operation_name)
        parts = [plain(operation.documentation) or f"Calls {self._operation_name}."]
        parts.append(f"::\n\n    client.{self._method_name}({arguments(operation.input_shape)})")
        parts += [parameters(self._model, operation), result(self._model, operation), errors(operation)]
        return "\n\n".join(filter(None, parts)) + "\n"


class WrittenText(LazyText):
    """A docstring that a function writes."""

    __slots__ = ("_function",)
    _function: Callable[[], str]

    def __new__(cls, function: Callable[[], str]) -> WrittenText:
        """The text that ``function`` gives when somebody asks for it."""
        made = super().__new__(cls)
        made._text = None
        made._function = function
        return made

    def write(self) -> str:
        """What the function gives."""
        return self._function()


def arguments(shape: Any, given: Collection[str] = ()) -> str:
    """The arguments of a call in short: those that are required; ``given`` ones are left out."""
    members = [] if shape is None else [name for name in shape.members if name not in given]
    required = [name for name in members if name in shape.required_members]
    return ", ".join([f"{name}=..." for name in required] + ["..."] * (len(required) < len(members)))


def parameters(model: ServiceModel, operation: OperationModel, given: Collection[str] = ()) -> str:
    """What an operation takes, but for what is ``given`` already; empty where it takes nothing."""
    shape = operation.input_shape
    lines = [] if shape is None else _members(model, shape, without=given)
    return "Parameters:\n\n" + "\n".join(lines) if lines else ""


def result(model: ServiceModel, operation: OperationModel) -> str:
    """What an operation gives; empty where it gives nothing."""
    shape = operation.output_shape
    lines = [] if shape is None else _members(model, shape)
    return "Returns a dict:\n\n" + "\n".join(lines) if lines else ""


def members_below(model: ServiceModel, shape: Any) -> str:
    """The members of the structure that a value is, or is a list or map of; empty where it is none."""
    inner = _structure_in(shape)
    return "" if inner is None else "\n".join(_members(model, inner, 1, frozenset({inner.name})))


def errors(operation: OperationModel) -> str:
    """The errors that an operation has of its own."""
    if not operation.error_shapes:
        return ""
    names = ", ".join(f"client.exceptions.{shape.name}" for shape in operation.error_shapes)
    return f"Raises: {names}, or botocore.exceptions.ClientError for other errors of the service."


def _members(
    model: ServiceModel,
    shape: Any,
    depth: int = 0,
    above: frozenset[str] = frozenset(),
    without: Collection[str] = (),
) -> list[str]:
    """One entry per member: type, whether it is required, what it is for; members of members below it."""
    lines: list[str] = []
    indent = "    " * depth
    for name, member in shape.members.items():
        if name in without:
            continue
        notes = [_type(member)]
        if name in shape.required_members:
            notes.append("required")
        text = plain(model.member_documentation(shape, name)).replace("\n\n", " ")
        lines.append(f"{indent}- {name} ({', '.join(notes)}){': ' if text else ''}{text}")
        inner = _structure_in(member)
        if inner is not None and depth < _DEEPEST and inner.name not in above:
            lines += _members(model, inner, depth + 1, above | {inner.name})
    return lines


def _structure_in(shape: Any) -> Any:
    """The structure that a member is, or is a list or map of."""
    while shape.type_name in ("list", "map"):
        shape = shape.member if shape.type_name == "list" else shape.value
    return shape if shape.type_name == "structure" and not shape.is_document_type else None


def _type(shape: Any) -> str:
    if shape.serialization.get("eventstream"):
        return "event stream"
    if shape.type_name == "list":
        return f"list of {_type(shape.member)}"
    if shape.type_name == "map":
        return f"dict of {_type(shape.value)}"
    if shape.type_name == "structure" and shape.is_document_type:
        return "any JSON value"
    kind = _TYPES.get(shape.type_name, shape.type_name)
    return f"{kind}: {' | '.join(shape.enum)}" if getattr(shape, "enum", None) else kind


def plain(html: str) -> str:
    """The text of HTML, paragraph by paragraph."""
    if not html:
        return ""
    from html.parser import HTMLParser

    pieces: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag in ("p", "ul", "ol", "dl", "note", "important"):
                pieces.append("\n\n")
            elif tag in ("li", "dt", "dd"):
                pieces.append("\n\n* ")
            elif tag == "code":
                pieces.append("``")

        def handle_endtag(self, tag: str) -> None:
            if tag == "code":
                pieces.append("``")

        def handle_data(self, data: str) -> None:
            pieces.append(data)

    reader = Reader()
    reader.feed(html)
    reader.close()
    paragraphs = (" ".join(part.split()) for part in "".join(pieces).split("\n\n"))
    return "\n\n".join(part for part in paragraphs if part not in ("", "*"))


def restructured(html: str) -> str:
    """HTML as the reference writes it in its docstrings: by its own code, which takes 0.1 s to import."""
    from botocore.docs.bcdoc.restdoc import ReSTDocument

    document = ReSTDocument()
    document.include_doc_string(html)
    text: str = document.getvalue().decode()
    return text
