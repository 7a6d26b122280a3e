"""What clients say of themselves."""

from __future__ import annotations

import inspect
import pydoc

import sotalia
from sotalia.s3.transfer import TransferConfig
from tests.client_kinds import KEYS, Kind


def test_repr(client_kind: Kind) -> None:
    word = "async " if client_kind.is_async else ""
    client = client_kind.client("sqs").raw
    place = "region us-west-2, https://sqs.us-west-2.amazonaws.com"
    assert repr(client) == f"<{word}SQS client: {place}>"
    assert repr(client.meta) == "<ClientMeta of sqs, region us-west-2>"
    assert repr(client.with_options(timeout=1)) == repr(client)
    secret = client_kind.client("s3", endpoint_url="http://user:PLANTED@host:1/PLANTED?PLANTED").raw
    assert repr(secret) == f"<{word}S3 client: region us-west-2, http://host:1>"
    assert repr(type(client).__new__(type(client))) == "<SQS client, not complete>"


def test_repr_of_pages_and_waiters(client_kind: Kind) -> None:
    client = client_kind.client("s3").raw
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="PLANTED", Prefix="PLANTED")
    name = "AsyncPageIterator" if client_kind.is_async else "PageIterator"
    assert repr(pages) == f"<{name} of list_objects_v2(Bucket=..., Prefix=...)>"
    waiter = client.get_waiter("bucket_exists")
    assert repr(waiter) == "<S3.Waiter.BucketExists polling HeadBucket every 5 s, at most 20 times>"


def test_repr_of_transfer_options() -> None:
    assert repr(TransferConfig()) == "TransferConfig()"
    changed = TransferConfig(max_concurrency=2, use_threads=False, max_bandwidth=5)
    assert repr(changed) == "TransferConfig(max_concurrency=2, use_threads=False, max_bandwidth=5)"
    assert repr(eval(repr(changed))) == repr(changed)


def test_names_for_programs_are_listed(client_kind: Kind) -> None:
    assert [name for name in dir(sotalia) if not name.startswith("__")] == sorted(sotalia.__all__)
    events = client_kind.client("s3").meta.events
    public = [name for name in dir(events) if not name.startswith("_")]
    assert {"register", "on", "emit", "unused", "scope"} <= set(public)
    assert set(public).isdisjoint({"install", "renew", "set_accepts_coroutines", "place"})
    assert all(hasattr(events, name) for name in public)


def test_help_shows_parameters(client_kind: Kind) -> None:
    client = client_kind.client("sqs").raw
    text = pydoc.plain(pydoc.render_doc(client.send_message))
    assert "send_message(*, QueueUrl: str, MessageBody: str, DelaySeconds: int = ...," in text
    assert "delete_queue(self, /, *, QueueUrl: str)" in pydoc.plain(pydoc.render_doc(client))
    assert inspect.getdoc(client.send_message)


def test_asking_for_names_that_are_not_there_is_harmless(client_kind: Kind) -> None:
    for thing in (client_kind.client("s3").raw, client_kind.session(**KEYS)):
        for name in ("_repr_html_", "__wrapped__", "_ipython_display_", "nothing_like_it"):
            assert not hasattr(thing, name)
