"""Work in another account."""

from __future__ import annotations

import boto3

sts = boto3.client("sts")


def account() -> str:
    return sts.get_caller_identity()["Account"]


def session(role: str, name: str) -> boto3.Session:
    assumed = sts.assume_role(RoleArn=role, RoleSessionName=name, DurationSeconds=900)
    keys = assumed["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def buckets(role: str) -> list[str]:
    listing = session(role, "report").client("s3").list_buckets()
    return [bucket["Name"] for bucket in listing["Buckets"]]


def direct(role: str) -> str:
    keys = sts.assume_role(RoleArn=role, RoleSessionName="direct")["Credentials"]
    client = boto3.client(
        "lambda",
        "eu-west-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    return client.get_account_settings()["AccountUsage"]["FunctionCount"].__str__()
