"""Wait until something is there."""

from __future__ import annotations

import boto3
from botocore.exceptions import WaiterError

s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")


def bucket(name: str) -> bool:
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    try:
        s3.get_waiter("bucket_exists").wait(Bucket=name, WaiterConfig={"Delay": 2, "MaxAttempts": 10})
    except WaiterError as error:
        print(error.last_response)
        return False
    return True


def table(name: str) -> str:
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    waiter = dynamodb.get_waiter("table_exists")
    waiter.wait(TableName=name)
    print(waiter.name)
    return dynamodb.describe_table(TableName=name)["Table"]["TableStatus"]
