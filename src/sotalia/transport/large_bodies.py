"""A large piece of a body, received where it stays: no memory beside the bytes that the caller gets, and no copy."""

from __future__ import annotations

from io import BytesIO

from sotalia.transport.response_reader import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.transport.http11 import FillableStream

# Bytes of a piece at most. A body of any announced length is read in as many as it takes.
BLOCK = 256 * 1024**2


async def received(
    stream: FillableStream, chunks: list[bytes], awaited: int
) -> tuple[bytes, int, Exception | None]:
    """What is in ``chunks``, which are emptied, and of the ``awaited`` bytes behind it as many as fit.

    Returns the data, how many bytes came, and what ended it early. Raises that when there are no bytes at all.
    """
    position = sum(map(len, chunks))
    size = min(position + awaited, max(BLOCK, position))
    # The one object of Python that takes bytes where they lie and gives them out as ``bytes`` without copying them. Pages
    # that nothing has come for yet are not in use, so a peer that announces much costs nothing.
    memory = BytesIO(bytes(size))
    failure: Exception | None = None
    with memory.getbuffer() as view:
        position = 0
        for chunk in chunks:
            view[position : position + len(chunk)] = chunk
            position += len(chunk)
        # Nobody holds them while the rest comes: with hundreds of bodies under way they would be many.
        chunk = b""
        chunks.clear()
        with view[position:] as rest:
            try:
                await stream.fill(rest)
            except Exception as error:
                failure = error
    count = stream.filled
    if position + count == size:
        return memory.getvalue(), count, None
    if failure is None:
        failure = ProtocolError("the connection was closed in the middle of the response")
    if not position and not count:
        raise failure
    # The failure's traceback may still hold a view of the memory, which can therefore not be cut to size.
    return memory.getvalue()[: position + count], count, failure
