"""AWS for Python beside boto3: the same calls and events on a fast engine, sync and async from one core.

>>> import sotalia as boto3
>>> s3 = boto3.client("s3")

Importing this loads almost nothing; each name below is loaded when it is first used.
"""

from __future__ import annotations

from os import environ as _environ

import sotalia.runtime.forks
from sotalia.runtime.late_names import PROVIDERS
from sotalia.runtime.version import __version__ as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, ParamSpec, TypeVar

    from sotalia import (
        compat,
        compatibility,
        config,
        credentials,
        dynamodb,
        ec2,
        events,
        exceptions,
        extensions,
        resources,
        s3,
        session,
        utils,
    )
    from sotalia.call.deadlines import Deadline, deadline
    from sotalia.clients.base import BaseClient
    from sotalia.compatibility.patching import patch_boto3, unpatch_boto3
    from sotalia.config.client_config import AnyConfig
    from sotalia.events import Extension
    from sotalia.fault_injection import faults
    from sotalia.recording.recorder import recorder
    from sotalia.replay.cassettes import cassette
    from sotalia.resources.base import ServiceResource
    from sotalia.runtime import Runtime, redaction
    from sotalia.session import AsyncSession, Session
    from sotalia.session.core import SessionCore
    from sotalia.testing import local
    from sotalia.transport import Transport, TransportOptions
    from sotalia.types.sessions import client, resource

    _P = ParamSpec("_P")
    _R = TypeVar("_R")

#: What ``dir`` lists and type checkers know. Names that no line below defines are modules of this package.
__all__ = [
    "DEFAULT_SESSION",
    "AsyncSession",
    "Deadline",
    "Session",
    "cassette",
    "client",
    "compat",
    "compatibility",
    "config",
    "credentials",
    "deadline",
    "dynamodb",
    "ec2",
    "events",
    "exceptions",
    "extensions",
    "faults",
    "local",
    "patch_boto3",
    "recorder",
    "redaction",
    "resource",
    "resources",
    "s3",
    "session",
    "set_stream_logger",
    "setup_default_session",
    "unpatch_boto3",
    "utils",
]

DEFAULT_SESSION: Session | None = None
_LAZY = {
    "Session": "sotalia.session",
    "AsyncSession": "sotalia.session",
    "Deadline": "sotalia.call.deadlines",
    "cassette": "sotalia.replay.cassettes",
    "deadline": "sotalia.call.deadlines",
    "faults": "sotalia.fault_injection",
    "patch_boto3": "sotalia.compatibility.patching",
    "unpatch_boto3": "sotalia.compatibility.patching",
    "recorder": "sotalia.recording.recorder",
    # The extra of boto3 that transfers with awscrt: here, whether it is there.
    "crt": "sotalia.runtime",
    "local": "sotalia.testing",
    "redaction": "sotalia.runtime",
    # boto3 imports these for itself, and programs reach them there.
    "NullHandler": "logging",
    "_warn_deprecated_python": "sotalia.compat",
}

# What no room below uses, names of the reference's and explain: loaded when somebody asks for one.
PROVIDERS.update(
    BaseClient=(
        "sotalia.compatibility.client_names:ClientNames",
        "_cache _client_config _convert_to_request_dict _emit_api_params _endpoint _exceptions _exceptions_factory"
        " _get_credentials _get_waiter_config _load_exceptions _loader _make_request _request_signer"
        " _resolve_endpoint_ruleset _response_parser _ruleset_resolver _serializer _service_model _user_agent_creator",
    ),
    **{"BaseClient.explain": ("sotalia.explain.method:Explaining", "explain")},
    ClientMeta=(
        "sotalia.compatibility.client_names:MetaNames",
        "_client_config _endpoint_url _method_to_api_mapping _partition _service_model",
    ),
    Channel=(
        "sotalia.compatibility.endpoint:ChannelNames",
        "_endpoint_prefix _event_emitter create_request http_session make_request prepare_request",
    ),
    HTTPTransport=(
        "sotalia.compatibility.aiobotocore_names:TransportNames",
        "_session _sessions",
    ),
    SessionCore=(
        "sotalia.compatibility.session_names:SessionNames",
        "_build_profile_map _client_config _config _events _get_internal_component _internal_components"
        " _last_client_region_used _missing_cred_vars _profile _profile_map _register_internal_component"
        " _session_instance_vars",
    ),
    exceptions=("sotalia.call.service_errors:ServiceErrors", "module_spec unknown_class"),
)

