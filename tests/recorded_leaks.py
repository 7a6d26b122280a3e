"""Secrets planted where they may come into a record: each function makes calls with some, for ``test_recorded_secrets.py``."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sotalia
from sotalia.config import Config
from sotalia.fault_injection import service_failure
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind
from tests.protocols.frames import event

# Characters that each encoding writes in another way stand between parts that all write alike: those are searched for.
MARK = 'Zq7headKd/+=Xmid9QxW&<"tail4WzB'
KEY_ID = "AKIAZQ7KEYID9XMID4WZ"
SECRET_KEY = "Zq7headKd/+Xmid9QxW/tail4WzB+sk"
TOKEN = "IQoZq7headKd//Xmid9QxW+tail4WzB=="
# Of presigned URLs.
SIGNED = f"https://b.s3.amazonaws.com/k?X-Amz-Credential={KEY_ID}%2Fx&X-Amz-Signature=Zq7headKdXmid9QxW&X-Amz-Security-Token={quote(TOKEN, safe='')}"
ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=True)

LEAKS: dict[str, Callable[[Scene], Any]] = {}


def leak(function: Callable[[Scene], Any]) -> Callable[[Scene], Any]:
    """A row of the table."""
    LEAKS[function.__name__] = function
    return function


class Scene:
    """A client with secret keys that answers from a script."""

    def __init__(self, client_kind: Kind, folder: Path, environment: Any) -> None:
        self.kind, self.folder, self.environment = client_kind, folder, environment
        self.transport: Any = None

    def client(self, service: str, *script: Any, **arguments: Any) -> Any:
        """A client whose service answers these, with keys that are secrets."""
        from sotalia.transport.scripted import ScriptedTransport

        self.transport = ScriptedTransport(list(script) or [answer()])
        keys: dict[str, Any] = {
            "aws_access_key_id": KEY_ID,
            "aws_secret_access_key": SECRET_KEY,
            "aws_session_token": TOKEN,
            "region_name": "us-west-2",
            **arguments.pop("keys", {}),
        }
        session = self.kind.session(
            **{k: v for k, v in keys.items() if v is not None}, transport=self.transport
        )
        return self.kind.client(service, session, **{"config": ONCE, **arguments})


def js(value: Any, status: int = 200, **headers: str) -> Any:
    return answer(
        status, {"content-type": "application/x-amz-json-1.1", **headers}, json.dumps(value).encode()
    )


def xml(text: str, status: int = 200, **headers: str) -> Any:
    return answer(status, {"content-type": "text/xml", **headers}, text.encode())


def escaped(text: str) -> str:
    from xml.sax.saxutils import escape

    return escape(text)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


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

CUSTOMER_KEY = "Zq7headKdXmid9QxWtail4WzB1234567"


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


# -- members that the model or a name calls sensitive ---------------------------------------------------------------------

# Service, method, parameters, response.
MEMBERS: dict[str, tuple[str, str, dict[str, Any], Any]] = {
    "a_secret": ("secretsmanager", "put_secret_value", {"SecretId": "s", "SecretString": MARK}, js({})),
    "a_binary_secret": (
        "secretsmanager",
        "put_secret_value",
        {"SecretId": "s", "SecretBinary": MARK.encode()},
        js({}),
    ),
    "a_secret_that_is_a_document": (
        "secretsmanager",
        "create_secret",
        {"Name": "s", "SecretString": json.dumps({"user": "u", "password": MARK})},
        js({}),
    ),
    "a_secret_in_a_result": (
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "s"},
        js({"Name": "s", "SecretString": MARK, "SecretBinary": b64(MARK)}),
    ),
    "secrets_in_a_batch": (
        "secretsmanager",
        "batch_get_secret_value",
        {"SecretIdList": ["s"]},
        js({"SecretValues": [{"Name": "s", "SecretString": MARK}]}),
    ),
    "a_parameter": (
        "ssm",
        "put_parameter",
        {"Name": "p", "Value": MARK, "Type": "SecureString"},
        js({"Version": 1}),
    ),
    "a_parameter_in_a_result": (
        "ssm",
        "get_parameter",
        {"Name": "p", "WithDecryption": True},
        js({"Parameter": {"Name": "p", "Value": MARK}}),
    ),
    "parameters_of_a_path": (
        "ssm",
        "get_parameters_by_path",
        {"Path": "/p"},
        js({"Parameters": [{"Name": "p", "Value": MARK}]}),
    ),
    "a_password_of_a_user": (
        "cognito-idp",
        "sign_up",
        {"ClientId": "c", "Username": "u", "Password": MARK, "SecretHash": b64(MARK)},
        js({}),
    ),
    "a_login_of_a_user": (
        "cognito-idp",
        "initiate_auth",
        {"ClientId": "c", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"PASSWORD": MARK}},
        js({"AuthenticationResult": {"AccessToken": MARK, "IdToken": MARK, "RefreshToken": MARK}}),
    ),
    "a_new_access_key": (
        "iam",
        "create_access_key",
        {},
        xml(
            f"<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><AccessKeyId>{KEY_ID}</AccessKeyId>"
            f"<SecretAccessKey>{escaped(MARK)}</SecretAccessKey></AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>"
        ),
    ),
    "a_login_profile": (
        "iam",
        "create_login_profile",
        {"UserName": "u", "Password": MARK},
        xml("<CreateLoginProfileResponse/>"),
    ),
    "what_kms_encrypts": (
        "kms",
        "encrypt",
        {"KeyId": "k", "Plaintext": MARK.encode()},
        js({"CiphertextBlob": "AAAA"}),
    ),
    "what_kms_decrypts": ("kms", "decrypt", {"CiphertextBlob": b"x"}, js({"Plaintext": b64(MARK)})),
    "a_data_key": (
        "kms",
        "generate_data_key_pair",
        {"KeyId": "k", "KeyPairSpec": "RSA_2048"},
        js({"PrivateKeyPlaintext": b64(MARK)}),
    ),
    "a_role_by_web_identity": (
        "sts",
        "assume_role_with_web_identity",
        {"RoleArn": "arn:aws:iam::1:role/abcdefgh", "RoleSessionName": "xx", "WebIdentityToken": MARK},
        xml(
            "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
            f"<SecretAccessKey>{SECRET_KEY}</SecretAccessKey><SessionToken>{TOKEN}</SessionToken>"
            "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
        ),
    ),
    "the_environment_of_a_function": (
        "lambda",
        "update_function_configuration",
        {"FunctionName": "f", "Environment": {"Variables": {"DB": MARK}}},
        js({"Environment": {"Variables": {"DB": MARK}}}),
    ),
    "the_payload_of_a_function": (
        "lambda",
        "invoke",
        {"FunctionName": "f", "Payload": json.dumps({"password": MARK}).encode()},
        js({"token": MARK}),
    ),
    "the_password_of_a_database": (
        "rds",
        "create_db_instance",
        {"DBInstanceIdentifier": "d", "DBInstanceClass": "c", "Engine": "e", "MasterUserPassword": MARK},
        xml(
            "<CreateDBInstanceResponse><CreateDBInstanceResult><DBInstance><PendingModifiedValues>"
            f"<MasterUserPassword>{escaped(MARK)}</MasterUserPassword></PendingModifiedValues></DBInstance></CreateDBInstanceResult></CreateDBInstanceResponse>"
        ),
    ),
    "user_data_of_a_machine": (
        "ec2",
        "run_instances",
        {"ImageId": "ami", "MinCount": 1, "MaxCount": 1, "UserData": f"#!/bin/sh\nexport A={MARK}\n"},
        xml("<RunInstancesResponse/>"),
    ),
    "the_password_of_a_machine": (
        "ec2",
        "get_password_data",
        {"InstanceId": "i"},
        xml(f"<GetPasswordDataResponse><passwordData>{b64(MARK)}</passwordData></GetPasswordDataResponse>"),
    ),
    "a_key_pair": (
        "ec2",
        "create_key_pair",
        {"KeyName": "k"},
        xml(f"<CreateKeyPairResponse><keyMaterial>{escaped(MARK)}</keyMaterial></CreateKeyPairResponse>"),
    ),
    "an_item_with_a_password": (
        "dynamodb",
        "put_item",
        {
            "TableName": "t",
            "Item": {"id": {"S": "1"}, "password": {"S": MARK}, "api_key": {"M": {"x": {"S": MARK}}}},
        },
        js({}),
    ),
    "an_item_with_a_password_in_a_result": (
        "dynamodb",
        "get_item",
        {"TableName": "t", "Key": {"id": {"S": "1"}}},
        js({"Item": {"id": {"S": "1"}, "password": {"S": MARK}, "clientSecret": {"B": b64(MARK)}}}),
    ),
    "a_login_of_a_registry": (
        "ecr",
        "get_authorization_token",
        {},
        js({"authorizationData": [{"authorizationToken": b64(f"AWS:{MARK}"), "proxyEndpoint": "https://x"}]}),
    ),
    "keys_of_a_single_sign_on": (
        "sso",
        "get_role_credentials",
        {"roleName": "r", "accountId": "1", "accessToken": "Zq7headKdXmid9QxW"},
        js({"roleCredentials": {"secretAccessKey": SECRET_KEY, "sessionToken": TOKEN}}),
    ),
    "keys_of_an_identity": (
        "cognito-identity",
        "get_credentials_for_identity",
        {"IdentityId": "i", "Logins": {"provider": MARK}},
        js({"Credentials": {"AccessKeyId": KEY_ID, "SecretKey": SECRET_KEY, "SessionToken": TOKEN}}),
    ),
    "a_private_key": (
        "acm",
        "import_certificate",
        {"Certificate": b"c", "PrivateKey": MARK.encode()},
        js({}),
    ),
    "credentials_of_a_cluster": (
        "redshift",
        "get_cluster_credentials",
        {"DbUser": "u", "ClusterIdentifier": "c"},
        xml(
            "<GetClusterCredentialsResponse><GetClusterCredentialsResult>"
            f"<DbPassword>{escaped(MARK)}</DbPassword></GetClusterCredentialsResult></GetClusterCredentialsResponse>"
        ),
    ),
    "the_input_of_a_state_machine": (
        "stepfunctions",
        "start_execution",
        {"stateMachineArn": "arn:aws:states:us-west-2:1:stateMachine:m", "input": json.dumps({"x": MARK})},
        js({}),
    ),
    "a_document_in_a_message": (
        "sqs",
        "send_message",
        {"QueueUrl": "https://q/1/q", "MessageBody": json.dumps({"db": {"password": MARK}})},
        js({}),
    ),
    "a_document_in_a_document": (
        "sns",
        "publish",
        {
            "TopicArn": "arn:aws:sns:us-west-2:1:t",
            "Message": json.dumps({"default": json.dumps({"password": MARK})}),
        },
        xml("<PublishResponse/>"),
    ),
    "a_token_of_a_client": (
        "sso-oidc",
        "create_token",
        {"clientId": "i", "clientSecret": MARK, "grantType": "g", "refreshToken": MARK},
        js({"accessToken": MARK, "idToken": MARK}),
    ),
    "a_prompt_of_a_model": (
        "bedrock-runtime",
        "invoke_model",
        {"modelId": "m", "body": json.dumps({"prompt": MARK}).encode()},
        js({"completion": MARK}),
    ),
}


def _member(service: str, method: str, parameters: dict[str, Any], response: Any) -> Callable[[Scene], Any]:
    def run(scene: Scene) -> None:
        result = getattr(scene.client(service, response), method)(**parameters)
        for body in (result.get("Payload"), result.get("body")):
            if body is not None:
                scene.kind.run(body.read())

    return run


LEAKS.update((name, _member(*row)) for name, row in MEMBERS.items())


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
        client.put_secret_value(SecretId="s", SecretString=[MARK], **{"Password": MARK})
    client.put_secret_value(SecretId="s", SecretString={"a": MARK})


@leak
def a_response_that_cannot_be_parsed(scene: Scene) -> None:
    scene.client("iam", xml(f"<A><SecretAccessKey>{escaped(MARK)}</SecretAccessKey><<")).create_access_key()


@leak
def a_response_of_json_that_cannot_be_parsed(scene: Scene) -> None:
    text = f'{{"SecretString": "{SECRET_KEY}", "x": '
    reply = answer(200, {"content-type": "application/x-amz-json-1.1"}, text.encode())
    scene.client("secretsmanager", reply).get_secret_value(SecretId="s")


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
