"""Services whose requests go elsewhere, or otherwise, than their models say."""

from __future__ import annotations

from sotalia.transport.address import split_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.transport.messages import AWSRequest

_IDS = frozenset(("ResourceId", "DelegationSetId", "ChangeId"))


def shorten_route53_ids(params: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """Route 53 gives ids with a path (``/hostedzone/Z1``) and takes them without."""
    if model.input_shape is None:
        return
    for name, member in model.input_shape.members.items():
        if member.name in _IDS and isinstance(params.get(name), str):
            params[name] = params[name].rpartition("/")[2]


def accept_json(params: dict[str, Any], **kwargs: Any) -> None:
    """API Gateway would answer in HAL."""
    params["headers"].setdefault("Accept", "application/json")


def go_to_prediction_endpoint(request: AWSRequest, **kwargs: Any) -> None:
    """Machine Learning: predictions are made where the parameter says. Raises ``ValueError`` where that is no address."""
    import json

    from sotalia.endpoints.client_endpoint import check_endpoint_url

    target = json.loads(request.data).get("PredictEndpoint")
    if target:
        check_endpoint_url(target)
        scheme, authority, _, _ = split_url(target)
        _, _, path, query = split_url(request.url)
        request.url = f"{scheme}://{authority}{path}" + (f"?{query}" if query else "")


def search_by_post(request: AWSRequest, **kwargs: Any) -> None:
    """CloudSearch: long searches do not fit into an address."""
    url = request.url or ""
    if request.method == "GET" and "?" in url:
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.method = "POST"
        request.url, _, request.data = url.partition("?")


def drop_content_type(request: AWSRequest, **kwargs: Any) -> None:
    """Polly: who follows a presigned URL sends no content type."""
    if request.context.get("is_presign_request"):
        del request.headers["Content-Type"]


def sign_importexport(**kwargs: Any) -> str:
    """Import/Export's model names a version that the service takes no longer."""
    return "v4"
