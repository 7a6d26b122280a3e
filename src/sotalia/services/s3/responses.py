"""Responses of S3: errors that come as successes, and what XML does not say plainly."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.events import only_for
from sotalia.protocols.xml_body import parse_xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.transport.messages import AWSResponse


def _may_hide_error(model: OperationModel) -> bool:
    """Whether an operation responds with XML: only then can an error be told from a result."""
    shape = model.output_shape
    if shape is None or model.has_event_stream_output:
        return False
    payload = shape.serialization.get("payload")
    return payload is None or shape.members[payload].type_name not in ("blob", "string")


@only_for(_may_hide_error)
def find_error_in_success(response_dict: dict[str, Any], **kwargs: Any) -> None:
    """Some operations begin to answer before they know how it ends. A 200 with an error in it, or broken XML, is a 500."""
    body = response_dict["body"]
    if response_dict["status_code"] != 200 or not body:
        return
    try:
        root = parse_xml(body)
    except exceptions.ResponseParserError:
        response_dict["status_code"] = 500
        return
    if root.tag == "Error":
        response_dict["status_code"] = 500
    else:
        response_dict["xml_root"] = (body, root)  # Parsed already; the parser takes it from here.


def take_over_status(response: Any, **kwargs: Any) -> None:
    """The status found in the body counts for retries and for what is raised."""
    if response is None:
        return
    http_response, parsed = response
    status = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if status is not None and http_response.status_code != status:
        http_response.status_code = status


@only_for(lambda model: model.output_shape is not None and "Expires" in model.output_shape.members)
def keep_raw_expires(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **kwargs: Any
) -> None:
    """``Expires`` may hold anything: the text is kept, and no timestamp is made of what is none."""
    headers = response_dict["headers"]
    text = headers.get("Expires")
    if not text:
        return
    customized_response_dict["ExpiresString"] = text
    from sotalia.protocols.timestamps import parse_timestamp

    try:
        parse_timestamp(text)
    except (ValueError, RuntimeError):
        import logging

        logging.getLogger(__name__).warning(
            'Failed to parse the "Expires" member as a timestamp: %s. The unparsed value is available in the response '
            'under "ExpiresString".',
            text,
        )
        del headers["Expires"]


def read_location(http_response: AWSResponse, parsed: dict[str, Any], **kwargs: Any) -> None:
    """The region is the text of the root element; none stands for us-east-1."""
    if http_response.raw is None:
        return
    parsed["LocationConstraint"] = parse_xml(http_response.content).text
