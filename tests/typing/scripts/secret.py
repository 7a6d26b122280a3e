"""Read a secret, and rotate it."""

from __future__ import annotations

import json

import boto3

secrets = boto3.client(service_name="secretsmanager", region_name="eu-west-1")


def password(name: str) -> str:
    try:
        value = secrets.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
    except secrets.exceptions.ResourceNotFoundException:
        return ""
    settings: dict[str, str] = json.loads(value["SecretString"])
    return settings["password"]


def rotate(name: str) -> str:
    fresh = secrets.get_random_password(PasswordLength=32, ExcludePunctuation=True)["RandomPassword"]
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps({"password": fresh}))
    return secrets.describe_secret(SecretId=name)["ARN"]


def named(prefix: str) -> list[str]:
    pages = secrets.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [prefix]}])
    return [secret["Name"] for page in pages for secret in page["SecretList"]]
