"""Sessions, configs and fixed credentials travel to other processes; what cannot says so, and what to do."""

from __future__ import annotations

import copy
import functools
import multiprocessing
import pickle
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.config
import botocore.session
import pytest
from botocore import UNSIGNED

import sotalia
from sotalia.config import Config
from sotalia.credentials import Credentials, RefreshableCredentials
from sotalia.events import DeadHandlerWarning, EventRegistry
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)


def twins(value: Any) -> list[Any]:
    """What pickles of every protocol, and a deep copy, give back."""
    return [*(pickle.loads(pickle.dumps(value, protocol)) for protocol in PROTOCOLS), copy.deepcopy(value)]


def listing(request: Any) -> Any:
    return answer(200, body=b"<ListAllMyBucketsResult/>")


def make_transport(options: Any) -> ScriptedTransport:
    return ScriptedTransport([listing])


def add_header(request: Any, **kwargs: Any) -> None:
    request.headers["X-Mine"] = "1"


async def add_header_later(request: Any, **kwargs: Any) -> None:
    request.headers["X-Later"] = "1"


def silent(**kwargs: Any) -> None:
    pass


class Handler:
    """A handler with a state, which knows its session."""

    def __init__(self, session: Any, name: str) -> None:
        self.session = session
        self.name = name

    def mark(self, request: Any, **kwargs: Any) -> None:
        request.headers[f"X-{self.name}"] = "1"


# -- sessions ------------------------------------------------------------------------------------------------------


def headers_sent(client_kind: Kind, session: Any) -> Any:
    client = client_kind.client("s3", session)
    seen: list[Any] = []
    client.meta.events.register("before-send", lambda request, **kwargs: seen.append(request.headers))
    client.list_buckets()
    return seen[0]


def test_a_session_is_the_same_on_the_other_side(client_kind: Kind) -> None:
    session = client_kind.session(**{**KEYS, "aws_session_token": "token"}, transport=make_transport)
    core = session._session
    core.set_config_variable("retry_mode", "adaptive")
    core.set_default_client_config(Config(read_timeout=7, s3={"addressing_style": "path"}))
    core.user_agent_name, core.user_agent_extra = "mine", "extra/1"
    core.session_var_map["mine"] = ("mine", "MY_VARIABLE", "default", None)
    core.response_parser_factory.set_parser_defaults(timestamp_parser=str)
    core.register_component("something", {"of": "mine"})
    core.instance_region = silent
    known = Handler(session, "Known")
    session.events.register("before-sign.s3", add_header, unique_id="once")
    session.events.register_last("before-sign.s3", functools.partial(add_header))
    session.events.register_first("before-sign.s3", known.mark)
    if client_kind.is_async:
        session.events.register("before-sign.s3", add_header_later)
    session.events.unregister("before-parameter-build.s3.ListObjectsV2", unique_id="nobody")
    before = list(session.events.handlers("before-sign.s3"))
    for twin in twins(session):
        assert type(twin) is type(session)
        assert twin.region_name == "us-west-2"
        found = twin._session
        assert client_kind.run(twin.get_credentials()).get_frozen_credentials() == (
            "AKIDEXAMPLE", "secret", "token", None
        )  # fmt: skip
        assert found.get_config_variable("retry_mode") == "adaptive"
        assert found.get_config_variable("mine") == "default"
        assert found.get_default_client_config().read_timeout == 7
        assert found.user_agent().startswith("mine/")
        assert found.response_parser_defaults == {"timestamp_parser": str}
        assert found.get_component("something") == {"of": "mine"}
        assert found.instance_region is silent
        assert len(twin.events.handlers("before-sign.s3")) == len(before)
        headers = headers_sent(client_kind, twin)
        assert {"X-Mine", "X-Known"} <= set(headers)
        assert ("X-Later" in headers) is client_kind.is_async
        # Ids still count, and nothing is shared with the first session.
        with pytest.warns(DeadHandlerWarning, match="the unique_id 'once' belongs to handler 'add_header'"):
            twin.events.register("before-sign.s3", silent, unique_id="once")
        assert len(twin.events.handlers("before-sign.s3")) == len(before)
        twin.events.register("before-sign.s3", silent)
        found.set_config_variable("region", "eu-west-1")
    assert len(session.events.handlers("before-sign.s3")) == len(before)
    assert session.region_name == "us-west-2"


