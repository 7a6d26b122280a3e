"""The signer of a client, a handler of ``request-created``.

Operation or endpoint decide the signature version of a request, else the client does. Handlers of ``choose-signer`` may
choose another one. Handlers of ``before-sign`` are the last to see the request.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.auth import auth_class
from sotalia.config.unsigned import is_unsigned
from sotalia.credentials.objects import Credentials, freeze_for_call
from sotalia.events.catalog import BeforeSign, ChooseSigner
from sotalia.events.handlers import named
from sotalia.runtime import drive
from sotalia.transport.messages import HTTPHeaders, is_read_asynchronously

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from sotalia.events import EventRegistry
    from sotalia.model.service import ServiceId
    from sotalia.transport.messages import AWSRequest

_SUFFIXES = {"presign-post": "-presign-post", "presign-url": "-query"}


class RequestSigner:
    """Signs the requests of one client.

    Without ``credentials`` only unsigned requests work. ``auth_token`` is for bearer tokens.
    """

    def __init__(
        self,
        service_id: ServiceId,
        region_name: str | None,
        signing_name: str,
        signature_version: Any,
        credentials: Any,
        event_emitter: EventRegistry,
        auth_token: Any = None,
    ) -> None:
        self._service_id = service_id
        self._region_name = region_name
        self._signing_name = signing_name
        self._signature_version = signature_version
        self._credentials = credentials
        self._auth_token = auth_token
        self._event_emitter = event_emitter
        self._prefix = service_id.hyphenize()
        self._event_names: dict[str, tuple[str, str]] = {}
        #: Seconds by which the service's clock is ahead of ours (see ``sotalia.retries.clock_skew``).
        self.clock_offset_seconds = 0.0

    @property
    def region_name(self) -> str | None:
        """The region to sign for, unless the endpoint names another."""
        return self._region_name

    @property
    def signature_version(self) -> Any:
        """How to sign, unless operation, endpoint or handlers decide otherwise."""
        return self._signature_version

    def known_secrets(self) -> tuple[Any, ...]:
        """Secret key and token that it signs with, as far as they are known without waiting: for who has to hide them."""
        credentials: Any = getattr(self._credentials, "found", self._credentials)
        value = credentials if type(credentials) is Credentials else getattr(credentials, "known", None)
        return tuple(getattr(value, name, None) for name in ("secret_key", "token"))

    @property
    def signing_name(self) -> str:
        """The service's name in signatures."""
        return self._signing_name

    @named("sign")
    def handler(
        self, operation_name: str = "", request: Any = None, **kwargs: object
    ) -> Coroutine[Any, Any, None]:
        """The handler of ``request-created``."""
        return self.sign_async(operation_name, request)

    def sign(self, operation_name: str, request: AWSRequest, **arguments: Any) -> None:
        """:meth:`sign_async` for sync code. The request may be the reference's."""
        theirs: Any = request.headers
        if isinstance(theirs, HTTPHeaders):
            drive(self.sign_async(operation_name, request, **arguments))
            return
        request.headers = HTTPHeaders(theirs.items())
        try:
            drive(self.sign_async(operation_name, request, **arguments))
            for name in {name.lower() for name in theirs}:
                del theirs[name]
            for name, value in request.headers.items():
                theirs[name] = value
        finally:
            request.headers = theirs

    async def sign_async(
        self,
        operation_name: str,
        request: AWSRequest,
        region_name: str | None = None,
        signing_type: str = "standard",
        expires_in: int | None = None,
        signing_name: str | None = None,
    ) -> None:
        """Sign a request in place. ``signing_type``: ``standard``, ``presign-url`` or ``presign-post``.

        Raises ``NoCredentialsError``, ``NoRegionError``, ``UnknownSignatureVersionError``, or for presigning
        ``UnsupportedSignatureVersionError``.
        """
        names = self._event_names.get(operation_name)
        if names is None:
            # kombu signs requests of no operation: with None, which the reference writes into the name.
            operation = str(operation_name)
            names = self._event_names[operation_name] = (
                ChooseSigner.name(self._prefix, operation),
                BeforeSign.name(self._prefix, operation),
            )
        context = request.context
        if signing_type != "standard":
            # Others use the URL later, so correct clocks should decide when it expires.
            context.pop("clock_offset_seconds", None)
        elif self.clock_offset_seconds:
            context.setdefault("clock_offset_seconds", self.clock_offset_seconds)
        version = await self._choose_version(names[0], signing_type, context)
        before_sign = self._event_emitter.lookup(names[1])
        if before_sign.handlers:
            await before_sign.notify(
                request=request,
                signing_name=signing_name or self._signing_name,
                region_name=self._region_name,
                signature_version=version,
                request_signer=self,
                operation_name=operation_name,
            )
        if is_unsigned(version):
            return
        signing: dict[str, Any] = context.get("signing") or {}
        auth = await self._auth(
            version,
            signing_type,
            signing_name=signing.get("signing_name") or signing_name or self._signing_name,
            region_name=region_name or signing.get("region") or self._default_region(region_name),
            expires=expires_in,
            signing=signing,
        )
        if hasattr(request.data, "read"):
            await _hash_async_body(request)
        if type(request.headers) is not HTTPHeaders:
            # A handler put a dictionary there, or this is a request of botocore's.
            request.headers = HTTPHeaders(request.headers.items())
        auth.add_auth(request)

    def _default_region(self, region_name: str | None) -> str | None:
        """The client's region, unless the caller named one. An empty name, such as a copy's source's, stays empty."""
        return self._region_name if region_name is None else region_name

    async def _choose_version(self, event_name: str, signing_type: str, context: dict[str, Any]) -> Any:
        suffix = _SUFFIXES.get(signing_type, "")
        version = context.get("auth_type") or self._signature_version
        if suffix:
            version = _with_suffix(version, suffix)
        listeners = self._event_emitter.lookup(event_name)
        if listeners.handlers:
            signing: dict[str, Any] = context.get("signing") or {}
            _, chosen = await listeners.until_response(
                signing_name=signing.get("signing_name", self._signing_name),
                region_name=signing.get("region", self._region_name),
                signature_version=version,
                context=context,
            )
            if chosen is not None:
                version = _with_suffix(chosen, suffix) if suffix else chosen
        return version

    async def _auth(
        self,
        version: Any,
        signing_type: str,
        *,
        signing_name: str,
        region_name: str | None,
        expires: int | None,
        signing: dict[str, Any],
    ) -> Any:
        signer_class = auth_class(version)
        if signer_class is None:
            if signing_type != "standard":
                raise exceptions.UnsupportedSignatureVersionError(signature_version=version)
            raise exceptions.UnknownSignatureVersionError(signature_version=version)
        if getattr(signer_class, "REQUIRES_TOKEN", False):
            return signer_class(await freeze_for_call(self._auth_token))
        arguments: dict[str, Any] = {} if expires is None else {"expires": expires}
        credentials = signing.get("request_credentials") or self._credentials
        if getattr(signer_class, "REQUIRES_IDENTITY_CACHE", False):
            cache = arguments["identity_cache"] = signing["identity_cache"]
            credentials = cache.credentials_for(signing["cache_key"])
        if type(credentials) is Credentials:  # Fixed ones never have to be waited for.
            credentials = credentials.get_frozen_credentials()
        else:
            credentials = await freeze_for_call(credentials)
        if not getattr(signer_class, "REQUIRES_REGION", False):
            return signer_class(credentials, **arguments)
        if region_name is None:
            raise exceptions.NoRegionError()
        return signer_class(credentials, signing_name, region_name, **arguments)

    def get_auth_instance(
        self, signing_name: str, region_name: str | None, signature_version: Any = None, **arguments: Any
    ) -> Any:
        """The signer of a signature version, with frozen credentials."""
        signing = {"request_credentials": arguments.pop("request_credentials", None), **arguments}
        return drive(
            self._auth(
                self._signature_version if signature_version is None else signature_version,
                "standard",
                signing_name=signing_name,
                region_name=region_name,
                expires=arguments.get("expires"),
                signing=signing,
            )
        )

    get_auth = get_auth_instance

    async def presign_url(
        self,
        request_dict: dict[str, Any],
        operation_name: str,
        expires_in: int = 3600,
        region_name: str | None = None,
        signing_name: str | None = None,
    ) -> str:
        """Sign the URL of a request dict for ``expires_in`` seconds."""
        from sotalia.transport.messages import AWSRequest

        request = AWSRequest.from_request_dict(request_dict)
        await self.sign_async(operation_name, request, region_name, "presign-url", expires_in, signing_name)
        return request.prepare().url

    def generate_presigned_url(self, *arguments: Any, **named: Any) -> str:
        """:meth:`presign_url` for sync code."""
        return drive(self.presign_url(*arguments, **named))

    def with_events(self, events: EventRegistry) -> RequestSigner:
        """A signer with the same identity and the same clock that emits on another registry."""
        view = object.__new__(_SignerView)
        view.__dict__.update(self.__dict__)
        view._origin = self
        view._event_emitter = events
        return view

    def __repr__(self) -> str:
        return f"<RequestSigner {self._signing_name} {self._region_name}>"


class _SignerView(RequestSigner):
    """What is learned about the clock counts for the signer and for all its views."""

    _origin: RequestSigner

    @property
    def clock_offset_seconds(self) -> float:
        """Seconds to add to the local clock."""
        return self._origin.clock_offset_seconds

    @clock_offset_seconds.setter
    def clock_offset_seconds(self, value: float) -> None:
        self._origin.clock_offset_seconds = value


def _with_suffix(version: Any, suffix: str) -> Any:
    if is_unsigned(version) or version is None or version.endswith(suffix):
        return version
    return version + suffix


async def _hash_async_body(request: AWSRequest) -> None:
    """Hash an async file here, since signers are plain functions and cannot await it."""
    if not is_read_asynchronously(request.data):
        return
    from hashlib import sha256

    from sotalia.checksums.algorithms import feed_body

    started = sha256()
    await feed_body(started, request.data)
    request.context["payload_sha256"] = started.hexdigest()
