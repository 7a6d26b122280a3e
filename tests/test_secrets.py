"""A marker in what services answer, in parameters and in addresses: it may show up in the result, and nowhere else."""

from __future__ import annotations

import io
import json
import logging
import random
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sotalia.config import Config
from sotalia.extensions.opentelemetry import instrument
from sotalia.model.loader import Loader
from sotalia.runtime.redaction import redact_text, redact_url
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind
from tests.protocols.answers import AnswerWriter
from tests.protocols.generated import Generator

MARK = "MARKER7secret"
LOADER = Loader()
ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
# Operations that take or give secrets, in every protocol.
OPERATIONS = [
    ("sts", "AssumeRole"),
    ("sts", "AssumeRoleWithWebIdentity"),
    ("sts", "GetSessionToken"),
    ("sso", "GetRoleCredentials"),
    ("sso-oidc", "CreateToken"),
    ("cognito-identity", "GetCredentialsForIdentity"),
    ("cognito-idp", "InitiateAuth"),
    ("secretsmanager", "GetSecretValue"),
    ("ssm", "GetParameter"),
    ("iam", "CreateAccessKey"),
    ("kms", "GenerateDataKey"),
    ("ec2", "CreateKeyPair"),
    ("ecr", "GetAuthorizationToken"),
    ("s3", "CreateSession"),
    ("redshift", "GetClusterCredentials"),
    ("signin", "CreateOAuth2Token"),
]


