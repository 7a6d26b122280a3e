"""What lasts for a block: used by ``with``, by ``async with``, or from ``start()`` to ``stop()``."""

from __future__ import annotations

from sotalia.runtime.pickling import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Self


class Block:
    """A subclass says what ``start`` and ``stop`` do. It ends however its block does."""

    if TYPE_CHECKING:

        def start(self) -> Self:
            """Begin, and give itself."""
            raise NotImplementedError

        def stop(self) -> None:
            """End."""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Raise ``pickle.PicklingError``."""
        refuse(repr(self), "it is about the calls of this process; begin another one where it is needed")
