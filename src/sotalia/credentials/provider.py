"""What a credential provider is. A caller's own may be plain (``load`` returns) or asynchronous (``load`` is awaited)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CredentialProvider:
    """One source of credentials: ``load`` gives them, or ``None`` when this source has none.

    ``METHOD`` names the source; it appears in errors, in the order of the chain and in credentials. ``CANONICAL_NAME``
    is what ``credential_source`` of a profile calls it, where it may be named there. ``absence`` and ``origin`` are for
    ``sotalia credentials explain``: they name files, sections and variables, and never a value that is secret.
    """

    METHOD: str = ""
    CANONICAL_NAME: str | None = None

    def __init__(self, session: Any = None) -> None:
        self.session = session

    def load(self) -> Any:
        """Credentials, ``None``, or a coroutine of either. Raises for a source that is there but broken."""
        raise NotImplementedError(f"{type(self).__name__} has to define load()")

    def absence(self) -> str:
        """Why ``load`` gave nothing, after it did."""
        return "it has no credentials"

    def origin(self) -> str:
        """Where ``load`` found what it gave, after it did."""
        return ""

    def _extract_creds_from_mapping(self, mapping: Any, *names: str) -> list[Any]:
        """Values of a mapping, all of which must be there. Raises ``PartialCredentialsError``."""
        found: list[Any] = []
        for name in names:
            if name not in mapping:
                from sotalia import exceptions

                raise exceptions.PartialCredentialsError(provider=self.METHOD, cred_var=name)
            found.append(mapping[name])
        return found
