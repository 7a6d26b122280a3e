"""Rule sets against the public endpoint test data: the function library, and real services."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.endpoint_provider import EndpointProvider as ReferenceProvider

from sotalia import exceptions
from sotalia.endpoints.ruleset import EndpointProvider
from sotalia.model.loader import Loader

from .data import conformance_json, conformance_path

LOADER = Loader(cache_directory=None)
PARTITIONS = LOADER.partitions()
SMALL = sorted(path.stem for path in conformance_path("endpoint-rulesets", "test-cases").glob("*.json"))
SERVICES = sorted(path.stem for path in conformance_path("endpoints").glob("*.json"))


# Services whose installed rule set is newer than the data: the reference, asked with the same rule set, decides.
NEWER = ("dynamodb", "kinesis")


def reference_says(service: str, params: dict[str, Any]) -> dict[str, Any]:
    provider = ReferenceProvider(LOADER.load_service_model(service, "endpoint-rule-set-1"), PARTITIONS)
    try:
        found = provider.resolve_endpoint(**params)
    except exceptions.EndpointResolutionError as error:
        return {"error": str(error)}
    return {"endpoint": {"url": found.url, "properties": found.properties, "headers": found.headers}}


def check(provider: EndpointProvider, case: dict[str, Any]) -> None:
    expected = case["expect"]
    if "error" in expected:
        with pytest.raises(exceptions.EndpointResolutionError) as caught:
            provider.resolve_endpoint(**case.get("params", {}))
        assert str(caught.value) == expected["error"]
        return
    endpoint = provider.resolve_endpoint(**case.get("params", {}))
    assert endpoint.url == expected["endpoint"]["url"]
    assert endpoint.properties == expected["endpoint"].get("properties", {})
    assert endpoint.headers == expected["endpoint"].get("headers", {})


@pytest.mark.parametrize("name", SMALL)
def test_functions(name: str) -> None:
    provider = EndpointProvider(
        conformance_json("endpoint-rulesets", "valid-rules", f"{name}.json"), PARTITIONS
    )
    cases = conformance_json("endpoint-rulesets", "test-cases", f"{name}.json")["testCases"]
    assert cases
    for case in cases:
        check(provider, case)


@pytest.mark.parametrize("service", SERVICES)
def test_services(service: str) -> None:
    ruleset = LOADER.ruleset(service)
    assert ruleset is not None
    provider = EndpointProvider(ruleset, PARTITIONS)
    failures = []
    cases = conformance_json("endpoints", f"{service}.json")["testCases"]
    assert cases
    for case in cases:
        if service in NEWER:
            case["expect"] = reference_says(service, case.get("params", {}))
        try:
            check(provider, case)
        except Exception as error:
            failures.append(f"{case.get('documentation')}: {error}")
    assert failures == []
