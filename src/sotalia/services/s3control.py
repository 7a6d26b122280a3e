"""S3 Control: an ARN names the account itself."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.endpoints.functions import parse_arn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.service import OperationModel

# Operations that make what they name, and so take no ARN.
_BY_NAME = frozenset(("CreateAccessPoint", "CreateBucket", "ListRegionalBuckets"))


def take_account_from_arn(params: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """Fill ``AccountId`` from an outpost's ARN. Raises ``UnsupportedS3ControlArnError`` for two different accounts."""
    if model.name in _BY_NAME:
        return
    for name in ("Name", "Bucket"):
        value = params.get(name)
        arn = parse_arn(value) if isinstance(value, str) else None
        if arn is None or arn["service"] != "s3-outposts":
            continue
        given = params.get("AccountId")
        if given is not None and given != arn["accountId"]:
            raise exceptions.UnsupportedS3ControlArnError(
                arn=value,
                msg=f'Account ID in arn does not match the AccountId parameter provided: "{given}"',
            )
        params["AccountId"] = arn["accountId"]
