"""Providers in an order that users may change, as the reference lets them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class ProviderOrder:
    """A list of providers, each known by its ``METHOD``."""

    #: ``None`` until somebody wants the list: a chain can make its providers one by one.
    _providers: list[Any] | None = None
    #: The class of error for a name that no provider has.
    _unknown_error = "UnknownCredentialError"

    @property
    def providers(self) -> list[Any]:
        """The providers in order; the list may be changed."""
        if self._providers is None:
            self._providers = list(self._in_order())
        return self._providers

    @providers.setter
    def providers(self, providers: list[Any]) -> None:
        self._providers = providers

    def _in_order(self) -> Iterable[Any]:
        return self.providers

    def insert_before(self, name: str, provider: Any) -> None:
        """Put a provider before the one called ``name``. Raises ``UnknownCredentialError`` or its like for tokens."""
        self.providers.insert(self._index(name), provider)

    def insert_after(self, name: str, provider: Any) -> None:
        """Put a provider after the one called ``name``. Raises as :meth:`insert_before`."""
        self.providers.insert(self._index(name) + 1, provider)

    def remove(self, name: str) -> None:
        """Remove the provider called ``name``; none is passed over in silence."""
        for index, provider in enumerate(self.providers):
            if name == provider.METHOD:
                del self.providers[index]
                return

    def get_provider(self, name: str) -> Any:
        """The provider called ``name``. Raises as :meth:`insert_before`."""
        return self.providers[self._index(name)]

    def _index(self, name: str) -> int:
        for index, provider in enumerate(self.providers):
            if name == provider.METHOD:
                return index
        from sotalia import exceptions

        raise getattr(exceptions, self._unknown_error)(name=name)
