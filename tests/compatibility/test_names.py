"""Names that scripts and tools reach by ``boto3.``: there, or listed as not there."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import botocore.paginate
import pytest

import sotalia
from sotalia.dynamodb.conditions import Attr, Key
from sotalia.dynamodb.transform import TransformationInjector
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

ROOT = Path(__file__).parents[2]


def run(code: list[str]) -> str:
    """What a process of its own prints, without settings of whoever runs the tests."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def listed() -> dict[str, list[str]]:
    """The table of the documentation."""
    page = (ROOT / "docs/compatibility.md").read_text("utf-8")
    rows = re.findall(
        r"^\| `([^`]+)` \| (.*) \|$", page.partition("## Names that are not there")[2], re.MULTILINE
    )
    return {where: re.findall("`([^`]+)`", names) for where, names in rows}


def test_what_is_not_there_is_listed() -> None:
    assert json.loads(run([str(Path(__file__).with_name("reachable.py"))])) == listed()


def test_nothing_is_loaded_before_it_is_used() -> None:
    code = """
import sys, sotalia
assert not [name for name in sys.modules if name.partition(".")[0] in ("boto3", "botocore", "logging")]
sotalia.dynamodb.conditions.Key; sotalia.ec2.createtags.create_tags; sotalia.resources.base.ServiceResource
assert "boto3" not in sys.modules
import boto3
for name in ("utils", "compat"):
    assert getattr(sotalia, name).import_module if name == "utils" else getattr(sotalia, name).os
assert sotalia.session.botocore is sys.modules["botocore"]
assert sotalia.session.boto3 is sotalia
print("well")
"""
    assert run(["-c", code]) == "well\n"


@pytest.mark.parametrize(
    "statement",
    [
        "import sotalia.utils; found = sotalia.utils.lazy_call",
        "from sotalia.utils import ServiceContext as found",
        "from sotalia.utils import *; found = inject_attribute",
        "from sotalia.compat import rename_file as found",
        "from sotalia.compat import *; found = filter_python_deprecation_warnings",
        "from sotalia.session import Config, os as found",
        "from sotalia.dynamodb.types import TypeSerializer as found",
        "from sotalia.dynamodb.transform import TransformationInjector as found",
        "from sotalia.dynamodb.transform import copy_dynamodb_params as found",
        "from sotalia.dynamodb.table import register_table_methods as found",
        "from sotalia.ec2.deletetags import inject_delete_tags as found",
        "from sotalia.resources.params import create_request_parameters as found",
        "from sotalia.resources.action import Action as found",
        "from sotalia import NullHandler as found",
        "from sotalia import *; found = Session",
    ],
)
def test_imports(statement: str) -> None:
    names: dict[str, Any] = {}
    exec(statement, names)
    assert callable(names["found"]) or names["found"] is os


def declared_for_checkers(file: Path) -> set[str]:
    """The public names that a type checker finds at the top level of a module: a re-export counts if __all__ has it."""
    body = ast.parse(file.read_text("utf-8")).body
    exported: list[str] = []
    names: set[str] = set()
    imported: set[str] = set()
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            body += node.body
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imported |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            assert isinstance(target, ast.Name)
            names.add(target.id)
            if target.id == "__all__" and node.value is not None:
                exported = ast.literal_eval(node.value)
    names |= imported & set(exported)
    assert set(exported) <= names, "in __all__, and no checker finds them"
    return {name for name in names - {"TYPE_CHECKING"} if not name.startswith("_")}


@pytest.mark.parametrize("name", ["client", "resource"])
def test_the_parameters_that_help_shows(name: str) -> None:
    shown = inspect.signature(getattr(sotalia, name))
    method = inspect.signature(getattr(sotalia.Session, name))
    assert list(shown.parameters.values()) == list(method.parameters.values())[1:]
    assert shown.return_annotation == method.return_annotation


