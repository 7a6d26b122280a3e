"""IAM: policies come as JSON in percent-encoding, and are given as dictionaries."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.service import OperationModel

_POLICY = "policyDocumentType"


def decode_policies(parsed: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """Decode every policy in a result; what is no JSON stays text."""
    if model.output_shape is not None:
        _decode(parsed, model.output_shape)


def _decode(value: Any, shape: Any) -> None:
    if shape.type_name == "list":
        for item in value:
            _decode(item, shape.member)
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            if name not in value:
                continue
            if member.name == _POLICY and member.type_name == "string":
                value[name] = _policy(value[name])
            else:
                _decode(value[name], member)


def _policy(text: Any) -> Any:
    import json
    from urllib.parse import unquote

    try:
        return json.loads(unquote(text))
    except (ValueError, TypeError):
        return text
