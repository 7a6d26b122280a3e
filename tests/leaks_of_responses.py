"""Secrets planted in what services say, in bodies, and in the names of groups."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress

import sotalia
from sotalia.config import Config
from sotalia.fault_injection import service_failure
from sotalia.transport.scripted import answer
from tests.protocols.frames import event
from tests.recorded_secrets import (
    KEY_ID,
    MARK,
    SECRET_KEY,
    SIGNED,
    TOKEN,
    Scene,
    b64,
    escaped,
    js,
    leak,
    xml,
)

# -- what services say ----------------------------------------------------------------------------------------------------


@leak
def a_signature_that_does_not_match(scene: Scene) -> None:
    """S3 echoes what it signed, with the token in it."""
    string = f"AWS4-HMAC-SHA256\n20260101T000000Z\n{KEY_ID}/us-west-2\nabc"
    canonical = f"GET\n/\n\nhost:x\nx-amz-security-token:{TOKEN}\n\nhost;x-amz-security-token\nabc"
    error = xml(
        f"<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match, see {SECRET_KEY}"
        f"</Message><AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId><StringToSign>{string}</StringToSign>"
        f"<SignatureProvided>Zq7headKdXmid9QxW</SignatureProvided><StringToSignBytes>5a 71 37 68</StringToSignBytes>"
        f"<CanonicalRequest>{canonical}</CanonicalRequest></Error>",
        403,
    )
    scene.client("s3", error).get_object(Bucket="b", Key="k")


@leak
def a_signature_that_does_not_match_elsewhere(scene: Scene) -> None:
    """Query and JSON services put all of it into the message."""
    message = (
        "The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this "
        f"request should have been\n'POST\n/\n\nhost:x\nx-amz-security-token:{TOKEN}\n\nhost\nabc'\n\nThe String-to-Sign should "
        f"have been\n'AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/us-west-2/dynamodb/aws4_request\nabc'\n"
    )
    error = js({"__type": "InvalidSignatureException", "message": message}, 400)
    scene.client("dynamodb", error).list_tables()


@leak
def an_access_key_that_is_unknown(scene: Scene) -> None:
    error = xml(
        f"<Error><Code>InvalidAccessKeyId</Code><Message>no key {KEY_ID}</Message><AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId></Error>",
        403,
    )
    scene.client("s3", error).list_buckets()


@leak
def a_token_that_has_expired(scene: Scene) -> None:
    error = xml(
        f"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message><Token-0>{TOKEN}</Token-0></Error>",
        400,
    )
    scene.client("s3", error).list_buckets()


@leak
def a_secret_in_an_error_message(scene: Scene) -> None:
    error = js({"__type": "InvalidParameterException", "message": f"cannot store {MARK}"}, 400)
    scene.client("secretsmanager", error).put_secret_value(SecretId="s", SecretString=MARK)


@leak
def a_password_in_an_error_message(scene: Scene) -> None:
    error = xml(
        f"<ErrorResponse><Error><Code>InvalidParameterValue</Code><Message>The parameter MasterUserPassword={escaped(MARK)} is "
        "not valid</Message></Error></ErrorResponse>",
        400,
    )
    scene.client("rds", error).modify_db_instance(DBInstanceIdentifier="d", MasterUserPassword=MARK)


@leak
def an_error_that_is_tried_again(scene: Scene) -> None:
    message = f"slow down, {SECRET_KEY} of {KEY_ID} ({MARK})"
    error = js({"__type": "ThrottlingException", "message": message}, 400)
    config = Config(retries={"total_max_attempts": 2, "mode": "standard"})
    client = scene.client("secretsmanager", error, js({}), config=config)
    client.put_secret_value(SecretId="s", SecretString=MARK)


@leak
def parameters_that_are_not_valid(scene: Scene) -> None:
    client = scene.client("secretsmanager", js({}))
    with suppress(Exception):
        client.put_secret_value(SecretId="s", SecretString=[MARK], Password=MARK)
    client.put_secret_value(SecretId="s", SecretString={"a": MARK})


@leak
def a_response_that_cannot_be_parsed(scene: Scene) -> None:
    scene.client("iam", xml(f"<A><SecretAccessKey>{escaped(MARK)}</SecretAccessKey><<")).create_access_key()


@leak
def a_response_of_json_that_cannot_be_parsed(scene: Scene) -> None:
    text = f'{{"SecretString": {json.dumps(MARK)}, "x": '
    reply = answer(200, {"content-type": "application/x-amz-json-1.1"}, text.encode())
    scene.client("secretsmanager", reply).get_secret_value(SecretId="s")


@leak
def a_response_that_was_cut_within_a_secret(scene: Scene) -> None:
    text = f'{{"Name": "s", "SecretString": "{MARK[:20]}'
    reply = answer(200, {"content-type": "application/x-amz-json-1.1"}, text.encode())
    scene.client("secretsmanager", reply).get_secret_value(SecretId="s")


@leak
def events_that_were_cut(scene: Scene) -> None:
    client = scene.client("s3", answer(200, {}, b"\0\0\1\0" + SECRET_KEY.encode()))
    result = client.select_object_content(
        Bucket="b",
        Key="k",
        ExpressionType="SQL",
        Expression="select 1",
        InputSerialization={"CSV": {}},
        OutputSerialization={"CSV": {}},
    )
    list(result["Payload"])


@leak
def a_connection_that_fails_with_a_secret(scene: Scene) -> None:
    error = sotalia.exceptions.HTTPClientError(error=f"cannot send {MARK} by {SECRET_KEY}, password={MARK}")
    scene.client("secretsmanager", error).put_secret_value(SecretId="s", SecretString=MARK)


@leak
def a_response_with_cookies_and_tokens(scene: Scene) -> None:
    headers = {
        "set-cookie": f"session={SECRET_KEY}",
        "x-amz-security-token": TOKEN,
        "x-auth-token": SECRET_KEY,
        "x-api-key": SECRET_KEY,
        "authorization": f"Bearer {SECRET_KEY}",
        "www-authenticate": f"Bearer error, token={SECRET_KEY}",
        "content-location": SIGNED,
        "x-debug": f"signed by {KEY_ID} with {TOKEN}",
    }
    scene.client("s3", answer(200, headers)).list_buckets()


@leak
def metadata_of_an_object(scene: Scene) -> None:
    scene.client("s3", answer(200, {"x-amz-meta-password": SECRET_KEY})).head_object(Bucket="b", Key="k")
    scene.client("s3").put_object(
        Bucket="b", Key="k", Body=b"", Metadata={"password": SECRET_KEY, "api-key": SECRET_KEY}
    )


@leak
def a_response_that_is_compressed(scene: Scene) -> None:
    body = gzip.compress(json.dumps({"SecretString": MARK}).encode(), mtime=0)
    reply = answer(200, {"content-type": "application/x-amz-json-1.1", "content-encoding": "gzip"}, body)
    scene.client("secretsmanager", reply).get_secret_value(SecretId="s")


@leak
def a_request_that_is_compressed(scene: Scene) -> None:
    data = [{"MetricName": "m" * 200, "Dimensions": [{"Name": "password", "Value": MARK}]}] * 100
    client = scene.client("cloudwatch", js({}))
    with suppress(Exception):
        client.put_metric_data(Namespace="n", MetricData=data)
    client.list_metrics(Dimensions=[{"Name": "apiKey", "Value": f"password={SECRET_KEY}"}])


@leak
def the_keys_in_the_body_of_an_object(scene: Scene) -> None:
    body = f"[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET_KEY}\naws_session_token={TOKEN}\n"
    client = scene.client("s3", answer(200, {}, body.encode()))
    client.put_object(Bucket="b", Key="k", Body=body.encode())
    client.get_object(Bucket="b", Key="k")["Body"].read()


@leak
def the_keys_in_a_body_without_names(scene: Scene) -> None:
    body = f"it is {SECRET_KEY}, and {TOKEN} of {KEY_ID}".encode()
    client = scene.client("s3", answer(200, {}, body))
    client.put_object(Bucket="b", Key="k", Body=body)
    client.get_object(Bucket="b", Key="k")["Body"].read()


@leak
def events_of_a_stream(scene: Scene) -> None:
    events = event("chunk", json.dumps({"bytes": b64(json.dumps({"completion": MARK}))}).encode())
    reply = answer(200, {"content-type": "application/vnd.amazon.eventstream"}, events)
    result = scene.client("bedrock-runtime", reply).invoke_model_with_response_stream(modelId="m", body=b"{}")

    async def read() -> None:
        async for _ in result["body"]:
            pass

    scene.kind.run(read()) if scene.kind.is_async else list(result["body"])


# -- names and helpers ----------------------------------------------------------------------------------------------------


@leak
def a_signed_address_as_a_key(scene: Scene) -> None:
    client = scene.client("s3", answer(200, {"etag": '"x"', "content-length": "0"}))
    client.download_file("b", SIGNED, str(scene.folder / "got"))


@leak
def keys_in_names_of_pages_and_objects(scene: Scene) -> None:
    page = xml(f"<ListBucketResult><Contents><Key>{SECRET_KEY}</Key></Contents></ListBucketResult>")
    client = scene.client("s3", page)
    client.get_paginator("list_objects_v2").paginate(
        Bucket="b", Prefix=f"{SECRET_KEY}/{KEY_ID}"
    ).build_full_result()


@leak
def a_wait_that_fails_with_a_secret(scene: Scene) -> None:
    error = js({"__type": "ResourceInUseException", "message": f"it is {TOKEN}"}, 400)
    client = scene.client("dynamodb", error)
    client.get_waiter("table_exists").wait(TableName="t", WaiterConfig={"Delay": 0, "MaxAttempts": 1})


@leak
def a_fault_that_is_made(scene: Scene) -> None:
    client = scene.client("secretsmanager", js({"SecretString": MARK}))
    rule = service_failure("PutSecretValue", code="Oops", message=f"for {SECRET_KEY}")
    with sotalia.faults(rule) as faults:
        with suppress(sotalia.exceptions.ClientError):
            client.put_secret_value(SecretId="s", SecretString=MARK)
        assert SECRET_KEY not in repr((faults, faults.fired, faults.rules))


@leak
def a_name_that_a_key_became(scene: Scene) -> None:
    """A map whose names are the secrets."""
    client = scene.client("s3")
    client.put_object(Bucket="b", Key="k", Body=b"", Metadata={KEY_ID: "x", "note": f"by {KEY_ID}"})
