"""Clients that nobody closes: nothing is left, and nothing is said."""

from __future__ import annotations

import gc
import warnings

import sotalia
from sotalia.transport.http import sync_transport
from tests.client_kinds import KEYS, Connecting
from tests.transport.servers import answering, serving


def test_a_dropped_client_closes_its_connections_silently() -> None:
    with serving(
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n<ListAllMyBucketsResult/>")
    ) as port:
        connecting = Connecting(sync_transport)
        session = sotalia.Session(**KEYS, transport=connecting)
        s3 = session.client("s3", endpoint_url=f"http://127.0.0.1:{port}")
        s3.list_buckets()
        s3.get_object(Bucket="b", Key="k")  # The body is never read.
        assert connecting.made.pop().pool.opened == 1
        gc.collect()  # What other tests have left.
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del s3
            gc.collect()
        assert caught == []
