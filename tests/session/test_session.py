"""The session's interface, beside boto3's and botocore's."""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import botocore.session
import pytest
from botocore.credentials import Credentials, RefreshableCredentials

import sotalia
from sotalia import exceptions
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS
from tests.config.both import Sources, outcome, outcome_class

#: Public names of botocore's session that ours does not have, and why.
MISSING_ON_PURPOSE = {
    "get_auth_token": "tokens are found by the client's signer",
}


def public(kind: Any) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_the_core_has_what_botocores_session_has() -> None:
    ours = public(sotalia.Session()._session)
    theirs = public(botocore.session.Session())
    assert theirs - ours <= set(MISSING_ON_PURPOSE)


def test_arguments_are_the_references() -> None:
    for method in ("create_client", "register", "unregister", "emit", "set_credentials", "get_available_regions",
                   "get_service_model", "get_service_data", "get_waiter_model", "get_paginator_model", "get_data",
                   "set_config_variable", "get_config_variable", "set_stream_logger", "set_file_logger",
                   "register_component", "lazy_register_component", "get_component"):  # fmt: skip
        theirs = list(inspect.signature(getattr(botocore.session.Session, method)).parameters)
        ours = list(inspect.signature(getattr(type(sotalia.Session()._session), method)).parameters)
        assert ours == theirs, method
    for method in ("__init__", "client", "resource", "get_available_regions", "get_partition_for_region"):
        theirs = list(inspect.signature(getattr(boto3.Session, method)).parameters)
        ours = list(inspect.signature(getattr(sotalia.Session, method)).parameters)
        # Ours takes these besides, by keyword only.
        assert [
            name for name in ours if name not in ("transport", "runtime", "extensions", "lint")
        ] == theirs, method