def test_the_parameters_of_the_default_session() -> None:
    shown = inspect.signature(sotalia.setup_default_session).parameters
    assert list(shown) == list(inspect.signature(sotalia.Session).parameters)
    assert {parameter.kind for parameter in shown.values()} == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("name", ["client", "resource"])
def test_the_default_session_gets_the_arguments_as_they_were_given(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", session := mock.Mock())
    assert getattr(sotalia, name)("s3", "eu-west-1", use_ssl=False, more=1) is getattr(session, name)()
    assert getattr(session, name).call_args_list[0] == mock.call("s3", "eu-west-1", use_ssl=False, more=1)


def test_what_the_package_shows() -> None:
    shown = dir(sotalia)
    public = [name for name in shown if not name.startswith("_")]
    assert public == sorted(sotalia.__all__) == sorted(declared_for_checkers(Path(sotalia.__file__)))
    assert {"Session", "AsyncSession", "client", "resource", "utils", "compat", "dynamodb"} <= set(shown)
    for name in shown:
        getattr(sotalia, name)
    for module in ("utils", "compat", "session", "dynamodb.conditions", "resources.params"):
        loaded = importlib.import_module(f"sotalia.{module}")
        for name in dir(loaded):
            getattr(loaded, name)


@pytest.mark.parametrize(
    "module", ["sotalia", "sotalia.session", "sotalia.utils", "sotalia.ec2", "sotalia.resources.action"]
)
def test_other_names_are_attribute_errors(module: str) -> None:
    loaded = importlib.import_module(module)
    for name in ("unheard_of", "ServiceAction", "__unheard_of__"):
        with pytest.raises(AttributeError, match=name):
            getattr(loaded, name)
    with pytest.raises(ImportError):
        exec(f"from {module} import unheard_of")


def steps(client: Any, finish: Any) -> list[Any]:
    """One call step by step, as recipes take it."""
    model = client.meta.service_model.operation_model("PutObject")
    context = {
        "client_region": client.meta.region_name,
        "client_config": client.meta._client_config,
        "has_streaming_input": model.has_streaming_input,
        "auth_type": model.auth_type,
    }
    client.meta.events.register(
        "before-parameter-build", lambda params, **kwargs: params.update(ContentType="a/b")
    )
    params = finish(client._emit_api_params({"Bucket": "b", "Key": "k", "Body": b"x"}, model, context))
    url, headers, properties = finish(client._resolve_endpoint_ruleset(model, params, context))
    request = client._convert_to_request_dict(params, model, url, context=context, headers=headers)
    bare = client._convert_to_request_dict(params, model, "https://h/p", set_user_agent_header=False)
    prepared = finish(client._endpoint.create_request(request, model))
    ruled = finish(
        client._ruleset_resolver.construct_endpoint(
            operation_model=model, call_args={"Bucket": "b"}, request_context={}
        )
    )
    return [
        sorted(params),
        (url, dict(headers), properties),
        (
            request["url"],
            request["method"],
            request["url_path"],
            sorted(request),
            "User-Agent" in request["headers"],
        ),
        (bare["url"], bare["context"], "User-Agent" in bare["headers"]),
        (prepared.method, prepared.url, "Authorization" in prepared.headers),
        sorted(context),
        context["auth_type"],
        (ruled.url, ruled.properties, dict(ruled.headers)),
        client._ruleset_resolver.auth_schemes_to_signing_ctx(ruled.properties["authSchemes"]),
    ]


def test_one_call_step_by_step(client_kind: Kind) -> None:
    expected = steps(boto3.Session(**KEYS).client("s3"), lambda value: value)
    assert steps(client_kind.session(**KEYS).client("s3"), client_kind.run) == expected


def test_a_request_is_sent_and_parsed(client_kind: Kind) -> None:
    transport = ScriptedTransport([answer(200, headers={"ETag": '"e"'}), OSError("gone")])
    client = client_kind.session(transport=transport, **KEYS).client(
        "s3", config=sotalia.config.Config(retries={"total_max_attempts": 1})
    )
    model = client.meta.service_model.operation_model("HeadObject")
    context: dict[str, Any] = {}
    request = client._convert_to_request_dict({"Bucket": "b", "Key": "k"}, model, "https://h", context)
    http_response, parsed = client_kind.run(client._make_request(model, request, context))
    assert (http_response.status_code, parsed["ETag"]) == (200, '"e"')
    raised: list[Any] = []
    client.meta.events.register(
        "after-call-error.s3.HeadObject", lambda exception, **kwargs: raised.append(exception)
    )
    with pytest.raises(OSError, match="gone"):
        client_kind.run(client._make_request(model, request, context))
    assert [str(error) for error in raised] == ["gone"]


def test_parsers_and_errors(client_kind: Kind) -> None:
    ours, theirs = client_kind.session(**KEYS).client("s3"), boto3.Session(**KEYS).client("s3")
    listing = (
        b"<ListAllMyBucketsResult><Buckets><Bucket><Name>b</Name></Bucket></Buckets></ListAllMyBucketsResult>"
    )
    failure = b"<Error><Code>InvalidObjectState</Code><Message>m</Message><StorageClass>GLACIER</StorageClass></Error>"
    for status, body, shape in (
        (200, listing, "ListBucketsOutput"),
        (200, b"", None),
        (404, failure, "ListBucketsOutput"),
        (403, failure, "InvalidObjectState"),
    ):
        found = []
        for client in (ours, theirs):
            response = {
                "status_code": status,
                "headers": {},
                "body": body,
                "context": {"operation_name": "ListBuckets"},
            }
            wanted = shape and client.meta.service_model.shape_for(shape)
            found.append(client._response_parser.parse(response, wanted))
        assert found[0] == found[1]
    with pytest.raises(ValueError, match="has no operation whose output is ListBucketsRequest"):
        ours._response_parser.parse(response, ours.meta.service_model.shape_for("ListBucketsRequest"))
    assert sorted(ours.exceptions._code_to_exception) == sorted(theirs.exceptions._code_to_exception)
    assert ours._exceptions_factory.create_client_exceptions(ours.meta.service_model) is ours.exceptions
    assert ours._load_exceptions() is ours._exceptions is ours.exceptions
    assert ours._user_agent_creator.to_string().startswith("sotalia/")
    assert ours._get_waiter_config() == theirs._get_waiter_config()


def test_meta_under_private_names(client_kind: Kind) -> None:
    meta = client_kind.session(**KEYS).client("s3").meta
    theirs = boto3.Session(**KEYS).client("s3").meta
    assert (meta._endpoint_url, meta._partition) == (theirs._endpoint_url, theirs._partition)
    assert meta._method_to_api_mapping == theirs._method_to_api_mapping
    assert meta._client_config is meta.config
    assert meta._service_model is meta.service_model
    meta._endpoint_url = "https://other"
    assert meta.endpoint_url == "https://other"


def test_paginators_and_waiters_of_ones_own(client_kind: Kind) -> None:
    """Recipes put them where the reference keeps what it read; other clients do not see them."""
    session = client_kind.session(**KEYS)
    client = session.client("s3")
    assert not client.can_paginate("list_bucket_metrics_configurations")
    entry = {"input_token": "ContinuationToken", "output_token": "NextContinuationToken", "result_key": "X"}
    client._cache["page_config"]["ListBucketMetricsConfigurations"] = entry
    assert client.can_paginate("list_bucket_metrics_configurations")
    client._get_waiter_config()["waiters"]["ThingExists"] = client._get_waiter_config()["waiters"][
        "BucketExists"
    ]
    assert "thing_exists" in client.waiter_names
    other = session.client("s3")
    assert not other.can_paginate("list_bucket_metrics_configurations")
    assert "thing_exists" not in other.waiter_names


def test_page_iterators_of_ones_own() -> None:
    pages = [
        b"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
        b"<Contents><Key>a</Key></Contents></ListBucketResult>",
        b"<ListBucketResult><Contents><Key>b</Key></Contents></ListBucketResult>",
    ]
    asked = []

    class Ours(sotalia.client("s3", **KEYS).get_paginator("list_objects_v2").PAGE_ITERATOR_CLS):  # type: ignore[misc]
        def _make_request(self, current_kwargs: Any) -> Any:
            asked.append(current_kwargs)
            return super()._make_request(current_kwargs)

    class Theirs(botocore.paginate.PageIterator):
        def _make_request(self, current_kwargs: Any) -> Any:
            asked.append(current_kwargs)
            return super()._make_request(current_kwargs)

    for kind in (Ours, Theirs):
        transport = ScriptedTransport([answer(200, body=page) for page in pages])
        paginator = sotalia.Session(transport=transport, **KEYS).client("s3").get_paginator("list_objects_v2")
        paginator.PAGE_ITERATOR_CLS = kind
        found = paginator.paginate(Bucket="b", PaginationConfig={"PageSize": 1})
        assert type(found) is kind
        assert [one["Key"] for page in found for one in page["Contents"]] == ["a", "b"]
        assert [one["MaxKeys"] for one in asked] == [1, 1]
        asked.clear()


def test_sessions_under_private_names(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    core = session._session
    core._events.register("before-call", lambda **kwargs: None)
    assert core._events._emitter is session.events
    assert core._events._alias_event_name("before-call.emr.X") == "before-call.emr.X"
    assert core._session_instance_vars["region"] == "us-west-2"
    core._session_instance_vars["region"] = "eu-west-1"
    assert session.region_name == "eu-west-1"
    core._client_config = sotalia.config.Config(region_name="eu-west-3")
    assert core.get_default_client_config().region_name == "eu-west-3"
    assert core._profile is None
    assert core._profile_map == core._build_profile_map() == {}
    assert core._components.get_component("event_emitter") is session.events
    resolver = core._get_internal_component("endpoint_resolver")
    assert "us-east-1" in resolver.get_available_endpoints("s3")
    assert core._internal_components.get_component("data_loader") is session._loader
    assert core._get_internal_component("exceptions_factory").create_client_exceptions
    with pytest.raises(ValueError, match="Unknown component: nonsense"):
        core._get_internal_component("nonsense")
    marker = object()
    core._components.register_component("marker", marker)
    assert core.get_component("marker") is marker
    theirs = boto3.Session(**KEYS)._session
    for keys in ((None, None), ("a", None), (None, "b"), ("a", "b")):
        assert core._missing_cred_vars(*keys) == theirs._missing_cred_vars(*keys)
    assert core._resolve_region_name(None, None) == "eu-west-1"
    assert core._last_client_region_used == "eu-west-1"


@pytest.mark.parametrize("transformer", [None, "own"])
def test_dynamodb_values_on_a_plain_client(client_kind: Kind, transformer: Any) -> None:
    body = b'{"Items": [{"pk": {"S": "a"}, "n": {"N": "1"}}]}'
    transport = ScriptedTransport([answer(200, body=body)])
    client = client_kind.session(transport=transport, **KEYS).client("dynamodb")
    made = sotalia.dynamodb.transform.ParameterTransformer() if transformer else None
    injector = TransformationInjector(transformer=made)
    client.meta.events.register("before-parameter-build.dynamodb", injector.inject_condition_expressions)
    client.meta.events.register("before-parameter-build.dynamodb", injector.inject_attribute_value_input)
    client.meta.events.register("after-call.dynamodb", injector.inject_attribute_value_output)
    result = client_kind.run(
        client.query(
            TableName="t", KeyConditionExpression=Key("pk").eq("a"), FilterExpression=Attr("n").gt(0)
        )
    )
    assert result["Items"] == [{"pk": "a", "n": 1}]
    sent = json.loads(transport.requests[0].body)
    assert sent["KeyConditionExpression"] == "#n1 = :v1"
    assert sent["ExpressionAttributeValues"] == {":v0": {"N": "0"}, ":v1": {"S": "a"}}
