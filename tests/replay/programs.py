"""Programs that call services of every protocol: run against an embedded AWS, then played back, they give the same."""

from __future__ import annotations

import inspect
import io
import json
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sotalia
from tests.client_kinds import Kind

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
#: What the programs say to services that no cassette may show.
SECRETS = ("correct horse", "battery staple \u00fc", "eight words")
#: Three parts of a multipart upload; not compressible, and the same in every run.
LARGE = random.Random(16).randbytes(11 * 1024 * 1024)


class Program:
    """What a program calls with, and what it got: ``results`` in order, each as text that shows every part of it."""

    def __init__(self, kind: Kind, make: Callable[[str], Any]) -> None:
        self.kind = kind
        self.make = make
        self.results: list[str] = []
        #: The same as they came, without the errors.
        self.values: list[Any] = []

    def run(self, steps: Callable[[Program, Any], None], service: str) -> list[str]:
        steps(self, self.make(service))
        return self.results

    def note(self, result: Any) -> Any:
        """A result, of which nothing is left to be read."""
        if isinstance(result, dict):
            for name, value in result.items():
                if hasattr(value, "read"):
                    result[name] = value.read()
                elif (
                    hasattr(value, "__aiter__")
                    or inspect.isgenerator(value)
                    or type(value).__name__ == "EventStream"
                ):
                    result[name] = list(self.kind.run(_events(value))) if self.kind.is_async else list(value)
        self.results.append(repr(result))
        self.values.append(result)
        return result

    def fails(self, function: Callable[..., Any], **parameters: Any) -> None:
        """A call that is an error of the service."""
        try:
            function(**parameters)
        except sotalia.exceptions.ClientError as error:
            self.results.append(f"{type(error).__name__}: {error} {error.response!r}")
        else:
            raise AssertionError("it did not fail")


async def _events(stream: Any) -> list[Any]:
    return [event async for event in stream]


def _listing(program: Program, client: Any, operation: str, **parameters: Any) -> None:
    for page in client.get_paginator(operation).paginate(**parameters):
        program.note(page)


# -- rest-xml --------------------------------------------------------------------------------------------------------


