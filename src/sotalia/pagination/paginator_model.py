"""How one operation is paged: its entry in the service's pagination model, with its expressions compiled.

``input_token`` and ``output_token`` name the parameters that ask for the next page and the expressions (JMESPath) that
find their values in a page; ``result_key`` the lists that pages are about, the first of which is counted.
"""

from __future__ import annotations

from typing import Any


def _listed(value: Any) -> list[Any]:
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
        """The tokens that ask for the page after this one, each ``None`` when there is none."""
        if self.more_results is not None and not self.more_results.search(page):
            return {}
        tokens = [expression.search(page) or None for expression in self.output_tokens]
        return dict(zip(self.input_tokens, tokens, strict=True))

    def breaks_off(self, page: dict[str, Any]) -> bool:
        """Whether a page says that there is more, but not where: what was listed up to it is not all."""
        return bool(
            self.more_results is not None
            and self.more_results.search(page)
            and not any(self.next_tokens(page).values())
        )


def set_path(expression: Any, target: dict[str, Any], value: Any) -> None:
    """Put ``value`` where a result key (a name, or names joined by dots) finds it, making what is missing between."""
    names = field_names(expression.parsed)
    for name in names[:-1]:
        inner = target.get(name)
        if not isinstance(inner, dict):
            inner = target[name] = {}
        target = inner
    target[names[-1]] = value


def field_names(node: dict[str, Any]) -> list[str]:
    """The names of a dotted path; of anything else, the left-most name it starts from."""
    if node["type"] == "field":
        return [node["value"]]
    names: list[str] = []
    for child in node["children"]:
        names += field_names(child)
        if node["type"] != "subexpression":
            break
    return names
