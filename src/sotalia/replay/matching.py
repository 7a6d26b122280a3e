"""When two calls are the same: parameters as the service understands them, in a form that JSON can write.

>>> canonical({"Key": "a", "Bucket": "b", "Body": b"hello"}, model)
{'Body': {'length': 5, 'sha256': '2cf24d...'}, 'Bucket': 'b', 'Key': 'a'}

Two calls are the same if their forms are equal. What makes no difference:

- the order of keys; the order of tags, filters and dimensions, and of DynamoDB's sets. No model says which lists are sets.
  A list counts as one by its shape: pairs of ``Key`` or ``Name`` with ``Value`` or ``Values``, in a list that is called
  after tags, filters, dimensions, attributes or an environment. If a key occurs twice, order may decide, and counts;
- how a value is written: 1, 1.0 and ``Decimal(1)``; a time in any zone, as text or as seconds since 1970; text or bytes
  where the model has a blob;
- tokens against double execution that you did not give yourself;
- secrets: they are ``***`` on both sides. So calls that differ in a secret only are the same, and are told apart by their
  order. Of a secret that is the whole body (Lambda's ``Payload``) the length counts;
- what the rules of a cassette ignore.

All else counts. In doubt two calls are different: a wrong response is worse than an error that shows the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from json import dumps

from sotalia.explain.secrets import Secrets
from sotalia.protocols.timestamps import iso8601
from sotalia.replay.bodies import digest, is_stream
from sotalia.runtime.redaction import SECRET, is_secret_name, redact_text, redact_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Final

    # A path of a rule, and what is left of it on the way down.
    _Path = tuple[str, ...]
    # What is left of the paths to ignore, and of those to keep secret.
    _Rest = tuple[tuple[_Path, ...], ...]
    # What parameters consist of; a union, for checkers to know what is in a dictionary.
    _Value = dict[Any, Any] | list[Any] | tuple[Any, ...] | set[Any] | frozenset[Any] | bytes | str | None

# Shapes may contain themselves, and so may what was given.
_DEPTH: Final = 100
_ORDER_IS_IGNORED: Final = ("tag", "filter", "dimension", "attribute", "environment")
_PAIRS: Final = frozenset(
    f"{name} {value}"
    for name in ("key", "name", "tagkey")
    for value in ("value", "values", "tagvalue", "tagvalues")
)
_SETS: Final = frozenset(("SS", "NS", "BS"))
# Tokens that services' handlers fill in although no model marks them.
_TOKENS: Final = frozenset(("ClientToken", "ClientRequestToken", "IdempotencyToken"))
# Numbers of more digits than Python writes in decimal are written in another way.
_LARGEST_EXPONENT: Final = 400


class Rules:
    """What the user of a cassette says about parameters: which to ignore, and which to keep secret.

    Paths are names with dots; ``[]`` stands for every item of a list, ``*`` for every member or key: ``StartTime``,
    ``Tags[].Value``, ``Item.*.S``. A list of paths counts for all operations. A dictionary has them by operation
    (``cloudwatch.GetMetricData``), by service (``cloudwatch``) or for all (``*``). ``keep`` are names of members that are no
    secrets, though the model calls them so. Raises ``TypeError`` and ``ValueError`` for what is no path.
    """

    __slots__ = ("_ignored", "_redacted", "kept")

    def __init__(
        self,
        ignore: Iterable[str] | Mapping[str, Iterable[str]] = (),
        redact: Iterable[str] | Mapping[str, Iterable[str]] = (),
        keep: Iterable[str] = (),
    ) -> None:
        self.kept = frozenset(keep)
        self._ignored = _by_operation("ignore", ignore)
        self._redacted = _by_operation("redact", redact)

    def ignored(self, service: str, operation: str) -> tuple[_Path, ...]:
        """The paths that do not count for calls of an operation."""
        return _paths_of(self._ignored, service, operation)

    def redacted(self, service: str, operation: str) -> tuple[_Path, ...]:
        """The paths whose values are secrets of the user."""
        return _paths_of(self._redacted, service, operation)


def canonical(
    parameters: Mapping[str, Any],
    model: Any,
    rules: Rules | None = None,
    *,
    given: Iterable[str] | None = None,
) -> dict[str, Any]:
    """What two calls of an operation have in common if they are the same: dictionaries, lists, text, numbers.

    ``model`` the operation's, as handlers get it · ``given`` the names of the parameters that the caller gave, where
    ``parameters`` are what handlers made of them: tokens that are not among them were generated, and are left out.
    ``None`` says that the caller gave all. Streams that cannot be rewound are :data:`~sotalia.replay.bodies.UNREAD`.
    """
    shape = model.input_shape
    ignored: tuple[_Path, ...] = ()
    redacted: tuple[_Path, ...] = ()
    kept: frozenset[str] = frozenset()
    if rules is not None:
        kept = rules.kept
        service = model.service_model.service_id.hyphenize()
        ignored = rules.ignored(service, model.name)
        redacted = rules.redacted(service, model.name)
    if given is not None:
        own = frozenset(given)
        parameters = {
            name: value
            for name, value in parameters.items()
            if name in own or not _is_token(name, None if shape is None else shape.members.get(name))
        }
    walk = _Walk(kept)
    found: dict[str, Any] = walk.structure(parameters, shape, (ignored, redacted), _DEPTH)
    if walk.has_secrets:
        # By value too: a handler may have written a password into a tag.
        secrets = Secrets()
        secrets.add_parameters(without(dict(parameters), kept), shape)
        found = secrets.clean(found)
    return found


def without(value: _Value, names: frozenset[str]) -> Any:
    """Parameters without some of their members, however deep."""
    if not names:
        return value
    if isinstance(value, dict):
        return {name: without(item, names) for name, item in value.items() if name not in names}
    return [without(item, names) for item in value] if isinstance(value, list | tuple) else value


def _is_token(name: str, member: Any) -> bool:
    return name in _TOKENS or (member is not None and bool(member.metadata.get("idempotencyToken")))


class _Walk:
    """One walk over parameters. ``rules`` are what is left of the paths to ignore and of those to keep secret.

    ``kept`` are names of members that are no secrets.
    """

    def __init__(self, kept: frozenset[str] = frozenset()) -> None:
        self.has_secrets = False
        self._kept = kept

    def value(self, value: _Value, shape: Any, rules: _Rest, depth: int, *, is_kept: bool = False) -> Any:
        if value is None:
            return None
        is_sensitive = not is_kept and shape is not None and shape.metadata.get("sensitive")
        if () in rules[1] or is_sensitive:
            self.has_secrets = True
            return SECRET
        if depth == 0:
            return "..."
        kind = None if shape is None else shape.type_name
        if kind == "timestamp":
            return _timestamp(value)
        if isinstance(value, dict):
            return self._mapping(value, shape, rules, depth)
        if kind == "blob":
            return digest(value)
        if isinstance(value, list | tuple):
            return self._list(value, shape, rules, depth, is_kept=is_kept)
        if isinstance(value, set | frozenset):
            return _sorted(self.value(item, None, rules, depth - 1) for item in value)
        return _scalar(value)

    def structure(self, value: Any, shape: Any, rules: _Rest, depth: int) -> Any:
        members: dict[str, Any] = getattr(shape, "members", None) or {}
        are_sets = members.keys() >= _SETS
        payload = None if shape is None else shape.serialization.get("payload")
        found: dict[str, Any] = {}
        for name, item in sorted(value.items(), key=_name):
            below = _below(rules, str(name))
            if () in below[0]:
                continue
            is_kept = name in self._kept
            if is_secret_name(name) and item is not None and not is_kept:
                self.has_secrets = True
                found[_text(str(name))] = SECRET
                continue
            form = self.value(item, members.get(name), below, depth - 1, is_kept=is_kept)
            if name == payload and form == SECRET and () not in below[1]:
                # The whole body, as Lambda's: its digest would betray a short one, and without anything all are alike.
                form = {"length": digest(item)["length"], "sha256": SECRET}
            if are_sets and name in _SETS and type(item) in (list, tuple):
                form = _sorted(form)
            found[_text(str(name))] = form
        return found

    def _mapping(self, value: dict[Any, Any], shape: Any, rules: _Rest, depth: int) -> Any:
        if getattr(shape, "type_name", None) != "map":
            return self.structure(value, shape, rules, depth)
        if shape.key.metadata.get("sensitive"):
            self.has_secrets = True
            return {SECRET: SECRET} if value else {}
        found: dict[str, Any] = {}
        for key, item in sorted(value.items(), key=_name):
            below = _below(rules, str(key))
            if () in below[0]:
                continue
            is_secret = is_secret_name(key) and item is not None and key not in self._kept
            self.has_secrets = self.has_secrets or is_secret
            found[_text(str(key))] = SECRET if is_secret else self.value(item, shape.value, below, depth - 1)
        return found

    def _list(self, value: Any, shape: Any, rules: _Rest, depth: int, *, is_kept: bool) -> Any:
        below = _below(rules, "[]")
        if () in below[0]:
            return []
        member = getattr(shape, "member", None)
        items = [self.value(item, member, below, depth - 1, is_kept=is_kept) for item in value]
        if member is None or not is_set(shape):
            return items
        return _sorted(items) if member.type_name == "string" else _without_order(items)


def is_set(shape: Any) -> bool:
    """Whether the service ignores the order of a list of this shape: tags, filters, and keys of tags."""
    name = shape.name.lower()
    member = shape.member
    if member.type_name == "string":
        return "tagkey" in name
    if member.type_name != "structure":
        return False
    pair = " ".join(sorted(member.members, key=lambda name: "value" in name.lower())).lower()
    return pair in _PAIRS and any(word in name or word in member.name.lower() for word in _ORDER_IS_IGNORED)


def _without_order(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pairs in order of their text, and values within them; as they are if a key occurs twice, for the last may win."""
    if not all(isinstance(item, dict) for item in items):
        return items
    keys = [dumps([part for name, part in item.items() if "value" not in name.lower()]) for item in items]
    if len(set(keys)) != len(keys):
        return items
    return _sorted(
        {name: _sorted(part) if _is_list(part) else part for name, part in item.items()} for item in items
    )