def test_default_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", None)
    sotalia.setup_default_session(region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    first = sotalia.DEFAULT_SESSION
    assert first is not None
    assert sotalia._get_default_session() is first
    assert sotalia.client("sqs").meta.region_name == "eu-west-1"
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", None)
    assert sotalia._get_default_session() is not first
    assert sotalia.Session is sotalia.session.Session


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), {}),
        (("key", "secret", "token", "eu-west-1"), {}),
        (("key", "secret", None, "eu-west-1", None, None, "123456789012"), {}),
        (("key",), {}),
        ((), {"aws_account_id": "123456789012"}),
        (("key",), {"aws_account_id": "123456789012"}),
        ((), {"aws_session_token": "token"}),
        ((), {"profile_name": "dev"}),
        ((), {"profile_name": "nobody"}),
        ((), {"region_name": "eu-west-3", "profile_name": "dev"}),
        ((), {"no_such": 1}),
    ],
)
def test_constructor(arguments: Any, named: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Sources(config_file="[profile dev]\nregion = ap-south-1\n").write(tmp_path, monkeypatch)

    def described(module: Any) -> Any:
        session = module.Session(*arguments, **named)
        keys = session.get_credentials()
        frozen = keys and tuple(keys.get_frozen_credentials())
        return session.region_name, session.profile_name, session.available_profiles, repr(session), frozen

    assert outcome_class(described, sotalia) == outcome_class(described, boto3)


def test_a_profile_of_the_environment_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert outcome(sotalia.Session) == outcome(boto3.Session)


def test_what_there_is() -> None:
    ours, theirs = sotalia.Session(region_name="us-east-1"), boto3.Session(region_name="us-east-1")
    assert ours.get_available_services() == theirs.get_available_services()
    assert ours.get_available_partitions() == theirs.get_available_partitions()
    for service in ("s3", "ec2", "iam", "elb", "elasticloadbalancing", "nothing", "logs", "sts"):
        for partition in ("aws", "aws-cn", "nowhere"):
            for every in (False, True):
                arguments = (service, partition, every)
                assert ours.get_available_regions(*arguments) == theirs.get_available_regions(*arguments), (
                    arguments
                )
    for region in ("us-east-1", "cn-north-1", "us-gov-west-1", "eu-isoe-west-1", "nowhere-1", "mars"):
        assert outcome(ours.get_partition_for_region, region) == outcome(
            theirs.get_partition_for_region, region
        )


def test_descriptions_of_services() -> None:
    ours, theirs = sotalia.Session()._session, botocore.session.Session()
    heard: list[Any] = []
    for session in (ours, theirs):
        session.register("service-data-loaded.sqs", lambda **kwargs: heard.append(sorted(kwargs)))
        data = session.get_service_data("sqs")
        assert data["metadata"]["serviceId"] == "SQS"
    assert heard == [["event_name", "service_data", "service_name", "session"]] * 2
    assert ours.get_service_data("sqs") == theirs.get_service_data("sqs")
    assert ours.get_waiter_model("s3").waiter_names == theirs.get_waiter_model("s3").waiter_names
    name = "ListObjectsV2"
    assert ours.get_paginator_model("s3").get_paginator(name) == theirs.get_paginator_model(
        "s3"
    ).get_paginator(name)
    assert ours.get_data("partitions") == theirs.get_data("partitions")
    assert outcome_class(ours.get_data, "nothing") == "DataNotFoundError"
    assert outcome_class(ours.get_service_model, "nothing") == "UnknownServiceError"
    assert ours.get_service_model("s3") is sotalia.Session()._session.get_service_model("s3")


def test_a_handler_may_change_a_description() -> None:
    session = sotalia.Session()._session

    def rename(service_data: Any, **kwargs: Any) -> None:
        service_data["metadata"]["signingName"] = "renamed"

    session.register("service-data-loaded.sns", rename)
    assert session.get_service_model("sns").signing_name == "renamed"
    assert sotalia.Session()._session.get_service_model("sns").signing_name == "sns"


def test_components() -> None:
    ours, theirs = sotalia.Session(**KEYS)._session, botocore.session.Session()
    made: list[int] = []
    for session in (ours, theirs):
        assert outcome(session.get_component, "nothing") == ("ValueError", "Unknown component: nothing")
        session.lazy_register_component("mine", lambda: made.append(1) or "made")
        assert session.get_component("mine") == session.get_component("mine") == "made"
        session.register_component("mine", "other")
        assert session.get_component("mine") == "other"
        with pytest.warns(DeprecationWarning, match="endpoint_resolver component"):
            session.get_component("endpoint_resolver")
        for name in (
            "config_store",
            "credential_provider",
            "data_loader",
            "event_emitter",
            "response_parser_factory",
        ):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert session.get_component(name) is not None
    assert made == [1, 1]


def test_a_chain_and_a_loader_of_the_reference(tmp_path: Path) -> None:
    class Chain:
        def load_credentials(self) -> Any:
            return Credentials("AKIDCHAIN", "secret", method="chain")

    transport = ScriptedTransport([answer(200, body=b"{}")])
    session = sotalia.Session(region_name="us-east-1", transport=transport)
    session._session.register_component("credential_provider", Chain())
    session._session.register_component(
        "data_loader", botocore.session.Session().get_component("data_loader")
    )
    session.client("sqs").list_queues()
    assert "Credential=AKIDCHAIN/" in str(transport.requests[0].headers["Authorization"])


def test_a_session_of_botocore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipe for keys that refresh themselves, as it stands in many programs."""
    refreshed: list[int] = []

    def refresh() -> dict[str, str]:
        refreshed.append(1)
        return {
            "access_key": "AKIDFRESH",
            "secret_key": "s",
            "token": "t",
            "expiry_time": "2099-01-01T00:00:00Z",
        }

    given = botocore.session.get_session()
    given._credentials = RefreshableCredentials.create_from_metadata(refresh(), refresh, "sts-assume-role")
    given.set_config_variable("region", "eu-central-1")
    given.set_default_client_config(botocore.config.Config(read_timeout=3))
    given.user_agent_extra = "mytool/1"
    heard: list[str] = []
    given.register("before-call.sqs.ListQueues", lambda model, **kwargs: heard.append(model.name))
    transport = ScriptedTransport([answer(200, body=b"{}")])
    session = sotalia.Session(botocore_session=given, transport=transport)
    assert session.region_name == "eu-central-1"
    client = session.client("sqs")
    client.list_queues()
    assert heard == ["ListQueues"]
    assert client.meta.config.read_timeout == 3
    headers = transport.requests[0].headers
    assert "Credential=AKIDFRESH/" in str(headers["Authorization"])
    assert "mytool/1" in str(headers["User-Agent"])
    assert session.get_credentials() is given._credentials
    assert refreshed == [1]


def test_a_session_of_botocore_with_its_own_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    session = sotalia.Session(botocore_session=botocore.session.Session())
    keys = session.get_credentials()
    assert (keys.access_key, keys.method) == ("AKIDENV", "env")


def test_sessions_may_share_a_core() -> None:
    first = sotalia.Session(region_name="us-east-1")
    second = sotalia.Session(botocore_session=first._session)
    assert second.region_name == "us-east-1"
    assert second.events is first.events
    with pytest.raises(TypeError, match="botocore_session must be"):
        sotalia.Session(botocore_session="us-east-1")


def test_errors_of_client_arguments() -> None:
    for arguments in (
        {"region_name": "not a region"},
        {"region_name": "-a"},
        {"region_name": "123"},
        {"region_name": "x" * 64},
        {"endpoint_url": "nothing"},
        {"verify": " "},
        {"aws_access_key_id": "a"},
        {"aws_secret_access_key": "a"},
        {"aws_session_token": "a"},
        {"api_version": "1999-01-01"},
        {},
    ):
        named: dict[str, Any] = {"region_name": "us-east-1", **arguments}
        assert outcome_class(lambda n: sotalia.Session().client("sqs", **n) and 1, named) == outcome_class(
            lambda n: boto3.Session().client("sqs", **n) and 1, named
        ), arguments
    assert outcome_class(sotalia.Session().client, "sqs") == "NoRegionError"
    with pytest.raises(exceptions.UnknownServiceError, match="Did you mean 'sqs'"):
        sotalia.Session().client("sqss")
