"""The pagination of one operation, from the service's pagination model, with its expressions compiled.

``input_token`` names the parameters that ask for the next page, ``output_token`` the expressions (JMESPath) that find
their values in a page. ``result_key`` names the lists of a page. ``MaxItems`` counts the items of the first.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _listed(value: list[Any] | str) -> list[Any]:
    return value if isinstance(value, list) else [value]


class PaginationModel:
    """One operation's pagination: ``pagination.<Operation>`` of the model data."""

    __slots__ = (
        "input_tokens",
        "limit_key",
        "more_results",
        "non_aggregate_keys",
        "output_tokens",
        "result_keys",
    )

    def __init__(self, description: dict[str, Any]) -> None:
        import jmespath

        self.input_tokens: list[str] = _listed(description["input_token"])
        # Alternatives are written "A || B", which JMESPath reads as intended.
        self.output_tokens = [jmespath.compile(text) for text in _listed(description["output_token"])]
        self.result_keys = [jmespath.compile(text) for text in _listed(description["result_key"])]
        more_results = description.get("more_results")
        self.more_results = None if more_results is None else jmespath.compile(more_results)
        self.limit_key: str | None = description.get("limit_key")
        self.non_aggregate_keys = [
            jmespath.compile(text) for text in description.get("non_aggregate_keys", ())
        ]

    def next_tokens(self, page: dict[str, Any]) -> dict[str, Any]:
        """The tokens that ask for the page after this one, each ``None`` if there is none."""
        if self.more_results is not None and not self.more_results.search(page):
            return {}
        tokens = [expression.search(page) or None for expression in self.output_tokens]
        return dict(zip(self.input_tokens, tokens, strict=True))

    def breaks_off(self, page: dict[str, Any]) -> bool:
        """Whether a page says that there is more but has no token, so that the listing is incomplete."""
        return bool(
            self.more_results is not None
            and self.more_results.search(page)
            and not any(self.next_tokens(page).values())
        )


def set_path(expression: Any, target: dict[str, Any], value: Any) -> None:
    """Put ``value`` where a result key (a name, or names joined by dots) finds it. Missing structures are created."""
    names = field_names(expression.parsed)
    for name in names[:-1]:
        inner: dict[str, Any] | str | None = target.get(name)
        if not isinstance(inner, dict):
            inner = target[name] = {}
        target = inner
    target[names[-1]] = value


def field_names(node: dict[str, Any]) -> list[str]:
    """The names of a dotted path; of any other expression, its left-most name."""
    if node["type"] == "field":
        return [node["value"]]
    names: list[str] = []
    for child in node["children"]:
        names += field_names(child)
        if node["type"] != "subexpression":
            break
    return names
