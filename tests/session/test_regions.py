"""Which regions clients are made for, beside boto3: every value from every place that may name one."""

from __future__ import annotations

import enum
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest

import sotalia
from tests.client_kinds import Kind

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
VALUES = [
    *(None, "", " ", "us-east-1", "us-east-1 ", "US-EAST-1", "xx-nowhere-9", "aws-global", "fips-us-east-1"),
    *("cn-north-1", "a.b", "us_east_1", "-x", "123", "x" * 64, "\u00e9", "us-east-1@evil.example"),
]
SERVICES = ["s3", "iam"]


class Region(enum.StrEnum):
    IRELAND = "eu-west-1"


class OldRegion(str, enum.Enum):  # noqa: UP042 - whose members print otherwise
    IRELAND = "eu-west-1"


def facts(client: Any) -> tuple[Any, ...]:
    signer = client._request_signer
    meta = client.meta
    return (
        meta.region_name,
        meta.endpoint_url,
        meta.partition,
        meta.config.region_name,
        signer.region_name,
        signer.signing_name,
    )


def outcome(work: Callable[[], Any]) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return work()
    except (ValueError, TypeError) as error:
        return type(error).__name__
    except Exception as error:
        # Ours says where the value stands behind the reference's words.
        return type(error).__name__, str(error).partition(" (found in ")[0]


def by_argument(session: Any, value: Any, service: str, **more: Any) -> Any:
    return facts(session(**KEYS).client(service, region_name=value, **more))


def by_session(session: Any, value: Any, service: str, **more: Any) -> Any:
    return session(region_name=value, **KEYS).region_name, facts(
        session(region_name=value, **KEYS).client(service, **more)
    )


def by_config(session: Any, value: Any, service: str, **more: Any) -> Any:
    return facts(session(**KEYS).client(service, config=botocore.config.Config(region_name=value), **more))


def by_default(session: Any, value: Any, service: str, **more: Any) -> Any:
    return session(**KEYS).region_name, facts(session(**KEYS).client(service, **more))


@cache
def expected_of(way: Callable[..., Any], value: Any, service: str, address: str | None) -> Any:
    return outcome(lambda: way(boto3.Session, value, service, endpoint_url=address))


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("address", [None, "http://127.0.0.1:9"])
@pytest.mark.parametrize("way", [by_argument, by_session, by_config])
def test_regions_given_in_the_program(
    client_kind: Kind, way: Callable[..., Any], address: str | None, service: str
) -> None:
    for value in VALUES:
        found = outcome(lambda value=value: way(client_kind.session, value, service, endpoint_url=address))
        assert found == expected_of(way, value, service, address), value


@pytest.mark.parametrize("service", ["s3"])
@pytest.mark.parametrize("address", [None, "http://127.0.0.1:9"])
@pytest.mark.parametrize("place", ["variable", "file"])
def test_regions_from_outside(
    client_kind: Kind,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    place: str,
    address: str | None,
    service: str,
) -> None:
    config = tmp_path / "config"
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for value in filter(lambda value: value is not None, VALUES):
        if place == "variable":
            monkeypatch.setenv("AWS_DEFAULT_REGION", value)
        else:
            config.write_text(f"[default]\nregion={value}\n", "utf-8")
        expected, found = (
            outcome(lambda session=session: by_default(session, None, service, endpoint_url=address))
            for session in (boto3.Session, client_kind.session)
        )
        assert found == expected, value


@pytest.mark.parametrize("value", [0, 5, True, b"us-east-1", ["us-east-1"], (), 1.5])
def test_what_is_not_text(client_kind: Kind, value: Any) -> None:
    with pytest.raises(TypeError):
        boto3.Session(**KEYS).client("s3", region_name=value)
    with pytest.raises(TypeError, match="region_name must be text such as 'us-east-1', not"):
        client_kind.session(**KEYS).client("s3", region_name=value)


@pytest.mark.parametrize("value", [Region.IRELAND, OldRegion.IRELAND])
def test_members_of_an_enumeration(client_kind: Kind, value: Any) -> None:
    for client in (
        client_kind.session(**KEYS).client("s3", region_name=value),
        client_kind.session(region_name=value, **KEYS).client("s3"),
    ):
        assert type(client.meta.region_name) is str
        assert client.meta.region_name == "eu-west-1"
        assert "eu-west-1" in client.meta.endpoint_url


def test_a_line_break_is_refused(client_kind: Kind) -> None:
    """The reference signs and sends it where the address is the caller's."""
    with pytest.raises(sotalia.exceptions.InvalidRegionError):
        client_kind.session(**KEYS).client("s3", region_name="us-east-1\n", endpoint_url="http://127.0.0.1:9")


def test_an_empty_region_is_signed_for(client_kind: Kind) -> None:
    """With a path-style address, as a rule set refuses it in a host name."""
    s3 = client_kind.session(**KEYS).client("s3", region_name="", endpoint_url="http://127.0.0.1:9")
    seen = []

    def stop(request: Any, **kwargs: Any) -> None:
        seen.append((request.url, str(request.headers["Authorization"])))
        raise KeyboardInterrupt

    s3.meta.events.register("before-send", stop)
    with pytest.raises(KeyboardInterrupt):
        client_kind.run(s3.head_object(Bucket="b", Key="k"))
    ((url, authorization),) = seen
    assert url == "http://127.0.0.1:9/b/k"
    assert "//s3/aws4_request" in authorization


@pytest.mark.parametrize("region", [None, "us-east-1", "eu-west-1", "aws-global"])
@pytest.mark.parametrize("of_options", [None, "us-east-1", "eu-west-1"])
@pytest.mark.parametrize("s3", [None, {"us_east_1_regional_endpoint": "regional"}])
def test_regions_of_s3_in_options(region: str | None, of_options: str | None, s3: Any) -> None:
    """Where S3's global address is due, the options' region goes before the argument's, as in the reference."""

    def seen(session: Any) -> Any:
        config = botocore.config.Config(region_name=of_options, s3=s3)
        client = session(**KEYS).client("s3", region_name=region, config=config)
        url = client.generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"})
        return facts(client), url.partition("?")[0]

    assert outcome(lambda: seen(sotalia.Session)) == outcome(lambda: seen(boto3.Session))
