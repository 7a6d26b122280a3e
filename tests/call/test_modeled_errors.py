"""Errors that services model: one class per service and process, and what an error knows of its call."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

import sotalia
from sotalia import exceptions
from sotalia.call.service_errors import module_name
from sotalia.config import Config
from sotalia.exceptions import cognito_idp, dynamodb, lambda_, s3
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

NO_KEY = answer(404, {"x-amz-request-id": "ID"}, b"<Error><Code>NoSuchKey</Code><Message>m</Message></Error>")
DETAILS = "service_name operation_name request_id status_code attempts region_name endpoint_url".split()


def details(error: Any) -> list[Any]:
    return [getattr(error, name) for name in DETAILS]


def test_a_class_catches_what_any_client_raises(client_kind: Kind) -> None:
    for _ in range(2):
        client = client_kind.scripted("s3", [NO_KEY])
        assert client.exceptions.NoSuchKey is s3.NoSuchKey
        assert client.exceptions.from_code("NoSuchKey") is s3.NoSuchKey
        with pytest.raises(s3.NoSuchKey) as caught:
            client.get_object(Bucket="bucket", Key="key")
        assert type(caught.value) is s3.NoSuchKey


def test_it_is_the_reference_s_as_far_as_programs_can_tell() -> None:
    assert s3.NoSuchKey.__mro__[1] is botocore.exceptions.ClientError
    assert (s3.NoSuchKey.__module__, s3.NoSuchKey.__qualname__) == ("botocore.errorfactory", "NoSuchKey")
    error = s3.NoSuchKey({"Error": {"Code": "NoSuchKey", "Message": "m"}}, "GetObject")
    assert str(error) == str(botocore.exceptions.ClientError(error.response, "GetObject"))


def test_services_do_not_share_classes() -> None:
    other: Any = import_module("sotalia.exceptions.kinesis")
    assert other.ResourceNotFoundException is not dynamodb.ResourceNotFoundException
    assert not issubclass(other.ResourceNotFoundException, dynamodb.ResourceNotFoundException)


def test_what_an_error_knows(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(500), NO_KEY])
    with pytest.raises(s3.NoSuchKey) as caught:
        client.get_object(Bucket="bucket", Key="PLANTED?PLANTED")
    place = "https://bucket.s3.us-west-2.amazonaws.com"
    assert details(caught.value) == ["s3", "GetObject", "ID", 404, 2, "us-west-2", place]


def test_what_an_error_without_a_class_knows(client_kind: Kind) -> None:
    client = client_kind.scripted("sqs", [answer(400, body=b'{"__type": "Unheard"}')])
    with pytest.raises(exceptions.ClientError) as caught:
        client.list_queues()
    assert type(caught.value) is botocore.exceptions.ClientError
    assert details(caught.value) == [
        "sqs", "ListQueues", None, 400, 1, "us-west-2", "https://sqs.us-west-2.amazonaws.com"
    ]  # fmt: skip


def test_what_an_error_of_connecting_knows(client_kind: Kind) -> None:
    client = client_kind.client(
        "sqs",
        endpoint_url="http://user:PLANTED@127.0.0.1:1/PLANTED",
        config=Config(retries={"total_max_attempts": 1}),
    )
    with pytest.raises(exceptions.EndpointConnectionError) as caught:
        client.list_queues()
    assert details(caught.value) == ["sqs", "ListQueues", None, None, 1, "us-west-2", "http://127.0.0.1:1"]
    assert "PLANTED" not in repr(details(caught.value))


def test_what_an_error_before_the_first_attempt_knows(client_kind: Kind) -> None:
    client = client_kind.scripted("sqs", [answer()])
    with pytest.raises(exceptions.ParamValidationError) as caught:
        client.delete_queue()
    assert details(caught.value)[:5] == ["sqs", "DeleteQueue", None, None, 0]


def test_errors_of_handlers_are_left_alone(client_kind: Kind) -> None:
    client = client_kind.scripted("sqs", [answer()])

    class OwnError(Exception):
        __slots__ = ()

    def fail(**kwargs: Any) -> None:
        raise OwnError

    client.meta.events.register("before-call.sqs.ListQueues", fail)
    with pytest.raises(OwnError) as caught:
        client.list_queues()
    assert set(vars(caught.value)) <= {"__notes__"}


def test_the_call_within_the_call_is_the_one_that_is_named(client_kind: Kind) -> None:
    outer = client_kind.scripted("sqs", [answer()])
    inner = client_kind.scripted("s3", [NO_KEY])
    error = s3.NoSuchKey({}, "GetObject")
    with pytest.raises(s3.NoSuchKey) as first:
        inner.get_object(Bucket="bucket", Key="key")
    error = first.value

    def fail(**kwargs: Any) -> None:
        raise error

    outer.meta.events.register("before-call.sqs.ListQueues", fail)
    with pytest.raises(s3.NoSuchKey) as caught:
        outer.list_queues()
    assert caught.value.operation_name == "GetObject"
    assert details(caught.value)[0] == "s3"


def made() -> Any:
    error = s3.NoSuchKey({"Error": {"Code": "NoSuchKey"}}, "GetObject")
    assert details(error) == ["s3", "GetObject", None, None, None, None, None]
    error.request_id, error.attempts = "ID", 3
    error.something = lambda: None  # type: ignore[attr-defined] # Of a tool's; it cannot travel.
    return error


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_keeps_class_and_attributes(protocol: int) -> None:
    error = made()
    twin = pickle.loads(pickle.dumps(error, protocol))
    assert type(twin) is s3.NoSuchKey
    assert (str(twin), twin.response, details(twin)) == (str(error), error.response, details(error))
    assert details(copy.copy(error)) == details(error)


def test_another_process_reads_it_before_it_has_a_client() -> None:
    program = (
        "import pickle, sys; error = pickle.loads(sys.stdin.buffer.read())\n"
        "from sotalia.exceptions import s3\n"
        "assert type(error) is s3.NoSuchKey; print(error.request_id, error.attempts)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(made()), capture_output=True, check=False
    )
    assert (run.stdout, run.stderr) == (b"ID 3\n", b"")


def test_a_subclass_of_a_program_s_travels_as_the_reference_s_do() -> None:
    own = type("Own", (s3.NoSuchKey,), {})
    assert type(pickle.loads(pickle.dumps(own({}, "GetObject")))) is botocore.exceptions.ClientError


def test_each_service_has_a_module() -> None:
    services = sotalia.Session(**KEYS).get_available_services()
    names = {module_name(service): service for service in services}
    assert len(names) == len(services)
    assert all(name.isidentifier() for name in names)
    assert (names["lambda_"], names["cognito_idp"]) == ("lambda", "cognito-idp")
    assert lambda_.TooManyRequestsException is not None
    assert getattr(exceptions, "cognito-idp").UserNotFoundException is cognito_idp.UserNotFoundException
    assert getattr(exceptions, "lambda").TooManyRequestsException is lambda_.TooManyRequestsException


OWN = """
import sotalia
from sotalia.exceptions import my_service
from sotalia.exceptions.my_service import OwnError
client = sotalia.client("my-service", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
assert client.exceptions.OwnError is my_service.OwnError is OwnError
print(dir(my_service))
try:
    from sotalia.exceptions.my_service import OwnEror
except ImportError as error:
    print(error)
"""


def test_models_of_one_s_own(tmp_path: Path) -> None:
    model = {
        "version": "2.0",
        "metadata": {
            "apiVersion": "2020-01-01",
            "endpointPrefix": "own",
            "protocol": "json",
            "jsonVersion": "1.1",
            "serviceId": "Own",
            "signatureVersion": "v4",
            "targetPrefix": "Own",
            "uid": "own-2020-01-01",
        },
        "operations": {"Do": {"name": "Do", "http": {"method": "POST", "requestUri": "/"}}},
        "shapes": {"OwnError": {"type": "structure", "members": {}, "exception": True}},
    }
    folder = tmp_path / "my-service" / "2020-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    import os

    run = subprocess.run(
        [sys.executable, "-c", OWN],
        env={**os.environ, "AWS_DATA_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.splitlines() == [
        "['OwnError']",
        "my-service has no error 'OwnEror'. Did you mean 'OwnError'? It has: OwnError",
    ], run.stderr
