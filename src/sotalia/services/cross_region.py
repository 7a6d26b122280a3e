"""Copies from another region: the request carries a presigned request to that region."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.auth.signer import RequestSigner
    from sotalia.model.service import OperationModel


async def presign_snapshot_copy(
    params: dict[str, Any], request_signer: RequestSigner, model: OperationModel, **kwargs: Any
) -> None:
    """EC2's CopySnapshot."""
    body = params["body"]
    if "PresignedUrl" in body:
        return
    url = await _presigned(params, request_signer, model, body["SourceRegion"])
    body["PresignedUrl"] = url
    body["DestinationRegion"] = request_signer.region_name


async def presign_source_region(
    params: dict[str, Any], request_signer: RequestSigner, model: OperationModel, **kwargs: Any
) -> None:
    """RDS, Neptune and DocumentDB: ``SourceRegion`` is ours, the service wants the URL."""
    body = params["body"]
    if "SourceRegion" not in body:
        return
    source = body.pop("SourceRegion")
    if "PreSignedUrl" not in body:
        body["PreSignedUrl"] = await _presigned(params, request_signer, model, source)


async def _presigned(
    request: dict[str, Any], signer: RequestSigner, model: OperationModel, source_region: str
) -> str:
    here = signer.region_name
    there = {
        **request,
        "method": "GET",
        "url": request["url"].replace(here, source_region),
        "body": {**request["body"], "DestinationRegion": here},
        "context": dict(request["context"]),
    }
    url: str = await signer.presign_url(there, model.name, region_name=source_region)
    return url
