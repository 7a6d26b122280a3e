"""Records: objects whose fields are given by name when they are made, and never change."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, dataclass_transform
else:

    def dataclass_transform(**_):
        """At run time nothing: the module ``dataclasses`` takes longer to import than a client to make."""
        return lambda declared: declared


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """The base of records. A subclass annotates its fields; a value in the class is the field's default."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(
            f"{type(self).__name__}.{name} cannot be set: make another {type(self).__name__}"
        )

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} of {', '.join(self.__dict__)}>"  # Names only: values may hold secrets.
        )
