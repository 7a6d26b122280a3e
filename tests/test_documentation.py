"""Docstrings of generated classes and methods: ``help`` shows what there is to know, and costs nothing before."""

from __future__ import annotations

import inspect
import pydoc
from typing import Any

import boto3
import pytest

import sotalia
from sotalia.documentation import plain
from tests.colours import KEYS, Colour

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


def test_help(colour: Colour) -> None:
    client = colour.client("s3").raw
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


def test_they_behave_as_strings() -> None:
    doc: Any = sotalia.Session(**KEYS).client("sts").get_caller_identity.__doc__
    assert isinstance(doc, str)
    assert doc == str(doc)
    assert doc != ""
    assert hash(doc) == hash(doc)
    assert "UserId" in doc
    assert len(doc) == len(str(doc))
    assert f"{doc:.7}" == str(doc)[:7]
    assert repr(doc) == repr(str(doc))
    assert doc.split() == str(doc).split()
    assert doc.splitlines() == str(doc).splitlines()
    assert doc.strip() == str(doc).strip()


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