def test_what_a_session_found_does_not_travel(
    client_kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "credentials").write_text(
        "[mine]\naws_access_key_id = FILEKEY\naws_secret_access_key = FILESECRET\n"
    )
    (tmp_path / "config").write_text("[profile mine]\nregion = eu-north-1\nca_bundle = /secret/place\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("SOME_OTHER_SECRET", "ENVSECRET")
    from_file = client_kind.session(profile_name="mine", transport=make_transport)
    assert client_kind.run(from_file.get_credentials()).access_key == "FILEKEY"
    headers_sent(client_kind, from_file)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ENVSECRET")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    from_environment = client_kind.session(transport=make_transport)
    assert client_kind.run(from_environment.get_credentials()).access_key == "ENVKEY"
    headers_sent(client_kind, from_environment)
    for session in (from_file, from_environment):
        pickled = pickle.dumps(session)
        for secret in (b"FILEKEY", b"FILESECRET", b"ENVKEY", b"ENVSECRET", b"/secret/place", b"eu-"):
            assert secret not in pickled
    # The other process finds what is there.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "NEWKEY")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    for twin in twins(from_environment):
        assert client_kind.run(twin.get_credentials()).access_key == "NEWKEY"
    for twin in twins(from_file):
        assert (twin.profile_name, twin.region_name) == ("mine", "eu-north-1")
        assert client_kind.run(twin.get_credentials()).access_key == "FILEKEY"


def work_in_worker(session: Any, config: Any, credentials: Any) -> tuple[Any, ...]:
    client = session.client("s3", config=config)
    seen: list[Any] = []
    client.meta.events.register("before-send", lambda request, **kwargs: seen.append(request.headers))
    client.list_buckets()
    headers = seen[0]
    return (
        client.meta.region_name,
        client.meta.config.read_timeout,
        "X-Mine" in headers,
        credentials.access_key,
        session.get_credentials().access_key,
        multiprocessing.parent_process() is not None,
    )


def test_a_spawned_worker_uses_a_session() -> None:
    session = sotalia.Session(**KEYS, transport=make_transport)
    session.events.register("before-sign.s3", add_header)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(work_in_worker, (session, Config(read_timeout=3), Credentials("A", "S")))
    assert found == ("us-west-2", 3, True, "A", "AKIDEXAMPLE", True)


def test_a_shallow_copy_shares_what_it_has(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    session.events.register("before-sign.s3", lambda **kwargs: None)
    assert copy.copy(session)._session is session._session
    assert copy.copy(session._session).events is session.events


def test_a_deep_copy_keeps_handlers_that_cannot_be_pickled(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS, transport=ScriptedTransport([listing]))
    session.events.register("before-sign.s3", lambda request, **kwargs: add_header(request))
    twin = copy.deepcopy(session)
    assert "X-Mine" in headers_sent(client_kind, twin)
    twin.events.register("before-sign.s3", silent)
    assert silent not in session.events.handlers("before-sign.s3")


def test_handlers_of_other_packages_stay_where_they_are() -> None:
    import botocore.handlers

    lock = threading.Lock()

    class Stubber:
        def __call__(self, request: Any, **kwargs: Any) -> None:
            lock.locked()

    row = ("before-send", Stubber())
    botocore.handlers.BUILTIN_HANDLERS.append(row)
    try:
        session = sotalia.Session(**KEYS, transport=make_transport)
        session.client("s3")
        assert session.events.handlers("before-send.s3")
        twin = pickle.loads(pickle.dumps(session))
        assert row[1] in [handler.handler for handler in twin.events.handlers("before-send.s3")]
    finally:
        botocore.handlers.BUILTIN_HANDLERS.remove(row)


# -- what cannot travel --------------------------------------------------------------------------------------------


def _refreshing() -> RefreshableCredentials:
    return RefreshableCredentials(
        "AK", "SK", "T", datetime.now(UTC) + timedelta(hours=1), refresh_using=dict, method="mine"
    )


UNPICKLABLE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "lambda": (
        lambda session: session.events.register("before-sign.s3", lambda **kwargs: None),
        r"before-sign\.s3: handler '.*<lambda>' \(.*test_pickling\.py:\d+\) cannot be pickled",
    ),
    "bound method of what has a lock": (
        lambda session: session.events.register("before-call.s3", _WithLock().handle),
        r"before-call\.s3: handler '_WithLock\.handle' .*register a function of a module",
    ),
    "transport": (
        lambda session: session._session._kind.use(ScriptedTransport([lambda request: None])),
        "the transport <.*ScriptedTransport.* of the session cannot be pickled .*function of a module",
    ),
    "component": (
        lambda session: session._session.register_component("mine", threading.Lock()),
        "the component mine of the session cannot be pickled .*in the worker",
    ),
    "lazy component": (
        lambda session: session._session.lazy_register_component("mine", lambda: 1),
        "the component lazy mine of the session cannot be pickled",
    ),
    "credentials that renew themselves": (
        lambda session: setattr(session._session, "_credentials", _refreshing()),
        r"the credentials of the session cannot be pickled .*get_frozen_credentials",
    ),
    "region of the instance": (
        lambda session: setattr(session._session, "instance_region", lambda: "eu-west-1"),
        "the instance region of the session cannot be pickled",
    ),
    "default config of botocore without signatures": (
        lambda session: session._session.set_default_client_config(
            botocore.config.Config(signature_version=UNSIGNED)
        ),
        "the default config of the session cannot be pickled",
    ),
    "a session of botocore": (
        lambda session: session.__init__(botocore_session=botocore.session.Session()),
        "the component credential_provider of the session cannot be pickled",
    ),
}


class _WithLock:
    def __init__(self) -> None:
        self.lock = threading.Lock()

    def handle(self, **kwargs: Any) -> None:
        pass


@pytest.mark.parametrize("part", UNPICKLABLE)
def test_an_error_names_what_cannot_travel(client_kind: Kind, part: str) -> None:
    change, message = UNPICKLABLE[part]
    session = client_kind.session(**KEYS)
    change(session)
    for value in (session, {"in": [session]}):
        with pytest.raises(pickle.PicklingError, match=message) as caught:
            pickle.dumps(value)
        assert "secret" not in str(caught.value)
    copy.copy(session)
    copy.deepcopy(session)


def test_clients_and_what_belongs_to_them_say_how_to_be_made_anew(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    client = session.client("s3")
    with pytest.raises(pickle.PicklingError, match=r"session\.client\('s3'\)"):
        pickle.dumps(client)
    resource = session.resource("s3")
    bucket = client_kind.run(resource.Bucket("name"))
    parts = [resource, bucket, bucket.objects, bucket.objects.all()]
    parts += [client.get_paginator("list_objects_v2"), client.get_waiter("bucket_exists")]
    for part in parts:
        with pytest.raises(pickle.PicklingError, match="where it is needed"):
            pickle.dumps(part)
        assert type(copy.copy(part)) is type(part)


# -- configs, credentials, registries ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        Config(),
        Config(signature_version=UNSIGNED, region_name="eu-west-1"),
        Config(retries={"mode": "adaptive"}, s3={"addressing_style": "path"}, proxies={"https": "http://u:p@h"}),
        Config(inject_host_prefix=False, defaults_mode="standard"),
    ],
)  # fmt: skip
def test_configs_travel(config: Config) -> None:
    for twin in [*twins(config), copy.copy(config)]:
        assert vars(twin) == vars(config)
        assert twin.signature_version is config.signature_version
        assert twin.inject_host_prefix == config.inject_host_prefix
        merged = twin.merge(Config(read_timeout=9))
        assert (merged.read_timeout, merged.signature_version) == (9, config.signature_version)


