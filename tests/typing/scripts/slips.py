"""Slips: each marked line is an error."""

from __future__ import annotations

import boto3

boto3.client("s33")  # E
boto3.client("dynamo")  # E
boto3.client("s3", regoin_name="eu-west-1")  # E
boto3.client("s3", region_name=1)  # E
boto3.client("s3", verify=1.5)  # E
boto3.client("s3", config={"retries": 3})  # E
boto3.client()  # E
boto3.resource("lambda")  # E
boto3.resource("s3", region="eu-west-1")  # E
boto3.Session(region="eu-west-1")  # E
boto3.Session().client("sqss")  # E
boto3.Session().clients("sqs")  # E

s3 = boto3.client("s3")
s3.list_bucket()  # E
s3.list_objects_v2(Buckt="reports")  # E
s3.list_objects_v2()  # E
s3.list_objects_v2(Bucket="reports", MaxKeys="5")  # E
s3.put_object(Bucket="reports", Key="a", ACL="publicread")  # E
s3.get_object("reports", "a")  # E
s3.get_object(Bucket="reports", Key="a")["Boddy"]  # E
s3.head_object(Bucket="reports", Key="a")["ContentLength"] + "1"  # E
s3.get_paginator("list_objects_v3")  # E
s3.get_paginator("list_objects_v2").paginate(Buckt="reports")  # E
s3.get_paginator("list_objects_v2").paginate(Bucket="reports", PaginationConfig={"Max": 5})  # E
for page in s3.get_paginator("list_objects_v2").paginate(Bucket="reports"):
    page["Content"]  # E
s3.get_waiter("bucket_exist")  # E
s3.get_waiter("bucket_exists").wait(Bucket=3)  # E
s3.meta.region  # E
s3.generate_presigned_url("get_object", Parms={"Bucket": "reports"})  # E
s3.upload_file("a.csv", "reports")  # E

boto3.client("sts").assume_role(RoleArn="arn", SessionName="x")  # E
boto3.client("sqs").receive_message(QueueUrl="queue", WaitTimeSeconds="20")  # E
boto3.client("lambda").invoke(FunctionName="f", InvocationType="Request")  # E
boto3.client("secretsmanager").get_secret_value(SecretID="x")  # E
boto3.resource("dynamodb").Table("t").put_items(Item={"pk": "a"})  # E
boto3.resource("dynamodb").Table()  # E
boto3.resource("s3").Bucket("reports").objects.fliter(Prefix="a")  # E
