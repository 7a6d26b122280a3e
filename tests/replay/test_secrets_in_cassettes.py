"""No secret is in a cassette: none that came in, none that came back, none that signed; and what is left can be played."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

import sotalia
from sotalia.checksums.algorithms import as_text, checksum
from sotalia.protocols import cbor
from sotalia.replay.event_messages import written
from sotalia.replay.secrecy import account_ids
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

HIDE = "hunter2-Geheim<&>\"'"
JSON = {"content-type": "application/json"}


def _json(value: Any, **headers: str) -> Any:
    return answer(headers={**JSON, **headers}, body=json.dumps(value).encode())


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


#: Service, operation, parameters, and the response: each with a secret in it.
LEAKS: dict[str, tuple[str, str, dict[str, Any], Any]] = {
    "a secret that comes back": (
        "secretsmanager", "get_secret_value", {"SecretId": "id"}, _json({"Name": "n", "SecretString": HIDE}),
    ),
    "a binary secret": (
        "secretsmanager", "get_secret_value", {"SecretId": "id"}, _json({"SecretBinary": "aHVudGVyMi1HZWhlaW08Jj4iJw=="}),
    ),
    "a secret that goes out": (
        "secretsmanager", "create_secret", {"Name": "n", "SecretString": HIDE}, _json({"Name": "n"}),
    ),
    "and is repeated in a message": (
        "secretsmanager", "create_secret", {"Name": "n", "SecretString": HIDE}, _json({"Name": f"not {HIDE}!"}),
    ),
    "a password in a query": (
        "iam", "create_login_profile", {"UserName": "user", "Password": HIDE},
        answer(body=f"<R><CreateLoginProfileResult><LoginProfile><UserName>{_xml(HIDE)}</UserName><CreateDate>2020-01-01T00:00:00Z</CreateDate>"
                    "</LoginProfile></CreateLoginProfileResult></R>".encode()),
    ),
    "an access key": (
        "iam", "create_access_key", {"UserName": "user"},
        answer(body=f"<R><CreateAccessKeyResult><AccessKey><UserName>u</UserName><AccessKeyId>AKIDNEW</AccessKeyId><Status>Active</Status>"
                    f"<SecretAccessKey>{_xml(HIDE)}</SecretAccessKey></AccessKey></CreateAccessKeyResult></R>".encode()),
    ),
    "a parameter of SSM": (
        "ssm", "get_parameter", {"Name": "n"}, _json({"Parameter": {"Name": "n", "Type": "SecureString", "Value": HIDE}}),
    ),
    "variables of a function": (
        "lambda", "get_function_configuration", {"FunctionName": "f"},
        _json({"FunctionName": "f", "Environment": {"Variables": {"PASSWORD": HIDE}}}),
    ),
    "an address that is signed": (
        "lambda", "get_function", {"FunctionName": "f"},
        _json({"Code": {"Location": f"https://b.s3.amazonaws.com/k?X-Amz-Signature={HIDE[:15]}&X-Amz-Security-Token={HIDE[:15]}"}}),
    ),
    "a key of a customer": (
        "s3", "put_object", {"Bucket": "bucket", "Key": "k", "SSECustomerAlgorithm": "AES256", "SSECustomerKey": HIDE[:13] * 2 + "123456"},
        answer(headers={"x-amz-server-side-encryption-customer-key-MD5": f"{HIDE[:12]}"}),
    ),
    "a plain key": ("kms", "generate_data_key", {"KeyId": "k", "NumberOfBytes": 8}, _json({"Plaintext": "aHVudGVyMi1HZWhlaW08Jj4iJw=="})),
    "a cookie": ("s3", "head_object", {"Bucket": "bucket", "Key": "k"}, answer(headers={"Set-Cookie": f"a={HIDE[:14]}"})),
    "an error that quotes": (
        "secretsmanager", "create_secret", {"Name": "n", "SecretString": HIDE},
        answer(400, {**JSON, "x-amzn-errortype": "InvalidRequestException"}, json.dumps({"message": f"bad {HIDE}"}).encode()),
    ),
    "a session token that an error quotes": (
        "s3", "head_object", {"Bucket": "bucket", "Key": "k"}, answer(404, {"x-reason": "no hunter2-session-token"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_leaks(name: str, client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    service, method, parameters, response = LEAKS[name]

    def run(*script: Any) -> Any:
        session = client_kind.session(
            **KEYS, aws_session_token="hunter2-session-token", transport=ScriptedTransport(script)
        )
        try:
            return getattr(client_kind.client(service, session), method)(**parameters)
        except sotalia.exceptions.ClientError as error:
            return error.response

    with sotalia.cassette(path):
        run(response)
    text = path.read_text()
    for part in ("hunter2", "aHVudGVy", "AKIDEXAMPLE"):
        assert part not in text
    assert any(sign in text for sign in ("***", "Kioq", '"Variables": {}'))
    with sotalia.cassette(path, mode="none"):
        assert isinstance(run(AssertionError("it was sent")), dict)


def _played(
    client_kind: Kind, path: Path, redact: Any, service: str, method: str, response: Any, **parameters: Any
) -> tuple[Any, Any, str]:
    with sotalia.cassette(path, redact=redact):
        recorded = getattr(client_kind.scripted(service, [response]), method)(**parameters)
    with sotalia.cassette(path, mode="none", redact=redact):
        played = getattr(client_kind.client(service), method)(**parameters)
    return recorded, played, path.read_text()


def test_lengths_and_checksums_are_those_of_what_is_left(client_kind: Kind, tmp_path: Path) -> None:
    """DynamoDB's clients check them, and S3's."""
    body = json.dumps({"Item": {"password": {"S": "geheimnis"}}}).encode()
    headers = {**JSON, "x-amz-crc32": str(crc32(body))}
    _, played, text = _played(
        client_kind, tmp_path / "c.json", "Item.password", "dynamodb", "get_item", answer(200, headers, body),
        TableName="table", Key={"id": {"S": "a"}},
    )  # fmt: skip
    assert "geheimnis" not in text
    assert played["Item"] == {"password": {}}
    started = checksum("crc32")
    started.update(b"say geheimnis")
    headers = {"x-amz-checksum-crc32": as_text(started.digest())}
    _, played, text = _played(
        client_kind, tmp_path / "d.json", lambda text: text.replace("geheimnis", "nothing"), "s3", "get_object",
        answer(200, headers, b"say geheimnis"), Bucket="bucket", Key="k",
    )  # fmt: skip
    assert played["Body"].read() == b"say nothing"
    assert played["ContentLength"] == 11


RULES: dict[str, tuple[Any, str, str]] = {
    "a name": ("Name", "***", "***"),
    "a name with nothing": ({"Name": None}, "***", "***"),
    "another value": ({"Name": "other"}, "other", "other"),
    "a function of the value": ({"Name": str.upper}, "CUSTOMER", "CUSTOMER"),
    "a function of text": (lambda text: text.replace("customer", "other"), "other", "other"),
    "several": (["Description", {"Name": "other"}], "other", "other"),
}


@pytest.mark.parametrize("name", RULES)
def test_rules(name: str, client_kind: Kind, tmp_path: Path) -> None:
    redact, asked, got = RULES[name]
    path = tmp_path / "calls.json"
    recorded, played, text = _played(
        client_kind, path, redact, "secretsmanager", "create_secret",
        _json({"Name": "customer", "ARN": "arn:of:customer"}), Name="customer", ClientRequestToken="t" * 32,
    )  # fmt: skip
    assert recorded["Name"] == "customer"
    assert json.loads(text)["calls"][0]["parameters"]["Name"] == asked
    assert (played["Name"], played["ARN"]) == (got, f"arn:of:{got}")
    assert "customer" not in text


def test_what_is_kept_although_the_model_calls_it_sensitive(client_kind: Kind, tmp_path: Path) -> None:
    def run(path: Path, redact: Any) -> tuple[Any, str]:
        _, played, text = _played(
            client_kind, path, redact, "bedrock-runtime", "invoke_model",
            answer(200, JSON, b'{"completion": "yes"}'), modelId="anthropic.claude-v2", body=b'{"prompt": "is it?"}',
        )  # fmt: skip
        return client_kind.run(played["body"].read()), text

    body, text = run(tmp_path / "hidden.json", None)
    assert body == b"***"
    assert "yes" not in text
    body, text = run(tmp_path / "kept.json", {"body": False})
    assert body == b'{"completion": "yes"}'
    assert '"completion": "yes"' in text


def test_accounts(client_kind: Kind, tmp_path: Path) -> None:
    response = answer(
        body=b"<R><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/me</Arn><Account>123456789012</Account>"
        b"</GetCallerIdentityResult></R>"
    )
    _, played, text = _played(
        client_kind, tmp_path / "c.json", account_ids, "sts", "get_caller_identity", response
    )
    assert played["Arn"] == "arn:aws:iam::000000000000:user/me"
    assert "123456789012" not in text


def test_cbor(client_kind: Kind, tmp_path: Path) -> None:
    def text(name: str, value: bytes) -> bytes:
        return cbor.text(name) + value

    from sotalia.replay.response_secrets import MemberRules, ResponseSecrets

    model = client_kind.client("eventbridgev2").raw.meta.service_model
    operation = next(
        model.operation_model(name)
        for name in model.operation_names
        if model.operation_model(name).output_shape is not None
    )
    body = cbor.head(5, 2) + text("password", cbor.text(HIDE)) + text("count", cbor.integer(3))
    secrets = ResponseSecrets(operation, MemberRules(frozenset(), frozenset(), {}), lambda text: text)
    assert cbor.decode(secrets.body(body, is_error=False)) == {"password": "***", "count": 3}


@pytest.mark.parametrize("redact", [3, [3], [None]])
def test_what_is_no_rule(redact: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="expected the name of a member"):
        sotalia.cassette(tmp_path / "c.json", redact=redact)


def test_parameters_of_another_value_play_by_it(client_kind: Kind, tmp_path: Path) -> None:
    """A bucket that has another name on each machine."""
    path = tmp_path / "calls.json"
    redact: Any = {"Bucket": "bucket"}
    with sotalia.cassette(path, redact=redact):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket-of-mine", Key="k")
    with sotalia.cassette(path, mode="none", redact=redact):
        client_kind.client("s3").head_object(Bucket="bucket-of-yours", Key="k")
    assert "of-mine" not in path.read_text()


@pytest.mark.parametrize("keeps", [False, True])
def test_events(client_kind: Kind, tmp_path: Path, keeps: bool) -> None:
    """The model calls the pieces of a response of Bedrock sensitive. Messages have lengths and checksums."""
    path = tmp_path / "calls.json"
    headers = [
        (":event-type", 7, "chunk"),
        (":content-type", 7, JSON["content-type"]),
        (":message-type", 7, "event"),
    ]
    pieces = [b"hunter2", b"is the password"]
    body = b"".join(
        written(headers, json.dumps({"bytes": b64encode(piece).decode(), "p": "a"}).encode())
        for piece in pieces
    )
    redact = {"bytes": False} if keeps else None

    async def listed(stream: Any) -> list[Any]:
        return [event async for event in stream]

    def run(*script: Any) -> list[Any]:
        client = client_kind.scripted("bedrock-runtime", list(script))
        stream = client.invoke_model_with_response_stream(modelId="m", body=b"prompt")["body"]
        events: list[Any] = client_kind.run(listed(stream)) if client_kind.is_async else list(stream)
        return [event["chunk"]["bytes"] for event in events]

    with sotalia.cassette(path, redact=redact):
        response = answer(headers={"content-type": "application/vnd.amazon.eventstream"}, body=body)
        assert run(response) == pieces
    with sotalia.cassette(path, mode="none", redact=redact):
        assert run(AssertionError("it was sent")) == (pieces if keeps else [b"***"] * 2)
    assert (b64encode(pieces[0]).decode() in path.read_text()) is keeps


def test_passwords_of_proxies(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    url = "http://user:hunter2@proxy:80"
    error = sotalia.exceptions.ProxyConnectionError(proxy_url=url, error=f"no route to {url}")
    config = sotalia.config.Config(retries={"total_max_attempts": 1})
    with sotalia.cassette(path), pytest.raises(sotalia.exceptions.ProxyConnectionError):
        client_kind.scripted("s3", [error], config=config).list_buckets()
    assert "hunter2" not in path.read_text()
    with (
        sotalia.cassette(path),
        pytest.raises(sotalia.exceptions.ProxyConnectionError, match=r"\*\*\*@proxy"),
    ):
        client_kind.client("s3", config=config).list_buckets()
