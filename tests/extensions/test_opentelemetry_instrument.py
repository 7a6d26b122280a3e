"""The command ``opentelemetry-instrument``: spans of an app that says nothing of OpenTelemetry, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sotalia.testing import LocalAWS

# What it prints beside the spans are lines that begin with a dash.
APP = """
import asyncio, sys
import boto3, sotalia
from opentelemetry import trace

url, name = sys.argv[1:]
keys = dict(aws_access_key_id="testing", aws_secret_access_key="PLANTED", region_name="us-east-1")

def show_header(request, **kwargs):
    header = request.headers.get("X-Amzn-Trace-Id")
    print("-", header.decode() if isinstance(header, bytes) else header)

def sync():
    s3 = sotalia.Session(**keys).client("s3", endpoint_url=url)
    s3.meta.events.register("before-send.s3.CreateBucket", show_header)
    s3.create_bucket(Bucket=name)
    try:
        s3.get_object(Bucket=name, Key="missing")
    except s3.exceptions.NoSuchKey:
        pass

async def asynchronous():
    async with sotalia.AsyncSession(**keys).client("sqs", endpoint_url=url) as sqs:
        await asyncio.gather(*(sqs.create_queue(QueueName=f"{name}-{number}") for number in range(3)))

def patched():
    boto3.Session(**keys).client("sts", endpoint_url=url).get_caller_identity()
    with sotalia.patch_boto3():
        boto3.Session(**keys).client("sns", endpoint_url=url).create_topic(Name=name)
        boto3.Session(**keys).resource("dynamodb", endpoint_url=url).meta.client.list_tables()

with trace.get_tracer("app").start_as_current_span("app"):
    sync()
    asyncio.run(asynchronous())
    patched()
"""
CALLS = {
    "S3.CreateBucket": 1,
    "S3.GetObject": 1,
    "SQS.CreateQueue": 3,
    "STS.GetCallerIdentity": 1,
    "SNS.CreateTopic": 1,
    "DynamoDB.ListTables": 1,
}


def traced(aws: LocalAWS, **variables: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The spans that the console exporter printed, and the app's own lines."""
    command = str(Path(sys.executable).with_name("opentelemetry-instrument"))
    done = subprocess.run(
        [command, sys.executable, "-c", APP, aws.endpoint_url, f"traced-{uuid.uuid4().hex[:8]}"],
        env={
            **os.environ,
            "OTEL_TRACES_EXPORTER": "console",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
            **variables,
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "PLANTED" not in done.stdout + done.stderr
    lines = done.stdout.splitlines()
    own = [line[2:] for line in lines if line.startswith("- ")]
    rest = "\n".join(line for line in lines if not line.startswith("- ")).lstrip()
    spans = []
    while rest:
        span, end = json.JSONDecoder().raw_decode(rest)
        spans.append(span)
        rest = rest[end:].lstrip()
    return spans, own


@pytest.mark.parametrize("disabled", ["aiobotocore", "aiobotocore,botocore"])
def test_each_call_has_one_span(aws: LocalAWS, disabled: str) -> None:
    """Sync, async and behind boto3's names, with the instrumentation of botocore beside ours and without."""
    spans, (header,) = traced(aws, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=disabled)
    named = {span["name"]: span for span in spans}
    is_alone = "botocore" in disabled.split(",")
    # That one is boto3's own, which only the original traces.
    expected = {name: count for name, count in CALLS.items() if not (is_alone and name.startswith("STS"))}
    assert Counter(span["name"] for span in spans) == Counter({"app": 1, **expected})
    app = named["app"]["context"]
    assert {span["parent_id"] for span in spans if span["name"] != "app"} == {app["span_id"]}
    put = named["S3.CreateBucket"]
    assert put["attributes"]["http.status_code"] == 200
    assert put["attributes"]["aws.request_id"]
    assert put["attributes"]["cloud.region"] == "us-east-1"
    assert header == (
        f"Root=1-{put['context']['trace_id'][2:10]}-{put['context']['trace_id'][10:]};"
        f"Parent={put['context']['span_id'][2:]};Sampled=1"
    )
    assert named["S3.GetObject"]["status"]["status_code"] == "ERROR"
    assert [event["name"] for event in named["S3.GetObject"]["events"]] == ["exception"]


def test_it_can_be_left_out(aws: LocalAWS) -> None:
    spans, (header,) = traced(aws, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS="sotalia,botocore,aiobotocore")
    assert [span["name"] for span in spans] == ["app"]
    assert header == "None"
