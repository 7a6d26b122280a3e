"""Features that a call uses, for its ``User-Agent`` header: what a paginator, a retry mode or a credential provider notes.

They are gathered in context variables while a call runs, so only the call that uses a feature shows it. See "User agent"
in the AWS SDKs and Tools Reference Guide.
"""

from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

#: Codes by feature, as the guide has them.
FEATURE_CODES: dict[str, str] = {
    feature: code
    for feature, _, code in (
        pair.partition("=")
        for pair in """
    WAITER=B PAGINATOR=C RETRY_MODE_LEGACY=D RETRY_MODE_STANDARD=E RETRY_MODE_ADAPTIVE=F S3_TRANSFER=G
    GZIP_REQUEST_COMPRESSION=L PROTOCOL_RPC_V2_CBOR=M ENDPOINT_OVERRIDE=N ACCOUNT_ID_MODE_PREFERRED=P
    ACCOUNT_ID_MODE_DISABLED=Q ACCOUNT_ID_MODE_REQUIRED=R SIGV4A_SIGNING=S RESOLVED_ACCOUNT_ID=T
    FLEXIBLE_CHECKSUMS_REQ_CRC32=U FLEXIBLE_CHECKSUMS_REQ_CRC32C=V FLEXIBLE_CHECKSUMS_REQ_CRC64=W
    FLEXIBLE_CHECKSUMS_REQ_SHA1=X FLEXIBLE_CHECKSUMS_REQ_SHA256=Y FLEXIBLE_CHECKSUMS_REQ_WHEN_SUPPORTED=Z
    FLEXIBLE_CHECKSUMS_REQ_WHEN_REQUIRED=a FLEXIBLE_CHECKSUMS_RES_WHEN_SUPPORTED=b
    FLEXIBLE_CHECKSUMS_RES_WHEN_REQUIRED=c CREDENTIALS_CODE=e CREDENTIALS_ENV_VARS=g
    CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN=h CREDENTIALS_STS_ASSUME_ROLE=i CREDENTIALS_STS_ASSUME_ROLE_WEB_ID=k
    CREDENTIALS_PROFILE=n CREDENTIALS_PROFILE_SOURCE_PROFILE=o CREDENTIALS_PROFILE_NAMED_PROVIDER=p
    CREDENTIALS_PROFILE_STS_WEB_ID_TOKEN=q CREDENTIALS_PROFILE_SSO=r CREDENTIALS_SSO=s CREDENTIALS_PROFILE_SSO_LEGACY=t
    CREDENTIALS_SSO_LEGACY=u CREDENTIALS_PROFILE_PROCESS=v CREDENTIALS_PROCESS=w CREDENTIALS_BOTO2_CONFIG_FILE=x
    CREDENTIALS_HTTP=z CREDENTIALS_IMDS=0 BEARER_SERVICE_ENV_VARS=3 CREDENTIALS_PROFILE_LOGIN=AC CREDENTIALS_LOGIN=AD
    FLEXIBLE_CHECKSUMS_REQ_SHA512=AF FLEXIBLE_CHECKSUMS_REQ_XXHASH3=AG FLEXIBLE_CHECKSUMS_REQ_XXHASH64=AH
    FLEXIBLE_CHECKSUMS_REQ_XXHASH128=AI S3_REGION_REDIRECT=Ah
    """.split()
    )
}


class _Features:
    """The features that calls of this context use."""

    def __init__(self) -> None:
        #: Of the call that is running. The pipeline sets it itself: two functions less for each call.
        self.of_call: ContextVar[set[str] | None] = ContextVar("sotalia_features", default=None)
        #: What helpers around calls note, for every call made inside them.
        self.around: ContextVar[frozenset[str]] = ContextVar("sotalia_features_around", default=frozenset())

    def used(self, *names: str) -> _Around:
        """Note features for all calls made inside ``with``."""
        return _Around(self, frozenset([FEATURE_CODES[name] for name in names]))

    def note(self, *names: str) -> None:
        """Note features for the call that is running, if any."""
        self.note_codes([FEATURE_CODES[name] for name in names if name in FEATURE_CODES])

    def note_codes(self, codes: Iterable[str]) -> None:
        """:meth:`note` for who has looked the codes up."""
        noted = self.of_call.get()
        if noted is not None:
            noted.update(codes)


class _Around:
    __slots__ = ("_codes", "_features", "_token")

    def __init__(self, gathered: _Features, codes: frozenset[str]) -> None:
        self._features = gathered
        self._codes = codes

    def __enter__(self) -> None:
        self._token = self._features.around.set(self._features.around.get() | self._codes)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._features.around.reset(self._token)


features = _Features()
