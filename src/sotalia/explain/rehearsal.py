"""One call up to the moment at which it would be sent: the steps of the pipeline, with handlers that do not send.

The steps are the pipeline's own functions. What differs is who hears the events: :class:`RehearsedEvents` stands in the
place of the client's registry, for the pipeline, for the endpoint resolver and for the signer. Built-in handlers run, as
they shape the request. Those that could send are left out, and so are the program's, unless it asks for them.
"""

from __future__ import annotations

from sotalia.auth.signer import RequestSigner
from sotalia.call import Attempt, Call, pipeline
from sotalia.call.retry_context import new_uuid
from sotalia.checksums.request import apply_request_checksum, resolve_checksum_context
from sotalia.credentials.deferred import DeferredCredentials
from sotalia.credentials.objects import Credentials, features_of, freeze
from sotalia.credentials.tokens import FrozenAuthToken
from sotalia.endpoints.resolver import EndpointRulesetResolver
from sotalia.endpoints.trace import TracingProvider
from sotalia.explain.inputs import BodyNotReadError, Inputs
from sotalia.explain.sources import Source, source_to_be
from sotalia.explain.steps import ChangeMade, RehearsedEvents
from sotalia.runtime.features import features

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from sotalia.clients.base import BaseClient
    from sotalia.endpoints.ruleset import RuleSetEndpoint
    from sotalia.events import EventRegistry
    from sotalia.events.handlers import Handler
    from sotalia.transport.messages import AWSPreparedRequest

#: Stands for keys that were not fetched. Never shown: what is made of it is secret anyway.
PLACEHOLDER = "not-fetched"
_ACCOUNT = "AWS::Auth::AccountId"


class Rehearsal:
    """What came of it. None of this is redacted: see :mod:`~sotalia.explain.building`.

    ``prepared`` the signed request, ``None`` where it did not come so far · ``error`` and ``stage``: what the call would raise,
    and in which of its steps · ``responder`` the handler that responds in the place of the service · ``notes`` what a reader
    has to know · ``failures`` what the program's own handlers raised, by event and handler.
    """

    def __init__(self, client: BaseClient, operation_name: str, parameters: dict[str, Any]) -> None:
        parts = client.parts
        self.client = client
        self.inputs = Inputs(parameters)
        self.call = Call(client, parts.operation(operation_name), self.inputs.parameters)
        self.registry: EventRegistry = self.call.events
        self.runs_handlers = False
        self.changes: list[ChangeMade] = []
        self.notes: list[str] = []
        self.failures: dict[tuple[str, int], Exception] = {}
        self.responder: Handler | None = None
        self.error: Exception | None = None
        self.stage = ""
        self.prepared: AWSPreparedRequest | None = None
        self.provider: TracingProvider | None = None
        self.endpoint: RuleSetEndpoint | None = None
        self.signer: RehearsingSigner | None = None
        #: What signs: real keys where they are known, else something in their place.
        self.keys: Any = None
        self.are_keys_real = True
        #: Where an async client will find keys, while it has not looked.
        self.source: Source | None = None

    async def run(self, *, run_handlers: bool = False, fetch_credentials: bool = False) -> None:
        """Go through the call. What it would raise is left in ``error``."""
        self.runs_handlers = run_handlers
        events: Any = RehearsedEvents(self)
        self.call.events = events
        token = features.of_call.set(set(features.around.get()))
        try:
            self.stage = "credentials"
            await self._take_keys(fetch_credentials, events)
            await self._build(events)
            await self._sign()
        except BodyNotReadError as error:
            self.notes.append(str(error))
        except Exception as error:
            self.error = error
        finally:
            features.of_call.reset(token)
            self.inputs.rewind()

    async def _take_keys(self, fetch: bool, events: Any) -> None:
        signer = self.client.parts.signer
        if not isinstance(signer, RequestSigner):
            self.notes.append(
                f"the client's signer is a {type(signer).__name__}, which explain does not call"
            )
            return
        self.signer = RehearsingSigner.of(signer, events)
        known = self.signer.credentials
        if isinstance(known, DeferredCredentials):
            if known.found is None and not fetch:
                self.source = source_to_be(self.client.parts.session)
            found = known.found if self.source is None else self.source.keys
            features.note(*features_of(found))
            known = found if type(found) is Credentials else known
        if known is None or _are_fixed(known):
            self.keys = known and Credentials(
                known.access_key, known.secret_key, known.token, account_id=getattr(known, "account_id", None)
            )
        elif fetch:
            frozen = await freeze(known)
            self.keys = frozen and Credentials(
                frozen.access_key,
                frozen.secret_key,
                frozen.token,
                account_id=getattr(frozen, "account_id", None),
            )
        else:
            self.are_keys_real = False
            self.keys = Credentials(PLACEHOLDER, PLACEHOLDER, PLACEHOLDER)
        token = self.signer.auth_token
        if token is not None:
            token = await freeze(token) if fetch else FrozenAuthToken(PLACEHOLDER)
        self.signer.use(self.keys, token)

    async def _build(self, events: RehearsedEvents) -> None:
        """As the pipeline's ``build_request``, and ``before-call``."""
        call, client = self.call, self.client
        operation, model = call.operation, call.operation.model
        self.stage = "handlers of parameters"
        await pipeline.provide_parameters(call)
        self.stage = "endpoint"
        self.endpoint = endpoint = await self._resolver(events).resolve(model, call.parameters, call.context)
        self.stage = "validation"
        request = pipeline.address(call, pipeline.serialize(client, operation, call.parameters), endpoint)
        request["headers"]["User-Agent"] = client.parts.user_agent.text()
        self.stage = "request"
        if operation.has_checksums:
            resolve_checksum_context(request, model, call.parameters)
        if listeners := events.listeners(operation.before_call, model):
            handler, reply = await listeners.until_response(
                model=model,
                params=request,
                request_signer=self.signer or client.parts.signer,
                context=call.context,
            )
            if reply is not None:
                self.responder = getattr(handler, "handler", handler)

    def _resolver(self, events: RehearsedEvents) -> Any:
        resolver = self.client.parts.endpoint_resolver
        if not isinstance(resolver, EndpointRulesetResolver):
            return resolver
        parts = self.client.parts
        model = parts.meta.service_model
        ruleset = parts.loader.ruleset(model.service_name, parts.request.api_version)
        if ruleset is None:
            return resolver
        self.provider = TracingProvider(ruleset, parts.loader.partitions())
        return RehearsingResolver.of(resolver, events, self.provider)

    async def _sign(self) -> None:
        """As the pipeline's ``exchange`` up to the first ``before-send``."""
        if self.responder is not None:
            return
        call, request = self.call, self.call.request
        assert request is not None
        if call.operation.may_be_compressed:
            from sotalia.checksums.compression import maybe_compress_request

            maybe_compress_request(self.client.meta.config, request, call.operation.model)
        if "checksum" in call.context:
            await apply_request_checksum(request)
        self.stage = "signature"
        call.context["retries"] = {"attempt": 1, "invocation-id": new_uuid()}
        call.attempts.append(Attempt(1))
        self.prepared = await pipeline.create_request(call)
        if type(self.prepared.body) is str:
            self.prepared.body = self.prepared.body.encode("utf-8")

    # -- what only a real call knows ---------------------------------------------------------------------------

    def know_account(self, builtins: dict[str, Any], **kwargs: Any) -> None:
        """The last handler of ``before-endpoint-resolution``: the account of the keys, without fetching any."""
        if callable(builtins.get(_ACCOUNT)):
            builtins[_ACCOUNT] = getattr(self.keys, "account_id", None)
            if not self.are_keys_real and any(
                parameter.builtin == _ACCOUNT for parameter in getattr(self.provider, "parameters", ())
            ):
                self.notes.append(
                    "the host may contain the account, which is known once credentials are fetched (fetch_credentials=True)"
                )

    def replace_identities(self, request: Any, operation_name: str, **kwargs: Any) -> None:
        """The last handler of ``before-sign``: keys in the place of those that would have to be fetched."""
        signing: dict[str, Any] = request.context.get("signing") or {}
        if "identity_cache" in signing:
            signing["identity_cache"] = _NoSessions()
            note = (
                "S3 Express: the call is signed with the session of the bucket, for which CreateSession is called first "
                "unless the client has one"
            )
            if note not in self.notes:
                self.notes.append(note)
        own = signing.get("request_credentials")
        if own is not None and type(own) is not Credentials:
            signing["request_credentials"] = Credentials(PLACEHOLDER, PLACEHOLDER, PLACEHOLDER)