def s3(program: Program, client: Any) -> None:
    note = program.note
    note(client.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}))
    client.get_waiter("bucket_exists").wait(Bucket="photos")
    for number in range(5):
        note(
            client.put_object(
                Bucket="photos",
                Key=f"cat-{number}.jpg",
                Body=b"\x00\xff" * number,
                Metadata={"n": str(number)},
            )
        )
    note(
        client.put_object(
            Bucket="photos", Key="caf\u00e9/<&> +.txt", Body=io.BytesIO("gr\u00fc\u00dfe\r\n".encode())
        )
    )
    for key in ("cat-4.jpg", "cat-0.jpg", "caf\u00e9/<&> +.txt"):
        note(client.get_object(Bucket="photos", Key=key))
    note(client.get_object(Bucket="photos", Key="cat-4.jpg", Range="bytes=1-3"))
    note(client.head_object(Bucket="photos", Key="cat-1.jpg"))
    _listing(program, client, "list_objects_v2", Bucket="photos", PaginationConfig={"PageSize": 2})
    note(
        client.put_bucket_tagging(
            Bucket="photos", Tagging={"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}
        )
    )
    note(client.get_bucket_tagging(Bucket="photos"))
    program.fails(client.get_object, Bucket="photos", Key="none")
    program.fails(client.head_object, Bucket="photos", Key="none")
    note(
        client.delete_objects(
            Bucket="photos", Delete={"Objects": [{"Key": "cat-0.jpg"}, {"Key": "cat-1.jpg"}]}
        )
    )
    note(client.delete_object(Bucket="photos", Key="cat-2.jpg"))
    client.get_waiter("object_not_exists").wait(Bucket="photos", Key="cat-2.jpg")


def s3_select(program: Program, client: Any) -> None:
    """An event stream."""
    program.note(
        client.create_bucket(Bucket="tables", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    )
    program.note(client.put_object(Bucket="tables", Key="t.csv", Body=b"a,b\n1,2\n3,4\n"))
    program.note(
        client.select_object_content(
            Bucket="tables",
            Key="t.csv",
            ExpressionType="SQL",
            Expression="SELECT * FROM s3object s",
            InputSerialization={"CSV": {"FileHeaderInfo": "USE"}},
            OutputSerialization={"JSON": {}},
        )
    )


def transfers(program: Program, client: Any) -> None:
    """Parts that are sent and fetched at the same time."""
    config = sotalia.s3.transfer.TransferConfig(
        multipart_threshold=5 * 1024 * 1024, multipart_chunksize=5 * 1024 * 1024
    )
    program.note(
        client.create_bucket(Bucket="films", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    )
    program.note(client.upload_fileobj(io.BytesIO(LARGE), "films", "one.bin", Config=config))
    target = io.BytesIO()
    program.note(client.download_fileobj("films", "one.bin", target, Config=config))
    assert target.getvalue() == LARGE
    program.note(client.copy({"Bucket": "films", "Key": "one.bin"}, "films", "two.bin", Config=config))
    program.note(client.head_object(Bucket="films", Key="two.bin"))


def route53(program: Program, client: Any) -> None:
    zone = program.note(client.create_hosted_zone(Name="example.com", CallerReference="one"))["HostedZone"][
        "Id"
    ]
    record = {"Name": "a.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "1.2.3.4"}]}
    program.note(
        client.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        )
    )
    _listing(program, client, "list_resource_record_sets", HostedZoneId=zone)
    program.fails(client.get_hosted_zone, Id="NONE")


# -- json 1.0 --------------------------------------------------------------------------------------------------------


def dynamodb(program: Program, client: Any) -> None:
    note = program.note
    note(
        client.create_table(
            TableName="cats",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    )
    client.get_waiter("table_exists").wait(TableName="cats")
    item = {
        "id": {"S": "tom"},
        "n": {"N": "1.50"},
        "b": {"B": b"\x00\xff"},
        "s": {"SS": ["b", "a"]},
        "x": {"NULL": True},
    }
    note(client.put_item(TableName="cats", Item=item))
    note(
        client.batch_write_item(
            RequestItems={"cats": [{"PutRequest": {"Item": {"id": {"S": f"c{n}"}}}} for n in range(5)]}
        )
    )
    note(client.get_item(TableName="cats", Key={"id": {"S": "tom"}}))
    note(client.get_item(TableName="cats", Key={"id": {"S": "none"}}))
    _listing(program, client, "scan", TableName="cats", PaginationConfig={"PageSize": 2})
    program.fails(
        client.put_item,
        TableName="cats",
        Item={"id": {"S": "tom"}},
        ConditionExpression="attribute_not_exists(id)",
    )
    program.fails(client.get_item, TableName="dogs", Key={"id": {"S": "x"}})


def sqs(program: Program, client: Any) -> None:
    url = program.note(client.create_queue(QueueName="jobs"))["QueueUrl"]
    program.note(client.send_message(QueueUrl=url, MessageBody="\u00fc<&>"))
    program.note(
        client.send_message_batch(
            QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "a"}, {"Id": "2", "MessageBody": "b"}]
        )
    )
    for message in program.note(client.receive_message(QueueUrl=url, MaxNumberOfMessages=10))["Messages"]:
        program.note(client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]))
    program.fails(client.get_queue_url, QueueName="none")


def stepfunctions(program: Program, client: Any) -> None:
    definition = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
    program.note(client.create_state_machine(name="machine", definition=definition, roleArn=ROLE))
    program.note(client.list_state_machines())
    program.fails(
        client.describe_state_machine, stateMachineArn=f"arn:aws:states:us-west-2:{ACCOUNT}:stateMachine:none"
    )


def cloudwatch(program: Program, client: Any) -> None:
    data = [{"MetricName": "m", "Value": 1.5, "Timestamp": NOON, "Dimensions": [{"Name": "a", "Value": "1"}]}]
    program.note(client.put_metric_data(Namespace="n", MetricData=data))
    program.note(client.list_metrics(Namespace="n"))
    program.note(
        client.get_metric_statistics(
            Namespace="n", MetricName="m", StartTime=NOON, EndTime=1714651200, Period=3600, Statistics=["Sum"],
            Dimensions=[{"Name": "a", "Value": "1"}],
        )
    )  # fmt: skip


# -- json 1.1 --------------------------------------------------------------------------------------------------------


def kms(program: Program, client: Any) -> None:
    key = program.note(client.create_key(Description="mine"))["KeyMetadata"]["KeyId"]
    encrypted = program.note(client.encrypt(KeyId=key, Plaintext=SECRETS[1].encode()))["CiphertextBlob"]
    program.note(client.decrypt(CiphertextBlob=encrypted))
    program.note(client.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "1"}]))
    program.fails(client.describe_key, KeyId="00000000-0000-4000-8000-000000000000")


def secretsmanager(program: Program, client: Any) -> None:
    # Without a token of its own: one is made up in every run.
    program.note(client.create_secret(Name="db", SecretString=SECRETS[0]))
    program.note(client.get_secret_value(SecretId="db"))
    program.fails(client.get_secret_value, SecretId="none")


