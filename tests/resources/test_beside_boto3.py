"""The same scripts on resources of boto3 and of sotalia, sync and async, against the embedded AWS: equal results."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

from sotalia.testing import LocalAWS
from tests.client_kinds import Kind
from tests.resources.plain import plain

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
STACK = {
    "Resources": {
        "One": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "NAME-q"}},
        "Two": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "NAME-t"}},
    }
}


def s3(s3: Any, name: str) -> Any:
    bucket = s3.create_bucket(Bucket=name)
    bucket.wait_until_exists()
    for number in range(5):
        bucket.put_object(Key=f"k{number}", Body=b"x" * number, Metadata={"n": str(number)})
    one = bucket.Object("k3")
    found = [
        one.content_length,
        one.metadata,
        [(summary.key, summary.size) for summary in bucket.objects.filter(Prefix="k").limit(3)],
        [len(page) for page in bucket.objects.page_size(2).pages()],
        s3.ObjectSummary(name, "k2").size,
        bucket.creation_date is not None,
        s3.Bucket(f"{name}-none").creation_date,
        name in [b.name for b in s3.buckets.all()],
        one.copy_from(CopySource={"Bucket": name, "Key": "k4"})["CopyObjectResult"]["ETag"],
        one.content_length,
    ]
    one.reload()
    one.wait_until_exists()
    version = bucket.Versioning()
    version.enable()
    found += [version.status, one.content_length, bucket.Acl().owner, one.Acl().grants]
    bucket.Tagging().put(Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    found += [bucket.Tagging().tag_set, one.version_id]
    upload = bucket.Object("parts").initiate_multipart_upload()
    part = upload.Part(1).upload(Body=b"part")
    found += [
        [p.part_number for p in upload.parts.all()],
        upload.complete(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}).key,
        bucket.Object("parts").get()["ContentLength"],
        sorted(v.object_key for v in bucket.object_versions.all()),
        [len(answer["Deleted"]) for answer in bucket.object_versions.delete()],
    ]
    bucket.delete()
    bucket.wait_until_not_exists()
    return found


def dynamodb(dynamodb: Any, name: str) -> Any:
    table = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait_until_exists()
    item = {
        "id": "a",
        "at": 1,
        "text": "t",
        "many": {1, Decimal("2.5")},
        "bytes": Binary(b"b"),
        "raw": [b"raw", None, True, {"deep": [Decimal("1E+3")]}],
        "texts": {"x", "y"},
        "blobs": {b"1", b"2"},
    }
    found = [table.put_item(Item=item)["ResponseMetadata"]["HTTPStatusCode"], sorted(map(str, item))]
    with table.batch_writer(overwrite_by_pkeys=["id", "at"]) as batch:
        for number in range(30):
            batch.put_item(Item={"id": "b", "at": number % 28, "n": number})
        batch.delete_item(Key={"id": "b", "at": 3})
    found += [
        table.get_item(Key={"id": "a", "at": 1})["Item"],
        table.query(KeyConditionExpression=Key("id").eq("b") & Key("at").gte(20), Limit=3)["Items"],
        table.scan(FilterExpression=Attr("n").is_in([5, 6, 29]) | Attr("text").begins_with("t"))["Count"],
        table.scan(FilterExpression=~Attr("n").exists() & Attr("raw[3].deep").exists())["Count"],
        table.update_item(
            Key={"id": "a", "at": 1},
            UpdateExpression="SET #t = :t",
            ConditionExpression=Attr("text").eq("t") & Attr("many").size().gt(1),
            ExpressionAttributeNames={"#t": "text"},
            ExpressionAttributeValues={":t": "new"},
            ReturnValues="ALL_NEW",
        )["Attributes"]["text"],
        dynamodb.batch_get_item(RequestItems={name: {"Keys": [{"id": "b", "at": 1}]}})["Responses"][name],
        table.key_schema,
        table.item_count,
        [t.name for t in dynamodb.tables.all() if t.name == name],
        outcome(
            lambda: table.put_item(Item={"id": "a", "at": 1}, ConditionExpression=Attr("id").not_exists())
        ),
        outcome(lambda: table.put_item(Item={"id": "a", "at": 1.5})),
        outcome(lambda: table.query(KeyConditionExpression=Attr("id").eq(1))),
    ]
    table.delete()
    table.wait_until_not_exists()
    return found


def ec2(ec2: Any, name: str) -> Any:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")
    subnet = vpc.create_subnet(CidrBlock="10.0.1.0/24")
    group = vpc.create_security_group(GroupName=name, Description="d")
    (instance,) = ec2.create_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet.id, SecurityGroupIds=[group.id]
    )
    instance.wait_until_running()
    tags = ec2.create_tags(Resources=[instance.id, vpc.id], Tags=[{"Key": "Name", "Value": name}])
    instance.reload()
    by_name = [{"Name": "tag:Name", "Values": [name]}]
    found = [
        len(tags),
        [(tag.key, tag.value) for tag in tags],
        instance.state["Name"],
        instance.tags,
        instance.vpc == vpc,
        instance.subnet == subnet,
        [i.id == instance.id for i in ec2.instances.filter(Filters=by_name)],
        [s.cidr_block for s in vpc.subnets.all()],
        [
            g.group_name
            for g in vpc.security_groups.filter(Filters=[{"Name": "group-name", "Values": [name]}])
        ],
        len(list(instance.volumes.all())),
        instance.network_interfaces_attribute[0]["SubnetId"] == subnet.id,
        instance.network_interfaces[0].subnet_id == subnet.id,
        ec2.Image("ami-12c6146b").name,
    ]
    instance.delete_tags(Tags=[{"Key": "Name"}])
    instance.reload()
    found.append(instance.tags)
    ec2.instances.filter(InstanceIds=[instance.id]).terminate()
    instance.wait_until_terminated()
    instance.load()
    found.append(instance.state["Name"])
    return found


def sqs(sqs: Any, name: str) -> Any:
    queue = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5"})
    queue.send_message(MessageBody="one", MessageAttributes={"a": {"DataType": "String", "StringValue": "v"}})
    queue.send_messages(Entries=[{"Id": "1", "MessageBody": "two"}])
    messages = queue.receive_messages(MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    found = [
        queue.attributes["VisibilityTimeout"],
        sorted(message.body for message in messages),
        [message.message_attributes for message in messages if message.message_attributes],
        sqs.get_queue_by_name(QueueName=name) == queue,
        [q.url == queue.url for q in sqs.queues.filter(QueueNamePrefix=name)],
        messages[0].Queue() == queue,
    ]
    messages[0].change_visibility(VisibilityTimeout=0)
    messages[1].delete()
    deleted = queue.delete_messages(
        Entries=[{"Id": str(n), "ReceiptHandle": m.receipt_handle} for n, m in enumerate(messages)]
    )
    found += [sorted(deleted), outcome(lambda: sqs.get_queue_by_name(QueueName=f"{name}-none"))]
    queue.delete()
    return found


def sns(sns: Any, name: str) -> Any:
    topic = sns.create_topic(Name=name)
    subscription = topic.subscribe(Protocol="email", Endpoint="a@example.org")
    topic.set_attributes(AttributeName="DisplayName", AttributeValue="shown")
    found = [
        topic.attributes["DisplayName"],
        subscription.attributes["Protocol"],
        [s.arn == subscription.arn for s in topic.subscriptions.all()],
        topic.arn in [t.arn for t in sns.topics.all()],
        sorted(topic.publish(Message="hello")),
    ]
    subscription.delete()
    topic.delete()
    return found


def iam(iam: Any, name: str) -> Any:
    user = iam.create_user(UserName=name)
    group = iam.create_group(GroupName=name)
    group.add_user(UserName=name)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
    policy = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
    policy.attach_role(RoleName=name)
    user.create_policy(PolicyName="inline", PolicyDocument=json.dumps(document))
    pair = user.create_access_key_pair()
    profile = iam.create_instance_profile(InstanceProfileName=name)
    profile.add_role(RoleName=name)
    profile.reload()
    found = [
        user.arn,
        user.path,
        [g.name for g in user.groups.all()],
        [u.name for u in group.users.all()],
        role.assume_role_policy_document,
        role.AssumeRolePolicy().Role() == role,
        [p.arn for p in role.attached_policies.all()],
        policy.attachment_count,
        policy.default_version.document,
        [p.name for p in user.policies.all()],
        user.Policy("inline").policy_document,
        [pair.id == key.id for key in user.access_keys.all()],
        [r.name for r in profile.roles],
        profile.roles_attribute[0]["RoleName"],
        iam.CurrentUser().arn,
        iam.Role(f"{name}-none").name,
        outcome(lambda: iam.Role(f"{name}-none").arn),
    ]
    pair.delete()
    return found


def cloudformation(cloudformation: Any, name: str) -> Any:
    template = json.dumps(STACK).replace("NAME", name)
    stack = cloudformation.create_stack(StackName=name, TemplateBody=template)
    found = [
        stack.stack_status,
        stack.stack_name,
        sorted(r.logical_resource_id for r in stack.resource_summaries.all()),
        stack.Resource("One").resource_type,
        stack.Resource("One").Stack() == stack,
        stack.name == name,
        len(list(cloudformation.stacks.filter(StackName=name))),
        len([s for s in cloudformation.stacks.all() if s.name == name]),
    ]
    stack.delete()
    found.append(outcome(lambda: cloudformation.Stack(f"{name}-none").stack_status))
    return found


def cloudwatch(cloudwatch: Any, name: str) -> Any:
    metric = cloudwatch.Metric(name, "m")
    when = datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC)
    metric.put_data(MetricData=[{"MetricName": "m", "Value": 2.5, "Timestamp": when}])
    alarm = metric.put_alarm(
        AlarmName=name,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Statistic="Sum",
        Threshold=1.0,
    )
    statistics = metric.get_statistics(
        StartTime=when - datetime.timedelta(hours=1),
        EndTime=when + datetime.timedelta(hours=1),
        Period=3600,
        Statistics=["Sum"],
    )
    alarms = cloudwatch.alarms.filter(AlarmNames=[name])
    return [
        alarm,
        cloudwatch.Alarm(name).threshold,
        cloudwatch.Alarm(name).metric,
        [a.name for a in alarms],
        [(m.namespace, m.name) for m in cloudwatch.metrics.filter(Namespace=name)],
        [p["Sum"] for p in statistics["Datapoints"]],
        len(alarms.disable_actions()),
        len(alarms.delete()),
        list(cloudwatch.alarms.filter(AlarmNames=[name])),
    ]


SCRIPTS = {
    script.__name__: script for script in (s3, dynamodb, ec2, sqs, sns, iam, cloudformation, cloudwatch)
}


def outcome(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Exception as error:
        return [kind.__name__ for kind in type(error).__mro__], str(error)


def comparable(value: Any, name: str) -> Any:
    """A result without what differs between two runs."""
    if isinstance(value, dict):
        return {
            key: comparable(item, name)
            for key, item in value.items()
            if key not in ("ResponseMetadata", "BootIndex")
        }
    if isinstance(value, list | tuple):
        return [comparable(item, name) for item in value]
    if isinstance(value, str):
        return value.replace(name, "NAME").replace("sotalia.", "boto3.").replace("boto3.dynamodb", "dynamodb")
    if isinstance(value, bytes | Decimal | int | float | set | None | datetime.datetime | Binary):
        return value
    if type(value).__name__ == "Binary":
        return Binary(value.value)
    return repr(value).replace(name, "NAME")


@pytest.fixture(scope="module")
def expected(aws: LocalAWS) -> Callable[[str], Any]:
    """What a script gives on boto3."""
    known: dict[str, Any] = {}

    def run(service: str) -> Any:
        if service not in known:
            name = f"n{uuid.uuid4().hex[:12]}"
            resource = boto3.Session(**KEYS).resource(service, endpoint_url=aws.endpoint_url)
            known[service] = comparable(SCRIPTS[service](resource, name), name)
        return known[service]

    return run


@pytest.mark.parametrize("service", SCRIPTS)
def test_script(service: str, aws: LocalAWS, expected: Callable[[str], Any], client_kind: Kind) -> None:
    name = f"n{uuid.uuid4().hex[:12]}"
    resource = client_kind.session(**KEYS).resource(service, endpoint_url=aws.endpoint_url)
    client_kind._clients.append(resource.meta.client)
    wanted = expected(service)
    assert comparable(SCRIPTS[service](plain(resource, client_kind), name), name) == wanted
