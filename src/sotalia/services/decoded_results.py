"""Results that services send as text in text."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def decode_console_output(parsed: dict[str, Any], **kwargs: Any) -> None:
    """EC2: the console's text comes in base64."""
    if "Output" in parsed:
        from binascii import a2b_base64

        try:
            parsed["Output"] = a2b_base64(parsed["Output"]).decode("utf-8", "replace")
        except (ValueError, TypeError):
            pass  # Not base64 after all: the caller gets what came.


def decode_template(parsed: dict[str, Any], **kwargs: Any) -> None:
    """CloudFormation: a template in JSON is given as a dictionary, one in YAML as text."""
    if "TemplateBody" in parsed:
        import json
        from collections import OrderedDict

        try:
            parsed["TemplateBody"] = json.loads(parsed["TemplateBody"], object_pairs_hook=OrderedDict)
        except (ValueError, TypeError):
            pass  # YAML.


def use_query_error_code(parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    """SQS: the class of an exception is that of the shape, its code the one of old."""
    code = parsed.get("Error", {}).get("QueryErrorCode")
    if code:
        context["error_code_override"] = code


def describe_oidc_error(response_dict: dict[str, Any], **kwargs: Any) -> None:
    """SSO OIDC: OAuth's description serves as message."""
    if response_dict["status_code"] < 400:
        return
    import json

    try:
        body = json.loads(response_dict["body"])
    except ValueError:
        return
    if (
        isinstance(body, dict)
        and "error_description" in body
        and not ("message" in body or "Message" in body)
    ):
        body["message"] = body["error_description"]
        response_dict["body"] = json.dumps(body).encode("utf-8")