def test_configs_of_clients_travel() -> None:
    config = sotalia.Session(**KEYS).client("s3", config=Config(signature_version=UNSIGNED)).meta.config
    for twin in twins(config):
        assert twin.signature_version is UNSIGNED


def test_credentials_travel() -> None:
    credentials = Credentials("A", "S", "T", method="mine", account_id="1")
    for twin in [*twins(credentials), copy.copy(credentials)]:
        assert vars(twin) == vars(credentials)
    frozen = credentials.get_frozen_credentials()
    for twin in [*twins(frozen), copy.copy(frozen)]:
        assert (twin, type(twin)) == (frozen, type(frozen))


def test_credentials_that_renew_themselves_stay(client_kind: Kind) -> None:
    credentials = _refreshing()
    with pytest.raises(pickle.PicklingError, match="get_frozen_credentials") as caught:
        pickle.dumps(credentials)
    assert "SK" not in str(caught.value)
    assert copy.copy(credentials).get_frozen_credentials() == ("AK", "SK", "T", None)
    if client_kind.is_async:
        deferred = client_kind.session().client("s3", "eu-west-1")._get_credentials()
        with pytest.raises(pickle.PicklingError, match="freeze"):
            pickle.dumps(deferred)


def test_registries_travel_with_order_ids_and_counts() -> None:
    registry = EventRegistry({"logs": "cloudwatch-logs"})
    registry.register_last("a.logs", silent)
    registry.register("a.logs", add_header, unique_id="counted", unique_id_uses_count=True)
    registry.register("a.logs", add_header, unique_id="counted", unique_id_uses_count=True)
    registry.register_first("a.*", add_header)
    for twin in twins(registry):
        assert twin.handlers("a.cloudwatch-logs") == registry.handlers("a.logs")
        for left in (3, 2, 2):
            twin.unregister("a.logs", unique_id="counted", unique_id_uses_count=True)
            assert len(twin.handlers("a.logs")) == left if left == 2 else True
    assert len(registry.handlers("a.logs")) == 3
