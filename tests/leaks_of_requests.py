"""Secrets planted in requests: keys wherever they come from, what handlers do, addresses, keys of customers."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import sotalia
from sotalia.config import Config
from sotalia.transport.scripted import answer
from tests.recorded_secrets import (
    CUSTOMER_KEY,
    KEY_ID,
    MARK,
    SECRET_KEY,
    SIGNED,
    TOKEN,
    Scene,
    b64,
    js,
    leak,
    xml,
)

# -- keys, wherever they come from ---------------------------------------------------------------------------------------


@leak
def keys_of_the_client(scene: Scene) -> None:
    scene.client("s3").list_buckets()


@leak
def keys_of_the_environment(scene: Scene) -> None:
    for name, value in (
        ("ACCESS_KEY_ID", KEY_ID),
        ("SECRET_ACCESS_KEY", SECRET_KEY),
        ("SESSION_TOKEN", TOKEN),
    ):
        scene.environment.setenv(f"AWS_{name}", value)
    none = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"))
    scene.client("sqs", js({}), keys=none).list_queues()


@leak
def keys_of_a_profile(scene: Scene) -> None:
    file = scene.folder / "credentials"
    file.write_text(
        f"[p]\naws_access_key_id={KEY_ID}\naws_secret_access_key={SECRET_KEY}\naws_session_token={TOKEN}\n"
    )
    scene.environment.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    none = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"))
    scene.client("sqs", js({}), keys={**none, "profile_name": "p"}).list_queues()


@leak
def a_bearer_token_of_the_environment(scene: Scene) -> None:
    scene.environment.setenv("AWS_BEARER_TOKEN_BEDROCK", MARK.replace('"', ""))
    scene.client("bedrock", js({})).list_foundation_models()


@leak
def keys_of_a_role(scene: Scene) -> None:
    """A call within a call; its answer has keys."""
    file = scene.folder / "config"
    file.write_text(
        f"[profile base]\naws_access_key_id={KEY_ID}\naws_secret_access_key={SECRET_KEY}\n"
        f"[profile role]\nrole_arn=arn:aws:iam::123456789012:role/r\nsource_profile=base\nexternal_id={MARK}\n"
    )
    scene.environment.setenv("AWS_CONFIG_FILE", str(file))
    none = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"))
    keys = (
        f"<AccessKeyId>{KEY_ID}</AccessKeyId><SecretAccessKey>{SECRET_KEY}</SecretAccessKey>"
        f"<SessionToken>{TOKEN}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    )
    role = xml(
        f"<AssumeRoleResponse><AssumeRoleResult><Credentials>{keys}</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
    scene.client("s3", role, answer(), keys={**none, "profile_name": "role"}).list_buckets()


@leak
def a_session_of_s3_express(scene: Scene) -> None:
    keys = (
        f"<AccessKeyId>{KEY_ID}</AccessKeyId><SecretAccessKey>{SECRET_KEY}</SecretAccessKey>"
        f"<SessionToken>{TOKEN}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    )
    created = xml(f"<CreateSessionResult><Credentials>{keys}</Credentials></CreateSessionResult>")
    scene.client("s3", created, answer()).get_object(Bucket="b--usw2-az1--x-s3", Key="k")


# -- what handlers do -----------------------------------------------------------------------------------------------------


def with_handler(scene: Scene, event: str, handler: Any, *script: Any, service: str = "s3") -> Any:
    client = scene.client(service, *script)
    client.raw.meta.events.register(event, handler)
    return client


def header(name: str, value: str) -> Any:
    def add(request: Any, **kwargs: Any) -> None:
        request.headers[name] = value

    return add


@leak
def authorization_set_by_hand(scene: Scene) -> None:
    value = f"Bearer {SECRET_KEY}"
    with_handler(scene, "before-send.s3", header("Authorization", value)).list_buckets()


@leak
def a_security_token_set_by_hand(scene: Scene) -> None:
    with_handler(scene, "before-sign.s3", header("X-Amz-Security-Token", MARK)).list_buckets()


@leak
def a_proxy_authorization_set_by_hand(scene: Scene) -> None:
    value = "Basic " + b64(f"user:{MARK}")
    with_handler(scene, "before-send.s3", header("Proxy-Authorization", value)).list_buckets()


@leak
def a_cookie_set_by_hand(scene: Scene) -> None:
    with_handler(scene, "before-send.s3", header("Cookie", f"session={MARK}")).list_buckets()


@leak
def headers_that_are_keys_by_their_names(scene: Scene) -> None:
    def add(request: Any, **kwargs: Any) -> None:
        for name in ("X-Api-Key", "X-Auth-Token", "X-Client-Secret", "X-Vault-Password"):
            request.headers[name] = MARK

    with_handler(scene, "before-sign.s3", add).list_buckets()


@leak
def the_secret_key_in_a_header_of_any_name(scene: Scene) -> None:
    with_handler(scene, "before-sign.s3", header("X-Debug", SECRET_KEY)).list_buckets()


@leak
def the_token_in_a_header_of_any_name(scene: Scene) -> None:
    with_handler(scene, "before-sign.s3", header("X-Debug", TOKEN)).list_buckets()


@leak
def the_key_id_in_a_header_of_any_name(scene: Scene) -> None:
    with_handler(scene, "before-sign.s3", header("X-Debug", f"by {KEY_ID}")).list_buckets()


@leak
def the_token_in_the_url(scene: Scene) -> None:
    def add(request: Any, **kwargs: Any) -> None:
        request.url += f"?debug={quote(TOKEN, safe='')}&access_token={quote(MARK, safe='')}"

    with_handler(scene, "request-created.s3", add).list_buckets()


@leak
def the_secret_key_in_a_parameter(scene: Scene) -> None:
    def add(params: Any, **kwargs: Any) -> None:
        params["Metadata"] = {"debug": SECRET_KEY, "id": KEY_ID}

    client = with_handler(scene, "provide-client-params.s3.PutObject", add)
    client.put_object(Bucket="b", Key="k", Body=b"")


@leak
def a_password_in_a_parameter(scene: Scene) -> None:
    def add(params: Any, **kwargs: Any) -> None:
        params["Tagging"] = f"password={quote(MARK, safe='')}"

    client = with_handler(scene, "before-parameter-build.s3.PutObject", add)
    client.put_object(Bucket="b", Key="k", Body=b"")


@leak
def a_parameter_in_a_header(scene: Scene) -> None:
    def add(request: Any, **kwargs: Any) -> None:
        request.headers["X-Copy"] = "Zq7headKdXmid9QxWtail4WzB"

    client = with_handler(scene, "before-sign.secretsmanager", add, js({}), service="secretsmanager")
    client.put_secret_value(SecretId="s", SecretString="Zq7headKdXmid9QxWtail4WzB")


@leak
def an_error_of_a_handler(scene: Scene) -> None:
    def fail(params: Any, **kwargs: Any) -> None:
        raise ValueError(f"cannot use {params['SecretString']} with {SECRET_KEY}")

    client = with_handler(
        scene, "before-parameter-build.secretsmanager", fail, js({}), service="secretsmanager"
    )
    client.put_secret_value(SecretId="s", SecretString=MARK)


@leak
def an_answer_of_a_handler(scene: Scene) -> None:
    from botocore.awsrequest import AWSResponse

    def reply(**kwargs: Any) -> Any:
        return AWSResponse("https://host", 200, {}, None), {"SecretString": MARK, "Name": "s"}

    client = with_handler(scene, "before-call.secretsmanager", reply, js({}), service="secretsmanager")
    client.get_secret_value(SecretId="s")


@leak
def a_result_changed_by_a_handler(scene: Scene) -> None:
    def change(parsed: Any, **kwargs: Any) -> None:
        parsed["SecretString"] += "!"
        parsed["Password"] = MARK
        parsed["Note"] = f"signed by {SECRET_KEY}"

    client = with_handler(
        scene, "after-call.secretsmanager", change, js({"SecretString": MARK}), service="secretsmanager"
    )
    client.get_secret_value(SecretId="s")


# -- addresses ------------------------------------------------------------------------------------------------------------


@leak
def a_password_in_the_endpoint(scene: Scene) -> None:
    scene.client("s3", endpoint_url="https://user:Zq7headKdXmid9QxW@host:8443").list_buckets()


@leak
def a_password_in_a_proxy(scene: Scene) -> None:
    proxy = "http://user:Zq7headKdXmid9QxW@127.0.0.1:9"
    config = Config(proxies={"http": proxy, "https": proxy}, retries={"total_max_attempts": 1})
    error = sotalia.exceptions.ProxyConnectionError(proxy_url=proxy, error=f"no route to {proxy}")
    scene.client("s3", error, config=config).list_buckets()


@leak
def a_password_in_an_address_that_cannot_be_reached(scene: Scene) -> None:
    url = "https://user:Zq7headKdXmid9QxW@host/?password=Xmid9QxW"
    error = sotalia.exceptions.EndpointConnectionError(endpoint_url=url, error=f"{url} {SIGNED}")
    config = Config(retries={"total_max_attempts": 2, "mode": "standard"})
    scene.client("s3", error, answer(), config=config).list_buckets()


@leak
def a_password_in_the_url_of_a_queue(scene: Scene) -> None:
    url = "https://user:Zq7headKdXmid9QxW@sqs.us-west-2.amazonaws.com/1/q"
    scene.client("sqs", js({})).send_message(QueueUrl=url, MessageBody="m")


@leak
def a_redirect(scene: Scene) -> None:
    scene.client("s3", answer(307, {"location": SIGNED}, b""), answer()).get_object(Bucket="b", Key="k")


@leak
def a_signed_copy_source(scene: Scene) -> None:
    source = SIGNED.removeprefix("https://b.s3.amazonaws.com/")
    scene.client("s3", xml("<CopyObjectResult/>")).copy_object(Bucket="b", Key="k", CopySource=f"b/{source}")


@leak
def a_presigned_url_as_parameter(scene: Scene) -> None:
    scene.client("rds", xml("<CopyDBSnapshotResponse/>")).copy_db_snapshot(
        SourceDBSnapshotIdentifier="arn:aws:rds:us-east-1:123456789012:snapshot:s",
        TargetDBSnapshotIdentifier="t",
        SourceRegion="us-east-1",
    )
    scene.client("rds", xml("<CopyDBSnapshotResponse/>")).copy_db_snapshot(
        SourceDBSnapshotIdentifier="s", TargetDBSnapshotIdentifier="t", PreSignedUrl=SIGNED
    )


@leak
def a_url_presigned_meanwhile(scene: Scene) -> None:
    client = scene.client("s3", answer())
    url = client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    scene.client("sqs", js({})).send_message(QueueUrl="https://q/1/q", MessageBody=f"get it at {url} now")
    scene.client("dynamodb", js({})).put_item(TableName="t", Item={"url": {"S": url}})
    client.put_object(Bucket="b", Key="k", Body=f'<a href="{url}">'.encode())


@leak
def a_post_presigned_meanwhile(scene: Scene) -> None:
    client = scene.client("s3", answer())
    post = client.generate_presigned_post("b", "k")
    scene.client("sqs", js({})).send_message(QueueUrl="https://q/1/q", MessageBody=json.dumps(post))


# -- keys of customers ----------------------------------------------------------------------------------------------------


@leak
def a_customer_key_as_text(scene: Scene) -> None:
    extra = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": CUSTOMER_KEY}
    md5 = {"x-amz-server-side-encryption-customer-key-MD5": "Zq7headKd"}
    scene.client("s3", answer(200, md5)).put_object(Bucket="b", Key="k", Body=b"x", **extra)


@leak
def a_customer_key_as_bytes(scene: Scene) -> None:
    extra = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": CUSTOMER_KEY.encode()}
    scene.client("s3").get_object(Bucket="b", Key="k", **extra)


@leak
def a_customer_key_in_base64(scene: Scene) -> None:
    extra = {
        "SSECustomerAlgorithm": "AES256",
        "SSECustomerKey": b64(CUSTOMER_KEY),
        "SSECustomerKeyMD5": "Zq7headKd==",
    }
    scene.client("s3").head_object(Bucket="b", Key="k", **extra)


@leak
def a_customer_key_of_a_copy(scene: Scene) -> None:
    extra = {"CopySourceSSECustomerAlgorithm": "AES256", "CopySourceSSECustomerKey": CUSTOMER_KEY}
    scene.client("s3", xml("<CopyObjectResult/>")).copy_object(Bucket="b", Key="k", CopySource="b/s", **extra)


@leak
def a_customer_key_of_a_transfer(scene: Scene) -> None:
    file = scene.folder / "file"
    file.write_bytes(b"x")
    extra = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": CUSTOMER_KEY}
    scene.client("s3").upload_file(
        str(file), "b", f"k/{SECRET_KEY}?X-Amz-Signature=Zq7headKd", ExtraArgs=extra
    )


@leak
def a_customer_key_in_an_error(scene: Scene) -> None:
    extra = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": CUSTOMER_KEY}
    error = xml(
        f"<Error><Code>InvalidArgument</Code><Message>bad key {b64(CUSTOMER_KEY)}</Message>"
        f"<ArgumentValue>{b64(CUSTOMER_KEY)}</ArgumentValue></Error>",
        400,
    )
    scene.client("s3", error).get_object(Bucket="b", Key="k", **extra)


@leak
def a_customer_key_in_a_header_of_the_response(scene: Scene) -> None:
    extra = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": CUSTOMER_KEY}
    scene.client("s3", answer(200, {"x-debug": b64(CUSTOMER_KEY)})).get_object(Bucket="b", Key="k", **extra)


@leak
def an_encryption_context(scene: Scene) -> None:
    context = b64(json.dumps({"password": MARK}))
    scene.client("s3").put_object(Bucket="b", Key="k", Body=b"", SSEKMSEncryptionContext=context)
