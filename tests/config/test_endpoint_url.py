"""Which of the configured addresses a client takes."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.utils import CLIENT_NAME_TO_HYPHENIZED_SERVICE_ID_OVERRIDES

import sotalia
from sotalia.config import Config
from sotalia.config.endpoint_url import configured_endpoint_url
from tests.config.both import Sources, outcome
from tests.conformance.data import conformance_json

SUITE = conformance_json("config", "endpoint-urls.json")["testSuites"][0]


def config_file() -> str:
    """The profiles and services of the suite as a configuration file."""
    lines = []
    for name, values in SUITE["profiles"].items():
        lines += [f"[profile {name}]", *(f"{key} = {value}" for key, value in values.items())]
    for name, services in SUITE["services"].items():
        lines.append(f"[services {name}]")
        for service, values in services.items():
            lines += [f"{service} =", *(f"  {key} = {value}" for key, value in values.items())]
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("case", SUITE["endpointUrlTests"], ids=lambda case: case["name"])
def test_conformance(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Sources(config_file=config_file(), environment=SUITE["environments"][case["environment"]]).write(
        tmp_path, monkeypatch
    )
    arguments = dict(SUITE["client_configs"][case["client_config"]])
    ignores = arguments.pop("ignore_configured_endpoint_urls", None)
    config = None if ignores is None else Config(ignore_configured_endpoint_urls=ignores)
    client = sotalia.Session(profile_name=case["profile"]).client(case["service"], config=config, **arguments)
    expected = case["output"]["endpointUrl"]
    if expected is None:
        assert "fake-region-10.amazonaws.com" in client.meta.endpoint_url
    else:
        assert client.meta.endpoint_url == expected


def test_names_of_services_in_variables_and_sections() -> None:
    names = [*CLIENT_NAME_TO_HYPHENIZED_SERVICE_ID_OVERRIDES, "s3", "bedrock-runtime", "runtime.sagemaker"]
    for name in names:
        own = name.replace("-", "_")
        known = CLIENT_NAME_TO_HYPHENIZED_SERVICE_ID_OVERRIDES.get(name, name).replace("-", "_")
        for service in {own, known, "sagemaker_runtime"}:
            environment = {f"AWS_ENDPOINT_URL_{service.upper()}": "http://service"}
            expected = ConfiguredEndpointProvider({}, {}, name, environment).provide()
            assert configured_endpoint_url(name, {}, {}, environment) == expected
            full = {"services": {"mine": {service.lower(): {"endpoint_url": "http://section"}}}}
            expected = ConfiguredEndpointProvider(full, {"services": "mine"}, name, {}).provide()
            assert configured_endpoint_url(name, {"services": "mine"}, full, {}) == expected


def test_every_combination_of_places() -> None:
    sections: list[dict[str, Any]] = [
        {},
        {"mine": {}},
        {"mine": {"s3": {}}},
        {"mine": {"s3": {"endpoint_url": ""}}},
        {"mine": {"s3": {"endpoint_url": "http://section"}}},
    ]
    values = (None, "", "http://x")
    for services, named, of_profile, of_service, of_all in product(
        sections, (None, "mine", "nobody"), values, values, values
    ):
        environment = {"AWS_ENDPOINT_URL_S3": of_service, "AWS_ENDPOINT_URL": of_all and f"{of_all}/all"}
        profile = {"services": named, "endpoint_url": of_profile and f"{of_profile}/profile"}
        arguments: list[dict[str, Any]] = [
            {key: value for key, value in given.items() if value is not None}
            for given in (profile, environment)
        ]
        full = {"services": services}
        expected = outcome(ConfiguredEndpointProvider(full, arguments[0], "s3", arguments[1]).provide)
        found = outcome(configured_endpoint_url, "s3", arguments[0], full, arguments[1])
        assert (found[0], found[1] or None) == (expected[0], expected[1] or None)