class Watch(logging.Handler):
    """What log and traces say, as it is before anybody cleans it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.spans = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.spans))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter("%(message)s").format(record) + repr(record.args))

    def text(self) -> str:
        return "\n".join(self.lines) + "".join(span.to_json() for span in self.spans.get_finished_spans())


@pytest.fixture
def watch() -> Iterator[Watch]:
    found = Watch()
    logger = logging.getLogger("sotalia")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(found)
    yield found
    logger.removeHandler(found)
    logger.setLevel(level)


def everything_about(error: BaseException | None) -> str:
    """All texts of an exception and of those behind it, as tools that show them find them."""
    texts: list[str] = []
    seen: set[int] = set()
    todo = [error]
    while todo:
        found = todo.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        todo += [found.__cause__, found.__context__]
        texts += [str(found), repr(found), repr(found.args), repr(getattr(found, "__notes__", ()))]
        texts += [repr(value) for name, value in vars(found).items() if name != "response"]
    if error is not None:
        texts += traceback.format_exception(error)
    return "\n".join(texts)


def called(client_kind: Kind, watch: Watch, service: str, operation: str, params: Any, reply: Any) -> str:
    """Make a call, and give all that was said of it."""
    client = client_kind.scripted(service, [reply], config=ONCE)
    instrument(client.raw, watch.provider)
    raised = None
    try:
        client._make_api_call(operation, params)
    except Exception as error:
        raised = error
    told = [
        watch.text(),
        everything_about(raised),
        repr(client.raw._endpoint),
        repr(client.transport.requests),
    ]
    return "\n".join(told)


def marked(model: Any, seed: int) -> tuple[dict[str, str], bytes]:
    """A good response, in which every text but names of resources is the marker."""
    writer = AnswerWriter(model, seed)
    writer.value = lambda shape: _values(shape, seed)  # type: ignore[method-assign]
    _, headers, body = writer.good()
    return headers, body


def _values(shape: Any, seed: int, depth: int = 6) -> Any:
    kind = shape.type_name
    if kind == "structure":
        # Names of resources are no secrets, and stand in traces.
        return {
            name: "plain" if name.lower().endswith("arn") else _values(it, seed, depth - 1)
            for name, it in shape.members.items()
            if depth
        }
    if kind == "list":
        return [_values(shape.member, seed, depth - 1)] if depth else []
    if kind == "map":
        return {MARK: _values(shape.value, seed, depth - 1)} if depth else {}
    if kind in ("string", "blob"):
        return MARK if kind == "string" else MARK.encode()
    return Generator(seed).value(shape)


def damaged(body: bytes, generator: random.Random) -> Iterator[tuple[int, bytes]]:
    """The response as it is, and as it does not fit: cut, of another type, of another protocol, as an error."""
    cuts = {generator.randrange(len(body)) for _ in range(12)} | {len(body) - 1}
    at = body.find(MARK.encode())
    cuts |= {at + len(MARK), at + len(MARK) + 1} if at >= 0 else set()
    bodies = [body, *(body[:cut] for cut in sorted(cuts))]
    text = MARK.encode()
    bodies += [
        b'"' + text + b'"',
        b'["' + text + b'"]',
        b'{"Credentials": "' + text + b'", "roleCredentials": ["' + text + b'"]}',
        b'{"Credentials": {"SecretAccessKey": "' + text + b'", "Expiration": "' + text + b'"}}',
        b'{"roleCredentials": {"secretAccessKey": "' + text + b'", "expiration": "' + text + b'"}}',
        b'{"SecretString": "' + text + b'", "CreatedDate": {"' + text + b'": "' + text + b'"}}',
        b"<R><Credentials><SecretAccessKey>" + text + b"</SecretAccessKey><Expiration>" + text + b"</Expiration></Credentials></R>",
        b"<" + text + b"/>",
        b"<AssumeRoleResponse><AssumeRoleResult><Credentials><Expiration>" + text + b"</Expiration></Credentials>"
        b"</AssumeRoleResult></AssumeRoleResponse>",
        text,
        body.replace(b":", b"\xff"),
        body + text,
        body.decode("utf-8", "replace").encode("utf-16"),
    ]  # fmt: skip
    for found in bodies:
        for status in (200, 400, 500):
            # A whole error of the service says in its message what the service wants to be read.
            yield status, found


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_no_part_of_a_response_is_shown(
    service: str, operation: str, client_kind: Kind, watch: Watch
) -> None:
    model = LOADER.service(service).operation_model(operation)
    generator = random.Random(f"{service}.{operation}")
    headers, body = marked(model, 3)
    assert MARK.encode() in body
    headers = {name: value for name, value in headers.items() if MARK not in value}
    params = {} if model.input_shape is None else _values(model.input_shape, 3, 3)
    params = {name: value for name, value in params.items() if isinstance(value, str) and name != "Bucket"}
    if service == "s3":
        params = {"Bucket": "bucket"}
    known = {name: "plain" if value == MARK else value for name, value in params.items()}
    for status, found in damaged(body, generator):
        watch.lines.clear()
        watch.spans.clear()
        said = called(client_kind, watch, service, operation, known, answer(status, headers, found))
        assert "called with" in said
        assert MARK not in said, (status, found)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_no_sensitive_parameter_is_shown(
    service: str, operation: str, client_kind: Kind, watch: Watch
) -> None:
    """Of the right type and of others; refused by validation, by the service and by the network."""
    shape = LOADER.service(service).operation_model(operation).input_shape
    names = [name for name, member in shape.members.items() if member.metadata.get("sensitive")]
    for name in names:
        for value in (MARK, MARK.encode(), {"x": MARK}, [MARK], io.StringIO(MARK)):
            client = client_kind.scripted(service, [answer(403), ConnectionResetError("gone")])
            instrument(client.raw, watch.provider)
            for _ in range(2):
                with pytest.raises(Exception) as caught:
                    client._make_api_call(operation, {name: value})
                assert MARK not in everything_about(caught.value)
    assert MARK not in watch.text()


USERINFO = f"http://me:{MARK}@127.0.0.1:1/base"


def test_passwords_in_addresses_are_not_shown(client_kind: Kind, watch: Watch) -> None:
    client = client_kind.client(
        "dynamodb", endpoint_url=USERINFO, config=Config(retries={"total_max_attempts": 2})
    )
    instrument(client.raw, watch.provider)
    with pytest.raises(Exception) as caught:
        client.list_tables()
    assert MARK not in everything_about(caught.value)
    assert MARK not in watch.text()
    for shown in (
        client.raw,
        client.raw.parts.channel,
        client.meta.config,
        client.raw.parts.endpoint_resolver,
        client.raw.meta,
    ):
        assert MARK not in repr(shown)
    with pytest.raises(ValueError, match="Invalid endpoint") as refused:
        client_kind.client("s3", endpoint_url=f"http://me:{MARK}/x@under_score.example")
    assert MARK not in everything_about(refused.value)


def test_proxies_and_keys_are_not_shown(client_kind: Kind, watch: Watch) -> None:
    keys = {**KEYS, "aws_secret_access_key": MARK, "aws_session_token": MARK}
    config = Config(proxies={"http": f"http://me:{MARK}@127.0.0.1:1"}, retries={"total_max_attempts": 1})
    session = client_kind.session(**keys)
    client = client_kind.client("sqs", session, endpoint_url="http://sqs.example", config=config)
    instrument(client.raw, watch.provider)
    with pytest.raises(Exception) as caught:
        client.list_queues()
    said = [everything_about(caught.value), watch.text(), *map(repr, (session, config, client.raw))]
    assert MARK not in "\n".join(said)


NAMES = [
    "SecretAccessKey",
    "secretAccessKey",
    "SessionToken",
    "accessToken",
    "PASSWORD",
    "client_secret",
    "SecretString",
]
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="&<>\n\r "), max_size=20).map(
    lambda text: f"{MARK}{text}{MARK}"
)


def _quoted(levels: int, name: str, value: str) -> str:
    text = json.dumps({"a": 1, name: value, "b": [2]})
    for _ in range(levels):
        text = json.dumps({"body": text})
    return text


@settings(max_examples=300)
@given(name=st.sampled_from(NAMES), value=VALUES, levels=st.integers(0, 3), data=st.data())
def test_text_of_any_form(name: str, value: str, levels: int, data: st.DataObject) -> None:
    plain = "".join(character for character in value if character.isalnum())
    forms = [
        _quoted(levels, name, value),
        repr(_quoted(levels, name, value)),
        repr(_quoted(levels, name, value).encode()),
        f"<R><{name}>{value}</{name}><B>x</B></R>",
        f"<n:{name} xmlns:n='u'>{value}</n:{name}>",
        f"&lt;{name}&gt;{value}&lt;/{name}&gt;",
        f"<{name}><![CDATA[{value}]]></{name}>",
        f"Action=X&{name}={plain}&Version=1",
        f"https://me:{plain}@host/path?X-Amz-Signature={plain}&a=b",
        f"X-Amz-Security-Token: {plain}",
        f"Set-Cookie: a={plain}; Path=/; b={plain}",
    ]
    text = data.draw(st.sampled_from(forms))
    cut = data.draw(st.integers(0, len(text)))
    for found in (text, text[:cut], f"before {text} after", text.swapcase() if "\\" not in text else text):
        assert MARK.lower() not in redact_text(found).lower(), found


@pytest.mark.parametrize(
    "url",
    [
        f"https://me:{MARK}@host/x", f"https://{MARK}@host", f"https://me:{MARK}/x@host/y", f"https://me:{MARK}?x@host/",
        f"https://h/?X-Amz-Security-Token={MARK}", f"https://h/?x-amz-credential={MARK}", f"https://h/?Signature={MARK}",
    ],
)  # fmt: skip
def test_addresses(url: str) -> None:
    assert MARK not in redact_url(url)


def test_other_addresses_stay() -> None:
    for url in (
        "https://host:443/a@b",
        "https://[::1]:80/a@b",
        "https://host/a?b=c@d",
        "http://localhost:8000/",
    ):
        assert redact_url(url) == url
        assert redact_text(url) == url