def ssm(program: Program, client: Any) -> None:
    for number in range(3):
        program.note(
            client.put_parameter(Name=f"/app/{number}", Value=f"{SECRETS[2]} {number}", Type="String")
        )
    _listing(program, client, "get_parameters_by_path", Path="/app", PaginationConfig={"PageSize": 2})
    program.fails(client.get_parameter, Name="/none")


def kinesis(program: Program, client: Any) -> None:
    program.note(client.create_stream(StreamName="s", ShardCount=1))
    client.get_waiter("stream_exists").wait(StreamName="s")
    program.note(client.put_record(StreamName="s", Data=b"\x00\xff", PartitionKey="p"))
    shard = program.note(client.list_shards(StreamName="s"))["Shards"][0]["ShardId"]
    iterator = program.note(
        client.get_shard_iterator(StreamName="s", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    )["ShardIterator"]
    program.note(client.get_records(ShardIterator=iterator))


def logs(program: Program, client: Any) -> None:
    program.note(client.create_log_group(logGroupName="g"))
    program.note(client.create_log_stream(logGroupName="g", logStreamName="s"))
    program.fails(client.create_log_group, logGroupName="g")
    _listing(program, client, "describe_log_groups")


# -- query and ec2 ---------------------------------------------------------------------------------------------------


def sns(program: Program, client: Any) -> None:
    topic = program.note(client.create_topic(Name="news", Tags=[{"Key": "a", "Value": "1"}]))["TopicArn"]
    program.note(
        client.publish(
            TopicArn=topic,
            Message="<\u00fc>",
            MessageAttributes={"k": {"DataType": "String", "StringValue": "v"}},
        )
    )
    _listing(program, client, "list_topics")
    program.fails(client.get_topic_attributes, TopicArn=f"{topic}x")


def sts(program: Program, client: Any) -> None:
    program.note(client.get_caller_identity())
    program.note(client.assume_role(RoleArn=ROLE, RoleSessionName="me"))


def iam(program: Program, client: Any) -> None:
    program.note(client.create_user(UserName="tom"))
    client.get_waiter("user_exists").wait(UserName="tom")
    _listing(program, client, "list_users")
    program.fails(client.create_user, UserName="tom")
    program.fails(client.get_user, UserName="none")


def ec2(program: Program, client: Any) -> None:
    program.note(client.describe_regions(RegionNames=["us-west-2"]))
    group = program.note(client.create_security_group(GroupName="web", Description="d"))["GroupId"]
    program.note(
        client.create_tags(Resources=[group], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    )
    program.note(
        client.describe_security_groups(
            Filters=[{"Name": "tag:a", "Values": ["1"]}, {"Name": "group-name", "Values": ["web"]}]
        )
    )
    program.fails(client.describe_security_groups, GroupIds=["sg-00000000"])


# -- rest-json -------------------------------------------------------------------------------------------------------


def awslambda(program: Program, client: Any) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("m.py", (2024, 1, 1, 0, 0, 0)), "def h(e, c): return e")
    program.make("iam").create_role(RoleName="worker", AssumeRolePolicyDocument="{}")
    program.note(
        client.create_function(
            FunctionName="f",
            Runtime="python3.12",
            Role=ROLE,
            Handler="m.h",
            Code={"ZipFile": archive.getvalue()},
        )
    )
    program.note(client.get_function_configuration(FunctionName="f"))
    _listing(program, client, "list_functions")
    program.fails(client.get_function, FunctionName="none")


def apigateway(program: Program, client: Any) -> None:
    api = program.note(client.create_rest_api(name="api"))["id"]
    program.note(client.get_rest_api(restApiId=api))
    _listing(program, client, "get_rest_apis")
    program.fails(client.get_rest_api, restApiId="none")


#: Each program by its service; names that two services share come from what they are about.
PROGRAMS: dict[str, tuple[str, Callable[[Program, Any], None]]] = {
    "s3": ("s3", s3),
    "s3 select": ("s3", s3_select),
    "transfers": ("s3", transfers),
    "route53": ("route53", route53),
    "dynamodb": ("dynamodb", dynamodb),
    "sqs": ("sqs", sqs),
    "stepfunctions": ("stepfunctions", stepfunctions),
    "cloudwatch": ("cloudwatch", cloudwatch),
    "kms": ("kms", kms),
    "secretsmanager": ("secretsmanager", secretsmanager),
    "ssm": ("ssm", ssm),
    "kinesis": ("kinesis", kinesis),
    "logs": ("logs", logs),
    "sns": ("sns", sns),
    "sts": ("sts", sts),
    "iam": ("iam", iam),
    "ec2": ("ec2", ec2),
    "lambda": ("lambda", awslambda),
    "apigateway": ("apigateway", apigateway),
}
