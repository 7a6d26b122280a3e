"""A process that does nothing before 64 threads at once create sessions and clients of six services, and call them.

Prints what it found as JSON. Run by ``test_threads.py`` in a process of its own, because only the first use of a service
is interesting: afterwards everything is made.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any
from urllib.parse import parse_qs

import sotalia
from sotalia.model import loader
from sotalia.transport.scripted import ScriptedTransport, answer

THREADS = 64
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "s3": ("list_buckets", {}),
    "dynamodb": ("list_tables", {}),
    "sqs": ("list_queues", {}),
    "ec2": ("describe_regions", {}),
    "sts": ("get_caller_identity", {}),
    "cloudwatch": ("list_metrics", {}),
}
KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": "us-west-2"}
made_here = threading.local()


class CountingProvider:
    """A source of credentials that counts how often it is asked, and lets other threads run meanwhile."""

    METHOD = CANONICAL_NAME = "counting"

    def __init__(self) -> None:
        self.count = 0

    def load(self) -> Any:
        from sotalia.credentials.objects import Credentials

        self.count += 1
        threading.Event().wait(0.005)
        return Credentials("AKIDEXAMPLE", "secret", method=self.METHOD)


def reply(request: Any) -> Any:
    """An empty result in the protocol of the request."""
    if "smithy-protocol" in request.headers:
        return answer(200, {"smithy-protocol": "rpc-v2-cbor"}, b"\xa0")
    kind = str(request.headers.get("Content-Type", ""))
    if "json" in kind:
        return answer(200, body=b"{}")
    query = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
    action = parse_qs(query).get("Action", [None])[0]
    return answer(200, body=f"<{action}Response/>".encode() if action else b"<ListAllMyBucketsResult/>")


def scripted(options: Any) -> ScriptedTransport:
    """The transport of one client, known to the thread that makes the client."""
    made_here.transport = ScriptedTransport([reply])
    return made_here.transport


def main() -> None:
    shared = sotalia.Session(region_name="eu-west-1", transport=scripted)
    provider = CountingProvider()
    shared._session.credential_provider.insert_before("env", provider)
    barrier = threading.Barrier(THREADS)
    failures: list[str] = []
    clients: list[Any] = []
    heard: list[int] = []
    defaults: list[Any] = []

    def call(session: Any, service: str) -> None:
        client = session.client(service)
        transport: ScriptedTransport = made_here.transport
        method, parameters = CALLS[service]
        answered = getattr(client, method)(**parameters)
        assert answered["ResponseMetadata"]["HTTPStatusCode"] == 200
        [sent] = transport.requests
        assert "AWS4-HMAC-SHA256" in str(sent.headers["Authorization"])
        clients.append(client)

    def work(number: int) -> None:
        try:
            barrier.wait()
            default = sotalia._get_default_session()
            defaults.append(default)
            default.events.register("before-call.s3", lambda **kwargs: heard.append(number))
            own = sotalia.Session(**KEYS, transport=scripted)
            names = list(CALLS)
            for position in range(len(names)):
                service = names[(position + number) % len(names)]
                call(own, service)
                call(shared, service)
        except BaseException as error:
            failures.append(f"{number}: {error!r}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    sys.setswitchinterval(1e-5)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(0.005)

    last = sotalia.Session(botocore_session=defaults[0]._session, transport=scripted)
    last.client("s3", **KEYS).list_buckets()
    made: dict[str, dict[str, set[int]]] = {}
    for client in clients:
        model = client.meta.service_model
        kinds = made.setdefault(
            model.service_name,
            {"models": set(), "providers": set(), "operations": set(), "exceptions": set()},
        )
        kinds["models"].add(id(model))
        kinds["providers"].add(id(client.parts.endpoint_resolver._provider))
        kinds["exceptions"].add(id(client.exceptions))
        kinds["operations"].add(id(client.parts.operation(model.operation_names[0])))
    packs = [name for name, _, _ in loader._packs]
    print(
        json.dumps(
            {
                "failures": failures,
                "clients": len(clients),
                "default sessions": len(set(map(id, defaults))),
                "heard": sorted(heard),
                "made": {
                    name: {kind: len(ids) for kind, ids in kinds.items()} for name, kinds in made.items()
                },
                "packs": len(packs),
                "different packs": len(set(packs)),
                "credential searches": provider.count,
            }
        )
    )


if __name__ == "__main__":
    main()
