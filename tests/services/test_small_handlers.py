"""What single operations have of their own, call by call beside boto3: what is sent, and what comes of the answer."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from tests.services.every_operation import Comparison, called, standing_clock, without_chance

Answer = tuple[int, dict[str, str], bytes]

QUERY = "https://www.example.com/?Action=CopyDBSnapshot"
TOKEN = {"clientId": "c", "clientSecret": "s", "grantType": "g", "deviceCode": "d"}


def ec2(text: str) -> Answer:
    return 200, {}, f"<R><requestId>r</requestId>{text}</R>".encode()


def template(text: str) -> Answer:
    inner = f"<GetTemplateResult><TemplateBody>{text}</TemplateBody></GetTemplateResult>"
    return 200, {}, f"<GetTemplateResponse>{inner}</GetTemplateResponse>".encode()


def refused(body: Any, status: int = 400) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, {"content-type": "application/json"}, text


def xml(root: str) -> Answer:
    return 200, {}, f"<{root}/>".encode()


JSON: Answer = (200, {}, b"{}")
CALLS: list[tuple[str, str, dict[str, Any], Answer]] = [
    # Results that are text in text.
    ("ec2", "get_console_output", {"InstanceId": "i-1"}, ec2("")),
    ("ec2", "get_console_output", {"InstanceId": "i-1"}, ec2("<output/>")),
    *(
        (
            "ec2",
            "get_console_output",
            {"InstanceId": "i-1"},
            ec2(f"<output>{b64encode(data).decode()}</output>"),
        )
        for data in (b"", b"boot\r\n", "ü €".encode(), b"\xff\xfe half")
    ),
    ("cloudformation", "get_template", {"StackName": "s"}, template('{"B": {"z": 1, "a": [2]}, "A": null}')),
    ("cloudformation", "get_template", {"StackName": "s"}, template("Resources:\n  A: 1\n")),
    ("cloudformation", "get_template", {"StackName": "s"}, template("")),
    ("cloudformation", "get_template", {"StackName": "s"}, template("[1, 2]")),
    # Errors with other words.
    *(
        ("sso-oidc", "create_token", TOKEN, refused(body))
        for body in (
            {"error": "invalid_grant", "error_description": "it has expired"},
            {"error": "invalid_grant", "error_description": "d", "message": "m"},
            {"error": "invalid_grant", "error_description": "d", "Message": "M"},
            {"error": "slow_down"},
            {},
        )
    ),
    ("sso-oidc", "create_token", TOKEN, (200, {}, b'{"accessToken": "a", "error_description": "d"}')),
    # Second names of parameters; both names at once.
    ("ec2", "describe_addresses", {"Filters": [{"Name": "n", "Values": ["v"]}]}, ec2("")),
    ("ec2", "create_flow_logs", {"Filters": []}, ec2("")),
    (
        "logs",
        "create_export_task",
        {"logGroupName": "g", "fromTime": 1, "to": 2, "destination": "d"},
        JSON,
    ),
    ("logs", "create_export_task", {"logGroupName": "g", "from": 1, "to": 2, "destination": "d"}, JSON),
    (
        "logs",
        "create_export_task",
        {"logGroupName": "g", "fromTime": 1, "from": 1, "to": 2, "destination": "d"},
        JSON,
    ),
    ("cloudsearchdomain", "search", {"query": "q", "returnFields": "a,b"}, JSON),
    ("cloudsearchdomain", "search", {"query": "q", "return": "a", "returnFields": "a"}, JSON),
    # Copies from another region, with a URL of our making or of the caller's.
    ("ec2", "copy_snapshot", {"SourceRegion": "eu-west-1", "SourceSnapshotId": "s"}, ec2("")),
    (
        "ec2",
        "copy_snapshot",
        {"SourceRegion": "eu-west-1", "SourceSnapshotId": "s", "PresignedUrl": QUERY},
        ec2(""),
    ),
    *(
        (
            service,
            method,
            {**parameters, **extra},
            (200, {}, f"<{name}Response><{name}Result/></{name}Response>".encode()),
        )
        for service, method, name, parameters in (
            (
                "rds",
                "copy_db_snapshot",
                "CopyDBSnapshot",
                {"SourceDBSnapshotIdentifier": "s", "TargetDBSnapshotIdentifier": "t"},
            ),
            (
                "rds",
                "create_db_instance_read_replica",
                "CreateDBInstanceReadReplica",
                {"DBInstanceIdentifier": "i"},
            ),
            (
                "neptune",
                "copy_db_cluster_snapshot",
                "CopyDBClusterSnapshot",
                {"SourceDBClusterSnapshotIdentifier": "s", "TargetDBClusterSnapshotIdentifier": "t"},
            ),
            (
                "docdb",
                "create_db_cluster",
                "CreateDBCluster",
                {"DBClusterIdentifier": "c", "Engine": "docdb"},
            ),
        )
        for extra in (
            {},
            {"SourceRegion": "eu-central-1"},
            {"SourceRegion": "eu-central-1", "PreSignedUrl": QUERY},
            {"PreSignedUrl": QUERY},
        )
    ),
    # Data of an instance's start.
    *(
        ("ec2", "run_instances", {"MinCount": 1, "MaxCount": 1, "UserData": data}, ec2(""))
        for data in ("#!/bin/sh\n", "ü", b"\0\xff", bytearray(b"x"), "")
    ),
    (
        "autoscaling",
        "create_launch_configuration",
        {"LaunchConfigurationName": "l", "UserData": "ü"},
        xml("CreateLaunchConfigurationResponse"),
    ),
    # Keys that XML would change.
    *(
        (
            "s3",
            "delete_objects",
            {"Bucket": "b-1", "Delete": {"Objects": [{"Key": key}]}},
            xml("DeleteResult"),
        )
        for key in ("a\rb", "a\nb", "\r\n", "plain", "&#xD;")
    ),
    # Ids as Route 53 gives them.
    *(
        ("route53", "get_hosted_zone", {"Id": zone}, xml("GetHostedZoneResponse"))
        for zone in ("/hostedzone/Z1", "Z1", "/Z1", "a/b/Z1")
    ),
    ("route53", "get_change", {"Id": "/change/C1"}, xml("GetChangeResponse")),
    ("glacier", "list_vaults", {}, JSON),
    ("glacier", "upload_archive", {"vaultName": "v", "body": b"x" * 3_000_000}, (201, {}, b"")),
    ("glacier", "upload_archive", {"vaultName": "v", "body": b""}, (201, {}, b"")),
]


@pytest.fixture(scope="module")
def comparisons() -> dict[str, Comparison]:
    """Clients of both libraries by service, made once."""
    return {}


@pytest.mark.usefixtures("no_awscrt")
@pytest.mark.parametrize(
    ("service", "method", "params", "answer"), CALLS, ids=[f"{row[1]}-{n}" for n, row in enumerate(CALLS)]
)
def test_call(
    comparisons: dict[str, Comparison], service: str, method: str, params: dict[str, Any], answer: Answer
) -> None:
    comparison = comparisons.setdefault(service, Comparison(service))
    status, headers, body = answer
    root = comparison.theirs.meta.method_to_api_mapping[method].encode() + b"Response"
    named = body.replace(b"<R>", b"<%b>" % root).replace(b"</R>", b"</%b>" % root)
    compare(comparison, method, params, (status, headers, named))


def compare(comparison: Comparison, method: str, params: dict[str, Any], answer: Answer) -> Any:
    """One call in both libraries, with equal requests and outcomes; the outcome."""
    for network in comparison.networks:
        network.answer = answer
        network.requests.clear()
    with standing_clock():
        mine, theirs = (called(client, method, params) for client in (comparison.mine, comparison.theirs))
    assert mine == theirs
    ours, expected = (network.requests for network in comparison.networks)
    for one, other in zip(ours, expected, strict=True):
        without_chance(one, other)
    assert ours == expected
    return mine


@pytest.mark.usefixtures("no_awscrt")
@pytest.mark.parametrize("function", [None, "my-function"])
@pytest.mark.parametrize("trace", [None, "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1", "a b\nü%[]"])
def test_the_trace_of_a_lambda_function_is_handed_on(
    function: str | None, trace: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("AWS_LAMBDA_FUNCTION_NAME", function), ("_X_AMZN_TRACE_ID", trace)):
        if value is not None:
            monkeypatch.setenv(name, value)
    comparison = Comparison("sqs")
    compare(comparison, "list_queues", {}, JSON)
    has_trace = "x-amzn-trace-id" in comparison.networks[0].requests[0]["headers"]
    assert has_trace == (function is not None and trace is not None)


@pytest.mark.usefixtures("no_awscrt")
@pytest.mark.parametrize("set_to", [None, "", "true"])
@pytest.mark.parametrize("content", [b"", b"x"])
def test_a_body_is_announced(set_to: str | None, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    if set_to is not None:
        monkeypatch.setenv("BOTO_EXPERIMENTAL__NO_EMPTY_CONTINUE", set_to)
    found = []
    for client, network in zip(*clients_of_s3(), strict=True):
        client.put_object(Bucket="b-1", Key="k", Body=io.BytesIO(content))
        found.append(network.requests[0]["headers"].get("expect"))
    assert found[0] == found[1] == (None if set_to and not content else "100-continue")


def clients_of_s3() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    comparison = Comparison("s3")
    return (comparison.mine, comparison.theirs), comparison.networks