# -- scalars ---------------------------------------------------------------------------------------------------------


def _timestamp(value: Any) -> Any:
    try:
        return iso8601(value)
    except (ValueError, TypeError, OverflowError, OSError):
        return _scalar(value)  # The validator refuses it, in its own words.


def _scalar(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(str.__str__(value))
    if isinstance(value, int | float | Decimal):
        return number(value)
    if isinstance(value, bytes | bytearray | memoryview) or is_stream(value):
        return digest(value)
    if hasattr(value, "__index__") or hasattr(value, "__float__"):  # Of numpy, where nothing validates.
        return number(value.__index__() if hasattr(value, "__index__") else float(value))
    if isinstance(value, datetime):
        return _timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    expression = getattr(value, "get_expression", None)
    if expression is not None:  # A condition of DynamoDB, before it is written as text.
        parts = expression()
        return {
            "operator": str(parts["operator"]),
            "values": [_Walk().value(part, None, ((), ()), _DEPTH // 2) for part in parts["values"]],
        }
    name = getattr(value, "name", None)
    if isinstance(name, str):  # The name of an attribute in such a condition.
        return {type(value).__name__: _text(name)}
    raw = getattr(value, "value", None)
    if isinstance(raw, bytes | bytearray):  # DynamoDB's Binary.
        return digest(raw)
    return f"<{type(value).__name__}>"


def number(value: float | Decimal) -> int | float | str:
    """The same for 1, 1.0 and ``Decimal("1.00")``. What JSON has no number for is text: ``NaN``, ``1E+1000``."""
    if isinstance(value, int):
        return int(value) if value.bit_length() <= 4096 else hex(value)
    if isinstance(value, float):
        if value != value:
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return "Infinity" if value > 0 else "-Infinity"
        return int(value) if value.is_integer() else float(value)
    if not value.is_finite():
        return number(float(value)) if not value.is_snan() else "NaN"
    if abs(value.adjusted()) > _LARGEST_EXPONENT and value:
        return _decimal_text(value)
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else _decimal_text(value)


def _decimal_text(value: Decimal) -> str:
    # With all its digits: the context of the program may have fewer.
    exact = Context(prec=max(1, len(value.as_tuple().digits)), Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
    return str(value.normalize(exact))


def _text(value: str) -> str:
    # Most text holds neither an address nor a document: what has none of these is not looked through.
    return value if _PLAIN.isdisjoint(value) else redact_text(redact_url(value))


_PLAIN: Final = frozenset("<:=&")


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _sorted(values: Iterable[Any]) -> list[Any]:
    return sorted(values, key=_sort_key)


def _sort_key(value: Any) -> str:
    return dumps(value, sort_keys=True)


def _name(item: tuple[Any, Any]) -> str:
    return str(item[0])


# -- rules -----------------------------------------------------------------------------------------------------------


def _below(rules: _Rest, step: str) -> _Rest:
    if not rules[0] and not rules[1]:
        return rules
    return tuple(
        tuple(path[1:] for path in paths if path and (path[0] == step or (path[0] == "*" and step != "[]")))
        for paths in rules
    )


def _by_operation(name: str, paths: Any) -> dict[str, tuple[_Path, ...]]:
    """The paths by operation or service in lower case. ``paths`` is not trusted to be what it should."""
    lists = paths if hasattr(paths, "items") else {"*": paths}
    found: dict[str, tuple[_Path, ...]] = {}
    for operation, texts in lists.items():
        if isinstance(texts, str) or not isinstance(operation, str):
            raise TypeError(
                f"{name}={texts!r}: expected a list of paths such as ['StartTime', 'Tags[].Value'], or a dictionary of "
                "such lists by operation such as 's3.PutObject'"
            )
        found[operation.lower()] = tuple(_parsed(name, text) for text in texts)
    return found


def _parsed(name: str, text: object) -> _Path:
    if not isinstance(text, str):
        raise TypeError(f"{name}: a path is text such as 'Tags[].Value', not {text!r}")
    steps: list[str] = []
    for part in text.split("."):
        plain = part
        lists = 0
        while plain.endswith("[]"):
            plain, lists = plain[:-2], lists + 1
        if not plain or "[" in plain or "]" in plain:
            raise ValueError(
                f"{name}: {text!r} is no path; write names with dots, [] for every item of a list and * for every "
                "member: 'Tags[].Value'"
            )
        steps += [plain, *("[]",) * lists]
    return tuple(steps)


def _paths_of(by_operation: dict[str, tuple[_Path, ...]], service: str, operation: str) -> tuple[_Path, ...]:
    if not by_operation:
        return ()
    names = ("*", service.lower(), f"{service}.{operation}".lower())
    return tuple(path for name in names for path in by_operation.get(name, ()))
