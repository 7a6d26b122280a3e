"""The region of the machine that a session runs on, which the defaults mode ``auto`` goes by."""

from __future__ import annotations

from sotalia.runtime import SingleFlight, drive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.session.core import SessionCore


class InstanceRegion:
    """Asks once for the region, and remembers also that nobody could tell."""

    def __init__(self, session: SessionCore) -> None:
        self._session = session
        self._region: str | None = None
        #: Whether it was asked for already, with whatever result.
        self.is_known = False

    def ask(self) -> str | None:
        """The region, ``None`` where nobody can tell.

        An async session asks only a function that somebody set, as making a client may not wait for the network; its
        clients ask at their first call: :meth:`find`.
        """
        session = self._session
        if not self.is_known and (session.instance_region or not session.runtime.is_async):
            if session.instance_region is not None:
                self.is_known = True  # Whatever happens now, later clients do not wait again.
                self._region = session.instance_region()
            else:
                drive(self.find())
        return self._region

    async def find(self) -> str | None:
        """Async form of :meth:`ask`. Concurrent callers share one search; ``None`` if it fails."""
        if not self.is_known:
            search: SingleFlight = self.__dict__.setdefault("_flight", SingleFlight())
            await search.share(self._search, self._session.runtime)
        return self._region

    async def _search(self) -> None:
        from sotalia.credentials.instance import instance_region

        if self.is_known:
            return  # Another search ended before this one began.
        try:
            self._region = await instance_region(self._session.chain_settings())
        except Exception:
            self._region = None  # Off EC2 nobody answers; that is no mistake of the caller's.
        self.is_known = True
