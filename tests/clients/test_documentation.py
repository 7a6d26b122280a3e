"""Docstrings of generated classes and methods: ``help`` shows what there is to know, and costs nothing before."""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import json
import pickle
import pydoc
import re
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import botocore
import pytest
import s3transfer

import sotalia
from sotalia.clients.documentation import plain
from tests.client_kinds import KEYS, Kind

SERVICES = ["s3", "dynamodb", "ec2", "sqs", "iam", "eventbridgev2", "kinesis"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_method_tells_its_parameters_and_result(service: str) -> None:
    client = sotalia.Session(**KEYS).client(service)
    for method, name in client.meta.method_to_api_mapping.items():
        model = client.meta.service_model.operation_model(name)
        text = inspect.getdoc(getattr(type(client), method))
        assert text is not None
        for shape in filter(None, (model.input_shape, model.output_shape)):
            for member in shape.members:
                assert f"- {member} (" in text


def test_help(client_kind: Kind) -> None:
    client = client_kind.client("s3").raw
    text = pydoc.plain(pydoc.render_doc(client.put_object))
    assert "client.put_object(Bucket=..., Key=..., ...)" in text
    assert "- Bucket (str, required): The bucket name to which the PUT action was initiated." in text
    assert "- StorageClass (str: STANDARD | " in text
    assert "client.exceptions.InvalidRequest" in text
    assert "<p>" not in text
    assert (inspect.getdoc(type(client)) or "").startswith("A client of Amazon Simple Storage Service.")


def test_the_members_are_those_that_boto3_documents() -> None:
    mine = inspect.getdoc(sotalia.Session(**KEYS).client("sqs").send_message) or ""
    theirs = inspect.getdoc(boto3.Session(**KEYS).client("sqs").send_message) or ""
    assert ":param MessageBody: **[REQUIRED]**" in theirs
    assert "- MessageBody (str, required): The message to send." in mine
    for name in ("MessageDeduplicationId", "MD5OfMessageBody", "SequenceNumber"):
        assert name in theirs
        assert name in mine


def test_recursive_shapes_end() -> None:
    text = inspect.getdoc(sotalia.Session(**KEYS).client("dynamodb").put_item) or ""
    assert "- Item (dict of dict, required)" in text
    assert len(text) < 200_000


def texts(client_kind: Kind) -> dict[str, Any]:
    """A docstring of each kind that there is."""
    client = client_kind.client("s3").raw
    resource = client_kind.session(**KEYS).resource("s3")
    bucket = resource.Bucket("b")
    instance = client_kind.session(**KEYS).resource("ec2").Instance("i")
    found = {
        "client": client,
        "client class": type(client),
        "method": client.get_object,
        "method of the class": type(client).get_object,
        "function below": client.get_object.__func__,
        "injected method": client.upload_file,
        "paginator": client.get_paginator("list_objects_v2"),
        "paginate": client.get_paginator("list_objects_v2").paginate,
        "waiter": client.get_waiter("bucket_exists"),
        "wait": client.get_waiter("bucket_exists").wait,
        "resource": resource,
        "identifier": type(bucket).name,
        "attribute": type(bucket).creation_date,
        "action": bucket.put_object,
        "subresource": bucket.Object,
        "waiter of a resource": bucket.wait_until_exists,
        "collection": type(bucket).objects,
        "manager": bucket.objects,
        "filter": bucket.objects.filter,
        "batch action": bucket.objects.delete,
        "reference": type(instance).image,
        "load": instance.load,
    }
    return {name: one.__doc__ for name, one in found.items()}


def test_they_are_strings_in_every_use(client_kind: Kind) -> None:
    for name, doc in texts(client_kind).items():
        # Of exactly this type, every method of str and everything written in C reads the text; two uses show it.
        assert type(doc) is str, name
        assert json.loads(json.dumps(doc)) == "".join(list(doc)) == doc, name
        assert len(doc) > 20, name
    doc = texts(client_kind)["client"]
    assert doc.startswith("A client of Amazon Simple Storage Service.")
    assert re.search("Simple (Storage)", doc)
    assert pickle.loads(pickle.dumps(doc)) == doc
    assert doc is client_kind.client("s3").raw.__doc__


def test_methods_pass_for_functions(client_kind: Kind) -> None:
    client = client_kind.client("s3").raw
    function, method = type(client).get_object, client.get_object
    assert inspect.isfunction(function)
    assert inspect.ismethod(method)
    assert inspect.isroutine(function)
    assert (method.__name__, method.__qualname__, method.__module__) == (
        "get_object",
        "get_object",
        "sotalia.clients.base",
    )
    assert list(inspect.signature(method).parameters)[:3] == ["Bucket", "Key", "IfMatch"]
    assert list(inspect.signature(function).parameters)[:3] == ["self", "Bucket", "Key"]
    assert method == client.get_object
    assert hash(method) == hash(client.get_object)
    assert copy.deepcopy(function) is function
    assert "get_object" in repr(method)
    assert "get_object" in dict(inspect.getmembers(type(client), inspect.isfunction))
    assert "def api_call" in inspect.getsource(method)
    assert functools.wraps(method)(lambda: None).__doc__ == method.__doc__
    with pytest.raises(AttributeError):
        _ = function.unheard_of
    with pytest.raises(TypeError, match="get_object"):
        method("bucket")
    for spec in (client, type(client)):
        double = mock.create_autospec(spec, instance=spec is type(client))
        double.get_object(Bucket="b", Key="k")
        double.get_object.assert_called_once_with(Bucket="b", Key="k")
    with mock.patch.object(type(client), "get_object", autospec=True) as double:
        client.get_object(Bucket="b", Key="k")
    double.assert_called_once_with(client, Bucket="b", Key="k")
    function.__func__ = None  # A function takes attributes, too.
    del function.__func__


def test_a_handler_may_wrap_a_method(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)

    def change(class_attributes: dict[str, Any], **kwargs: Any) -> None:
        original = class_attributes["get_object"]

        @functools.wraps(original)
        def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
            return ("wrapped", original, self, kwargs)

        class_attributes["get_object"] = wrapped
        class_attributes["__doc__"] = "other"

    session.events.register("creating-client-class.s3", change)
    client = session.client("s3")
    label, original, instance, given = client.get_object(Key="k")
    assert (label, instance, given) == ("wrapped", client, {"Key": "k"})
    assert original.__doc__ == client.get_object.__doc__
    assert client.__doc__ == "other"
    assert type(client_kind.client("s3").raw).__doc__.startswith("A client")


SENTENCE_END = re.compile(r"(?<=[.:;])\s")


def own_sentences(root: Path) -> dict[str, str]:
    """Each sentence of three words or more in docstrings of a package, with where it stands."""
    found = {}
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = " ".join((ast.get_docstring(node) or "").split())
                for sentence in SENTENCE_END.split(text):
                    if len(sentence.split()) >= 3:
                        found[sentence.strip(" .:;").lower()] = f"{path}:{getattr(node, 'name', '')}"
    return found


def test_no_sentence_is_copied_from_the_reference() -> None:
    theirs = {
        sentence: where
        for package in (boto3, botocore, s3transfer)
        for sentence, where in own_sentences(Path(package.__file__).parent).items()
    }
    ours = own_sentences(Path(sotalia.__file__).parent)
    assert {where: theirs[sentence] for sentence, where in ours.items() if sentence in theirs} == {}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>One.</p> <p>Two\n   lines.</p>", "One.\n\nTwo lines."),
        ("<ul> <li> <p>a &lt; b</p> </li> <li>c</li> </ul>", "a < b\n\n* c"),
        ("see <code>Bucket</code> <a href='x'>here</a>", "see ``Bucket`` here"),
        ("<b>unclosed", "unclosed"),
    ],
)
def test_text_of_html(html: str, text: str) -> None:
    assert plain(html) == text
