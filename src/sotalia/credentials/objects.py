"""Credentials as objects: fixed ones, their frozen form, and :func:`freeze`, which takes what others bring.

Those that refresh themselves are in :mod:`~sotalia.credentials.refreshable`. No ``repr`` shows a key.
"""

from __future__ import annotations

from collections import namedtuple
from contextvars import ContextVar

from sotalia.protocols.scalars import plain
from sotalia.runtime import resolved
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NamedTuple, Protocol

    class StandIn(Protocol):
        """Who is asked for the credentials of a call in their place, so that they need not be there."""

        async def freeze(self, credentials: Any) -> Any:
            """Credentials at this moment: of the client's own (``None`` where it has none), or others."""
            ...


# For who waits for itself: a source of credentials whose client uses the session that asks the source.
RECURSION = (
    "getting credentials asked for the very credentials that it is to get; "
    "give the client that it calls credentials of its own, or leave its requests unsigned"
)

# As in the reference, a plain tuple; subclassed only for a repr that keeps the keys to itself.
if TYPE_CHECKING:

    class _Frozen(NamedTuple):
        access_key: Any
        secret_key: Any
        token: Any
        account_id: str | None = None

else:
    _Frozen = namedtuple("_Frozen", ("access_key", "secret_key", "token", "account_id"), defaults=(None,))


class ReadOnlyCredentials(_Frozen):
    """Credentials at one moment: ``access_key, secret_key, token, account_id``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<ReadOnlyCredentials>"


#: What the ``User-Agent`` tells of credentials, by the ``METHOD`` they come from: features of the SDKs' guide.
_FEATURES = {
    "explicit": ("CREDENTIALS_CODE",),
    "env": ("CREDENTIALS_ENV_VARS",),
    "assume-role": ("CREDENTIALS_STS_ASSUME_ROLE",),
    "assume-role-with-web-identity": ("CREDENTIALS_STS_ASSUME_ROLE_WEB_ID",),
    "sso": ("CREDENTIALS_SSO",),
    "shared-credentials-file": ("CREDENTIALS_PROFILE",),
    "login": ("CREDENTIALS_PROFILE_LOGIN", "CREDENTIALS_LOGIN"),
    "custom-process": ("CREDENTIALS_PROFILE_PROCESS", "CREDENTIALS_PROCESS"),
    "config-file": ("CREDENTIALS_PROFILE",),
    "boto-config": ("CREDENTIALS_BOTO2_CONFIG_FILE",),
    "container-role": ("CREDENTIALS_HTTP",),
    "iam-role": ("CREDENTIALS_IMDS",),
}


def features_of(credentials: Any) -> tuple[str, ...]:
    """The features to name for a client with these credentials; none for those that are not looked for yet.

    A provider that came to them by way of others says so in their attribute ``features``.
    """
    noted: tuple[str, ...] | None = getattr(credentials, "__dict__", {}).get("features")
    if noted is not None:
        return noted
    return _FEATURES.get(str(getattr(credentials, "__dict__", {}).get("method")), ())


#: Asked within a call for whatever is not fixed keys: those would have to be fetched, and these are at hand.
stand_in: ContextVar[StandIn | None] = ContextVar("sotalia_stand_in", default=None)
#: How many of those who stand in want new clients to look for credentials when they are needed, not at once.
deferring: int = 0


def defer(by: int) -> None:
    """``1``: another one that stands in for credentials; ``-1``: it has stopped."""
    global deferring
    deferring += by


async def freeze_for_call(credentials: Any) -> Any:
    """Credentials or a token for the call that is running, ``None`` for none. Raises what fetching them raises."""
    substitute = stand_in.get()
    if substitute is not None:
        return await substitute.freeze(credentials)
    return None if credentials is None else await freeze(credentials)


async def freeze(credentials: Any) -> Any:
    """The credentials at this moment, refreshed where needed; also of the reference's own objects."""
    own = getattr(credentials, "freeze", None)
    if own is not None:
        return await own()
    for name in ("get_frozen_credentials", "get_frozen_token"):
        method = getattr(credentials, name, None)
        if method is not None:
            return await resolved(method())
    return credentials


def held(credentials: Any) -> Any:
    """What :func:`keys_at_hand` needs of them, which does not change when they renew themselves."""
    found = getattr(credentials, "found", credentials)
    frozen = getattr(found, "_value", None)
    return frozen if isinstance(frozen, tuple) else found  # pyright: ignore[reportUnknownVariableType]


def keys_at_hand(credentials: Any) -> list[str]:
    """Access key, secret key and token, or a bearer token, as far as they are known: for who has to hide them.

    Nothing is fetched or refreshed for it, so what is a property here is not asked.
    """
    found = held(credentials)
    attributes: dict[str, Any] = getattr(found, "__dict__", {})
    parts: list[Any] = list(found) if isinstance(found, tuple) else list(map(attributes.get, _KEYS))  # pyright: ignore[reportUnknownArgumentType]
    # A frozen tuple has the account, or a time, in it as well.
    return [part for part in parts if isinstance(part, str) and not part.isdecimal()]


# Those of our objects, and those of the reference's that renew themselves.
_KEYS = ("access_key", "secret_key", "token", "_access_key", "_secret_key", "_token")


class Credentials(ReferenceBase):
    """Fixed credentials. ``method`` says where they come from."""

    def __init__(
        self,
        access_key: Any,
        secret_key: Any,
        token: str | None = None,
        method: str | None = None,
        account_id: str | None = None,
    ) -> None:
        self.access_key = plain(access_key)
        self.secret_key = plain(secret_key)
        self.token = plain(token)
        self.method = "explicit" if method is None else method
        self.account_id = account_id

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """The credentials as a tuple."""
        return ReadOnlyCredentials(self.access_key, self.secret_key, self.token, self.account_id)

    async def freeze(self) -> ReadOnlyCredentials:
        """The same, to be awaited."""
        return ReadOnlyCredentials(self.access_key, self.secret_key, self.token, self.account_id)

    def get_deferred_property(self, property_name: str) -> Callable[[], Any]:
        """A function that gives one part when it is called."""
        return lambda: getattr(self, property_name, None)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} from {self.method}>"
