"""Which operations of all services can change something: the rule, its exceptions, and how many it says of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from sotalia.extensions import is_mutating
from sotalia.extensions.mutating import MUTATING, READING, READING_VERBS, VERB
from sotalia.model.loader import Loader

#: Of the botocore that the tests run with; another one may have more of each.
LEAST = {"services": 430, "mutating": 11_000, "reading": 8_600}
# Verbs of operations that certainly change something. None of them is taken for reading, whatever the protocol.
CHANGING = frozenset(
    """Abort Accept Activate Add Allocate Associate Attach Authorize Cancel Complete Copy Create Deactivate Delete Deregister
    Detach Disable Disassociate Enable Import Merge Modify Move Post Promote Publish Purchase Put Reboot Register Reject
    Release Remove Rename Replace Reset Restore Resume Revoke Rotate Run Send Set Submit Subscribe Suspend Tag Terminate
    Untag Update Upload Write""".split()
)
#: What of them reads all the same: credentials are issued, records are read as they come.
READS = {
    "kinesis.SubscribeToShard",
    "s3.CreateSession",
    "signin.CreateOAuth2Token",
    "sso-oidc.CreateToken",
    "sso-oidc.CreateTokenWithIAM",
}


@cache
def models() -> dict[str, Any]:
    loader = Loader([])
    services = map(loader.service, loader.list_available_services("service-2"))
    return {f"{model.service_id.hyphenize()} {model.service_name}": model for model in services}


def operations() -> Iterator[tuple[str, Any]]:
    for model in models().values():
        for name in model.operation_names:
            yield f"{model.service_id.hyphenize()}.{name}", model.operation_model(name)


def test_all_services() -> None:
    counts = Counter("mutating" if is_mutating(model) else "reading" for _, model in operations())
    counts["services"] = len(models())
    assert {name: counts[name] >= least for name, least in LEAST.items()} == dict.fromkeys(LEAST, True), (
        counts
    )


def test_nothing_that_changes_something_is_taken_for_reading() -> None:
    wrong = {
        name
        for name, model in operations()
        if not is_mutating(model) and (verb := VERB.match(model.name)) and verb[1] in CHANGING
    }
    assert wrong == READS


def test_requests_that_replace_or_delete_are_never_taken_for_reading() -> None:
    """By HTTP method, where the protocol gives it a meaning; what the model itself calls readonly is left to it."""
    assert not [
        name
        for name, model in operations()
        if model.service_model.resolved_protocol.startswith("rest-")
        and model.http["method"] in ("PUT", "DELETE", "PATCH")
        and not model.is_readonly
        and not is_mutating(model)
    ]


def test_everything_by_a_reading_verb_or_a_get_reads_but_for_the_exceptions() -> None:
    exceptions = {f"{service}.{name}" for service, names in MUTATING.items() for name in names.split()}
    found = {
        name
        for name, model in operations()
        if is_mutating(model)
        and (
            model.is_readonly
            or ((verb := VERB.match(model.name)) and verb[1] in READING_VERBS)
            or (
                model.service_model.resolved_protocol.startswith("rest-")
                and model.http["method"] in ("GET", "HEAD")
            )
        )
    }
    assert found == exceptions


@pytest.mark.parametrize(
    ("table", "mutating"), [(READING, False), (MUTATING, True)], ids=["reading", "mutating"]
)
def test_each_exception_is_an_operation_and_is_needed(
    table: dict[str, str], mutating: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dict(operations())
    listed = [(service, name) for service, names in table.items() for name in names.split()]
    assert len(listed) == len(set(listed))
    assert [f"{service}.{name}" for service, name in listed if f"{service}.{name}" not in known] == []
    for service, name in listed:
        assert is_mutating(known[f"{service}.{name}"]) is mutating
    with monkeypatch.context() as patch:
        for service in table:
            patch.setitem(table, service, "")
        assert [
            f"{service}.{name}"
            for service, name in listed
            if is_mutating(known[f"{service}.{name}"]) is mutating
        ] == []


@pytest.mark.parametrize(
    ("name", "mutating"),
    [
        ("dynamodb.Query", False),
        ("dynamodb.Scan", False),
        ("dynamodb.BatchGetItem", False),
        ("dynamodb.TransactGetItems", False),
        ("dynamodb.TransactWriteItems", True),
        ("dynamodb.ExecuteStatement", True),
        ("athena.StartQueryExecution", True),
        ("athena.GetQueryResults", False),
        ("sts.GetSessionToken", False),
        ("sts.AssumeRole", False),
        ("sqs.ReceiveMessage", True),
        ("sqs.GetQueueUrl", False),
        ("cloudwatch-logs.StartQuery", False),
        ("cloudwatch-logs.FilterLogEvents", False),
        ("s3.SelectObjectContent", False),
        ("s3.HeadObject", False),
        ("s3.PutObject", True),
        ("kms.Decrypt", False),
        ("kms.CreateKey", True),
        ("lambda.Invoke", True),
        ("ec2.DescribeInstances", False),
        ("ec2.RunInstances", True),
        ("ecs.StopTask", True),
        ("ses.VerifyEmailIdentity", True),
        ("license-manager.CheckInLicense", True),
        ("license-manager.CheckoutLicense", True),
        ("sfn.GetActivityTask", True),
        ("ivs.StartViewerSessionRevocation", True),
        ("cognito-identity-provider.AdminGetUser", False),
        ("cognito-identity-provider.AdminDeleteUser", True),
        ("verifiedpermissions.IsAuthorized", False),
        ("ecr.BatchCheckLayerAvailability", False),
        # What sotalia calls by itself, for credentials and addresses.
        ("sts.AssumeRoleWithWebIdentity", False),
        ("sso.GetRoleCredentials", False),
        ("sso-oidc.CreateToken", False),
        ("signin.CreateOAuth2Token", False),
        ("s3.CreateSession", False),
        ("s3.HeadBucket", False),
        ("timestream-write.DescribeEndpoints", False),
    ],
)
def test_well_known_ones(name: str, mutating: bool) -> None:
    service, _, operation = name.partition(".")
    (model,) = (found for key, found in models().items() if key.split()[0] == service)
    assert is_mutating(model.operation_model(operation)) is mutating


def test_an_unknown_verb_is_taken_to_change_something() -> None:
    model = models()["sqs sqs"]
    from sotalia.model.service import OperationModel

    for name, mutating in (("FrobnicateQueue", True), ("GetFrob", False), ("Getaway", True), ("get_x", True)):
        described = {"name": name, "http": {"method": "POST", "requestUri": "/"}}
        assert is_mutating(OperationModel(described, model)) is mutating