# Checkers would take any name, also a misspelt one, for known.
if not TYPE_CHECKING:

    def __getattr__(name):
        """Load a name when it is first used."""
        from importlib import import_module

        if name in _LAZY:
            home = import_module(_LAZY[name])
            found = getattr(home, name, None) or import_module(f"{home.__name__}.{name}")
        elif name == "logging":
            found = import_module(name)
        elif name in __all__:
            found = import_module(f"sotalia.{name}")
        else:
            if name.startswith("_"):
                raise AttributeError(f"module 'sotalia' has no attribute {name!r}")
            from sotalia.session.mistakes import unknown_name

            raise AttributeError(unknown_name("module 'sotalia'", name, __all__))
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """Also the names that nobody used yet."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})


def _of_default_session(declared: Callable[_P, _R]) -> Callable[_P, _R]:
    """The default session's method of this name: it gets the arguments as they are given, so any session will do.

    ``declared`` is there for its signature, which ``help`` and :func:`inspect.signature` show.
    """
    name = declared.__name__

    def function(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        result: _R = getattr(_get_default_session(), name)(*args, **kwargs)
        return result

    for attribute in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        setattr(function, attribute, getattr(declared, attribute))
    function.__wrapped__ = declared  # type: ignore[attr-defined]
    return function


def setup_default_session(
    *,
    aws_access_key_id: str | None = None,
    aws_secret_access_key: str | None = None,
    aws_session_token: str | None = None,
    region_name: str | None = None,
    botocore_session: SessionCore | Any = None,
    profile_name: str | None = None,
    aws_account_id: str | None = None,
    transport: Transport | Callable[[TransportOptions], Transport] | None = None,
    runtime: Runtime | None = None,
    extensions: Iterable[Extension | str] = (),
    lint: str | None = None,
) -> None:
    """Replace the session behind :func:`client`, with the arguments of :class:`Session`."""
    global DEFAULT_SESSION
    from sotalia.session import Session

    DEFAULT_SESSION = Session(
        aws_access_key_id=aws_access_key_id,
        aws_secret_access_key=aws_secret_access_key,
        aws_session_token=aws_session_token,
        region_name=region_name,
        botocore_session=botocore_session,
        profile_name=profile_name,
        aws_account_id=aws_account_id,
        transport=transport,
        runtime=runtime,
        extensions=extensions,
        lint=lint,
    )


def _get_default_session() -> Session:
    """The default session, made when it is first needed; threads that need it at once get the same one."""
    found = DEFAULT_SESSION
    if found is None:
        from sotalia.runtime import SingleFlight, SyncRuntime, drive

        # ``setdefault`` is atomic: threads that come at once get the same one.
        making = globals().setdefault("_making_session", SingleFlight())
        found = drive(making.share(_made_default_session, SyncRuntime()))
    return found


async def _made_default_session() -> Session:
    if DEFAULT_SESSION is None:
        setup_default_session()
    assert DEFAULT_SESSION is not None
    return DEFAULT_SESSION


# Checkers know them by service: sotalia/types/sessions.pyi.
if not TYPE_CHECKING:

    @_of_default_session
    def client(
        service_name: str,
        region_name: str | None = None,
        api_version: str | None = None,
        use_ssl: bool = True,
        verify: bool | str | None = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        config: AnyConfig | None = None,
        aws_account_id: str | None = None,
        *,
        extensions: Iterable[Extension | str] = (),
        lint: str | None = None,
    ) -> BaseClient:
        """A client of the default session: see :meth:`sotalia.session.Session.client`."""
        raise NotImplementedError

    @_of_default_session
    def resource(
        service_name: str,
        region_name: str | None = None,
        api_version: str | None = None,
        use_ssl: bool = True,
        verify: bool | str | None = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        config: AnyConfig | None = None,
    ) -> ServiceResource:
        """The resources of a service, of the default session: see :meth:`sotalia.session.Session.resource`."""
        raise NotImplementedError


def set_stream_logger(name: str = "sotalia", level: int | str = 10, format_string: str | None = None) -> None:
    """Write log messages of ``name`` and below to standard error, from ``level`` (default: debug) on.

    ``boto3`` and ``botocore`` mean ``sotalia`` as well. Call it before making clients. Lines hold no secrets.
    """
    from sotalia.runtime.logs import set_stream_logger as set_logger

    set_logger(name, level, format_string)


# At the end, as what writes the log imports rooms of this package.
if "SOTALIA_LOG" in _environ:
    from sotalia.extensions.program_log import start_from_environment

    start_from_environment()
    del start_from_environment
if "SOTALIA_RECORD" in _environ:
    from sotalia.recording.program import start_from_environment

    start_from_environment()
    del start_from_environment
