"""The endpoint cases that name an operation, its parameters and a client's settings: where a whole call goes.

The data gives rule set parameters; what settings lead to them is boto3's to say, so boto3 makes the same calls.
"""

from __future__ import annotations

import os
from typing import Any

import boto3
import botocore.awsrequest
import botocore.config
import pytest

import sotalia
from sotalia.model.naming import xform_name
from tests.services.answers import Raw

from .data import conformance_json, conformance_path

_S3_SETTINGS = {
    "AWS::S3::Accelerate": "use_accelerate_endpoint",
    "AWS::S3::UseArnRegion": "use_arn_region",
    "AWS::S3Control::UseArnRegion": "use_arn_region",
    "AWS::S3::DisableMultiRegionAccessPoints": "s3_disable_multiregion_access_points",
}
# Clients of boto3 take their time: a sample, unless SOTALIA_WHOLE is set.
STEP = 1 if os.environ.get("SOTALIA_WHOLE") else 9


def cases(service: str) -> list[tuple[int, dict[str, Any]]]:
    """Number and inputs of each case that has some."""
    found = enumerate(conformance_json("endpoints", f"{service}.json")["testCases"])
    return [(number, given) for number, case in found for given in case.get("operationInputs", ())]


SERVICES = [path.stem for path in sorted(conformance_path("endpoints").glob("*.json")) if cases(path.stem)]


def client_for(library: Any, service: str, builtins: dict[str, Any]) -> Any:
    """A client with these settings."""
    s3: dict[str, Any] = {name: builtins[key] for key, name in _S3_SETTINGS.items() if key in builtins}
    if "AWS::S3::ForcePathStyle" in builtins:
        s3["addressing_style"] = "path" if builtins["AWS::S3::ForcePathStyle"] else "virtual"
    if "AWS::S3::UseGlobalEndpoint" in builtins:
        is_global = builtins["AWS::S3::UseGlobalEndpoint"]
        s3["us_east_1_regional_endpoint"] = "legacy" if is_global else "regional"
    config = botocore.config.Config(
        s3=s3,
        use_fips_endpoint=builtins.get("AWS::UseFIPS"),
        use_dualstack_endpoint=builtins.get("AWS::UseDualStack"),
        account_id_endpoint_mode=builtins.get("AWS::Auth::AccountIdEndpointMode"),
        parameter_validation=False,
        retries={"max_attempts": 0},
    )
    session = library.Session(
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        aws_account_id=builtins.get("AWS::Auth::AccountId"),
        region_name=builtins["AWS::Region"],
    )
    return session.client(service, config=config, endpoint_url=builtins.get("SDK::Endpoint"))


def outcome(library: Any, service: str, given: dict[str, Any]) -> Any:
    """What is sent where and signed for what, or what is raised."""
    sent: list[Any] = []

    def keep(request: Any, **kwargs: Any) -> Any:
        headers = {name.lower(): value for name, value in request.headers.items()}
        scope = headers["authorization"].decode().split("Credential=")[1].split("/")[2:4]
        extra = {
            name: headers[name] for name in headers if name.startswith(("x-amz-account", "x-amz-outpost"))
        }
        sent.append((request.url.rstrip("?"), scope, extra))
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Raw(b"{}"))

    try:
        client = client_for(library, service, given["builtInParams"])
        client.meta.events.register("before-send", keep)
        getattr(client, xform_name(given["operationName"]))(**given.get("operationParams", {}))
    except Exception as error:
        if not sent:
            return f"{type(error).__name__}: {error}".replace("sotalia[crt]", "botocore[crt]").replace(
                "'", ""
            )
    return sent


@pytest.mark.slow(keep=12)
@pytest.mark.usefixtures("no_awscrt")
@pytest.mark.parametrize("service", SERVICES)
def test_calls_go_where_those_of_boto3_go(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    differences = []
    for number, given in cases(service)[::STEP]:
        is_global = given["builtInParams"].get("AWS::STS::UseGlobalEndpoint")
        monkeypatch.setitem(os.environ, "AWS_STS_REGIONAL_ENDPOINTS", "legacy" if is_global else "regional")
        mine, theirs = outcome(sotalia, service, given), outcome(boto3, service, given)
        if mine != theirs:
            differences.append((number, given, mine, theirs))
    assert differences == []


def test_the_number_of_cases() -> None:
    assert sum(len(cases(service)) for service in SERVICES) == 690
