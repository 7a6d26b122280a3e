"""What must be hidden of the calls of one operation: worked out once, so that a call without secrets costs no search for them."""

from __future__ import annotations

from sotalia.runtime.redaction import SECRET_HEADERS, holds_secrets, is_secret_name, redact_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Hiding:
    """Of one operation: ``input_shape`` and ``output_shape`` are ``None`` where they hold no secrets · ``whole_output`` the shape in
    any case · ``headers`` the names, in lower case, whose values are secrets · ``secret_names`` the parameters that are secrets or hold some.
    """

    __slots__ = (
        "_model",
        "headers",
        "hides_url",
        "input_shape",
        "operation",
        "output_shape",
        "secret_names",
        "service",
        "whole_output",
    )

    def __init__(self, model: Any) -> None:
        self._model = model
        self.service: str = model.service_model.service_id.hyphenize()
        self.operation: str = model.name
        self.input_shape = _secret(model.input_shape)
        self.whole_output = model.output_shape
        self.output_shape = _secret(model.output_shape)
        members: dict[str, Any] = {} if self.input_shape is None else self.input_shape.members
        self.secret_names = frozenset(
            name for name, member in members.items() if is_secret_name(name) or holds_secrets(member)
        )
        self.headers = SECRET_HEADERS
        self.hides_url = False
        for shape in (self.input_shape, self.output_shape):
            for name, member in () if shape is None else shape.members.items():
                location = member.serialization.get("location")
                if not member.metadata.get("sensitive"):
                    continue
                if location == "header":
                    self.headers |= {str(member.serialization.get("name", name)).lower()}
                elif location in ("uri", "querystring"):
                    self.hides_url = True

    def url(self, url: str) -> str:
        """An address without secrets. Those with nothing in them that could be one are left as they are."""
        if self.hides_url or "?" in url or "@" in url:
            return redact_url(url, self._model)
        return url


def _secret(shape: Any) -> Any:
    return shape if shape is not None and holds_secrets(shape) else None


_known: dict[Any, Hiding] = {}
_CACHED = 2000


def hiding(model: Any) -> Hiding:
    """What to hide of the calls of an operation."""
    found = _known.get(model)
    if found is None:
        if len(_known) >= _CACHED:
            _known.clear()
        found = _known[model] = Hiding(model)
    return found