def _are_fixed(credentials: Any) -> bool:
    """Whether reading them fetches nothing: ours, or those of the reference, which need not be imported for that."""
    kind = type(credentials)
    return kind is Credentials or (kind.__module__, kind.__name__) == ("botocore.credentials", "Credentials")


class _NoSessions:
    """In the place of the sessions of Express buckets."""

    def credentials_for(self, bucket: str) -> Credentials:
        return Credentials(PLACEHOLDER, PLACEHOLDER, PLACEHOLDER)


class RehearsingSigner(RequestSigner):
    """The client's signer with other handlers and keys. ``chosen``: version, name and region of the last signature."""

    chosen: tuple[Any, str, str | None] | None = None

    @classmethod
    def of(cls, signer: RequestSigner, events: Any) -> Self:
        """A copy of a client's signer."""
        twin = object.__new__(cls)
        twin.__dict__.update(signer.__dict__)
        twin._event_emitter = events
        return twin

    @property
    def credentials(self) -> Any:
        """What the client signs with."""
        return self._credentials

    @property
    def auth_token(self) -> Any:
        """The bearer token that the client has."""
        return self._auth_token

    def use(self, credentials: Any, auth_token: Any) -> None:
        """Sign with these."""
        self._credentials, self._auth_token = credentials, auth_token

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
        if signing_type == "standard":
            self.chosen = version, signing_name, region_name
        return await super()._auth(
            version,
            signing_type,
            signing_name=signing_name,
            region_name=region_name,
            expires=expires,
            signing=signing,
        )


class RehearsingResolver(EndpointRulesetResolver):
    """The client's resolver with other handlers, and a rule set that says which rule it chose."""

    @classmethod
    def of(cls, resolver: EndpointRulesetResolver, events: Any, provider: TracingProvider) -> Self:
        """A copy of a client's resolver, which caches nothing."""
        twin = object.__new__(cls)
        twin.__dict__.update(resolver.__dict__)
        twin._events, twin._provider, twin._cache = events, provider, {}
        return twin
