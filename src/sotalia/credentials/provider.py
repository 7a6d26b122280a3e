"""What a credential provider is. A caller's own may be plain (``load`` returns) or asynchronous (``load`` is awaited)."""

from __future__ import annotations

from typing import Any


class CredentialProvider:
    """One source of credentials: ``load`` gives them, or ``None`` when this source has none.

    ``METHOD`` names the source; it appears in errors, in the order of the chain and in credentials. ``CANONICAL_NAME``
    is what ``credential_source`` of a profile calls it, where it may be named there.
    """

    METHOD: str = ""
    CANONICAL_NAME: str | None = None

    def load(self) -> Any:
        """Credentials, ``None``, or a coroutine of either. Raises for a source that is there but broken."""
        raise NotImplementedError

    def _extract(self, mapping: Any, *names: str) -> list[Any]:
        """Values of a mapping, all of which must be there. Raises ``PartialCredentialsError``."""
        found = []
        for name in names:
            value = mapping.get(name)
            if value is None:
                from sotalia import exceptions

                raise exceptions.PartialCredentialsError(provider=self.METHOD, cred_var=name)
            found.append(value)
        return found
