"""Conversations with many services over all protocols: boto3 and sotalia get equal answers from the embedded AWS."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import boto3
import pytest

from sotalia.testing import LocalAWS
from tests.client_kinds import Kind

POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})

# Service -> calls: method and parameters; NAME stands for a name of the run's own, {0.Key} for a part of an earlier answer.
CONVERSATIONS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "dynamodb": [
        (
            "create_table",
            {
                "TableName": "NAME",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        ),
        (
            "put_item",
            {"TableName": "NAME", "Item": {"id": {"S": "ü"}, "b": {"B": b"\0\1"}, "n": {"N": "1.5"}}},
        ),
        ("get_item", {"TableName": "NAME", "Key": {"id": {"S": "ü"}}}),
        (
            "query",
            {
                "TableName": "NAME",
                "KeyConditionExpression": "id = :i",
                "ExpressionAttributeValues": {":i": {"S": "ü"}},
            },
        ),
        ("get_item", {"TableName": "missing", "Key": {"id": {"S": "x"}}}),
    ],
    "sqs": [
        ("create_queue", {"QueueName": "NAME"}),
        ("send_message", {"QueueUrl": "{0.QueueUrl}", "MessageBody": "<hello> ü"}),
        ("receive_message", {"QueueUrl": "{0.QueueUrl}"}),
        ("get_queue_url", {"QueueName": "missing"}),
    ],
    "sns": [
        ("create_topic", {"Name": "NAME"}),
        ("list_topics", {}),
        ("publish", {"TopicArn": "{0.TopicArn}", "Message": "ü"}),
    ],
    "ec2": [
        ("create_vpc", {"CidrBlock": "10.0.0.0/16"}),
        ("describe_vpcs", {"VpcIds": ["{0.Vpc.VpcId}"]}),
        ("describe_regions", {"Filters": [{"Name": "region-name", "Values": ["us-east-1"]}]}),
        ("describe_instances", {"InstanceIds": ["i-00000000"]}),
    ],
    "iam": [
        ("create_role", {"RoleName": "NAME", "AssumeRolePolicyDocument": POLICY}),
        ("get_role", {"RoleName": "NAME"}),
        ("get_role", {"RoleName": "missing"}),
    ],
    "sts": [("get_caller_identity", {}), ("get_session_token", {})],
    "lambda": [("list_functions", {}), ("get_function", {"FunctionName": "missing"})],
    "kms": [
        ("create_key", {"Description": "d"}),
        ("encrypt", {"KeyId": "{0.KeyMetadata.KeyId}", "Plaintext": b"x"}),
        ("describe_key", {"KeyId": "missing"}),
    ],
    "ssm": [
        ("put_parameter", {"Name": "NAME", "Value": "v", "Type": "String"}),
        ("get_parameter", {"Name": "NAME"}),
        ("get_parameter", {"Name": "missing"}),
    ],
    "secretsmanager": [
        ("create_secret", {"Name": "NAME", "SecretString": "s"}),
        ("get_secret_value", {"SecretId": "NAME"}),
        ("get_secret_value", {"SecretId": "missing"}),
    ],
    "cloudformation": [
        ("create_stack", {"StackName": "NAME", "TemplateBody": TEMPLATE}),
        ("get_template", {"StackName": "NAME"}),
        ("describe_stacks", {"StackName": "missing"}),
    ],
    "route53": [
        ("create_hosted_zone", {"Name": "example.com.", "CallerReference": "NAME"}),
        ("get_hosted_zone", {"Id": "{0.HostedZone.Id}"}),
        ("list_hosted_zones", {}),
    ],
    "apigateway": [
        ("create_rest_api", {"name": "NAME"}),
        ("get_rest_api", {"restApiId": "{0.id}"}),
        ("get_rest_api", {"restApiId": "no"}),
    ],
    "kinesis": [
        ("create_stream", {"StreamName": "NAME", "ShardCount": 1}),
        ("put_record", {"StreamName": "NAME", "Data": b"\0x", "PartitionKey": "p"}),
        ("describe_stream_summary", {"StreamName": "missing"}),
    ],
    "cloudwatch": [
        ("put_metric_data", {"Namespace": "NAME", "MetricData": [{"MetricName": "m", "Value": 1.5}]}),
        ("list_metrics", {"Namespace": "NAME"}),
        ("describe_alarms", {}),
    ],
    "logs": [
        ("create_log_group", {"logGroupName": "NAME"}),
        ("describe_log_groups", {"logGroupNamePrefix": "NAME"}),
        ("create_log_group", {"logGroupName": "NAME"}),
    ],
    "events": [
        ("put_rule", {"Name": "NAME", "ScheduleExpression": "rate(1 day)"}),
        ("describe_rule", {"Name": "NAME"}),
    ],
    "ecs": [("create_cluster", {"clusterName": "NAME"}), ("describe_clusters", {"clusters": ["NAME"]})],
    "rds": [("describe_db_instances", {}), ("describe_db_instances", {"DBInstanceIdentifier": "missing"})],
    "stepfunctions": [
        (
            "create_state_machine",
            {"name": "NAME", "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/r"},
        ),
        ("list_state_machines", {}),
    ],
    "cognito-idp": [
        ("create_user_pool", {"PoolName": "NAME"}),
        ("describe_user_pool", {"UserPoolId": "{0.UserPool.Id}"}),
    ],
    "glue": [
        ("create_database", {"DatabaseInput": {"Name": "NAME"}}),
        ("get_database", {"Name": "NAME"}),
        ("get_database", {"Name": "no"}),
    ],
    "s3control": [("get_public_access_block", {"AccountId": "123456789012"})],
    "elbv2": [("describe_load_balancers", {})],
    "ecr": [
        ("create_repository", {"repositoryName": "NAME"}),
        ("describe_repositories", {"repositoryNames": ["NAME"]}),
    ],
    "ses": [("verify_email_identity", {"EmailAddress": "a@example.com"}), ("list_identities", {})],
    "acm": [("list_certificates", {})],
    "autoscaling": [("describe_auto_scaling_groups", {})],
    "athena": [("list_work_groups", {})],
    "batch": [("describe_job_queues", {})],
}
# What differs from one run to the next.
_VARYING = re.compile(
    r"Id$|Arn$|ARN$|Time|Date|Token|^id$|Ids$|Signature|Key$|Handle|Url$|Uri$|Header|HostId|Blob|Number|createdAt|Created|Modified|Reference|arn$|Secret|Last|Location|MD5|Expiration|^name$|At$"
)


def comparable(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {
            key: type(item).__name__
            if _VARYING.search(key) and not isinstance(item, dict | list)
            else comparable(item, name)
            for key, item in value.items()
            if key != "HTTPHeaders"
        }
    if isinstance(value, list):
        return [comparable(item, name) for item in value[:1]]
    text = value.replace(name, "NAME") if isinstance(value, str) else value
    return re.sub(r"[0-9a-f-]{8,}|\d+", "_", text) if isinstance(text, str) else text


def filled(value: Any, name: str, answers: list[Any]) -> Any:
    if isinstance(value, dict):
        return {key: filled(item, name, answers) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, name, answers) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith("{") and "." in value and value.endswith("}") and value[1].isdigit():
        number, *path = value[1:-1].split(".")
        found = answers[int(number)]
        for part in path:
            found = found[part]
        return found
    return value.replace("NAME", name)


def converse(client: Any, calls: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    name = f"n{uuid.uuid4().hex[:10]}"
    answers: list[Any] = []
    for method, params in calls:
        try:
            answers.append(getattr(client, method)(**filled(params, name, answers)))
        except Exception as error:
            answers.append(
                {"raised": type(error).__name__, "response": getattr(error, "response", str(error))}
            )
    return [comparable(answer, name) for answer in answers]


@pytest.mark.slow(keep=24)
@pytest.mark.parametrize("service", CONVERSATIONS)
def test_conversation(service: str, aws: LocalAWS, client_kind: Kind) -> None:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
    expected = converse(
        boto3.Session(**keys).client(service, endpoint_url=aws.endpoint_url), CONVERSATIONS[service]
    )
    client = client_kind.client(service, client_kind.session(**keys), endpoint_url=aws.endpoint_url)
    assert converse(client, CONVERSATIONS[service]) == expected
