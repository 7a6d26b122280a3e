"""Our reader beside h11: a sample of random conversations, those that Hypothesis finds, and some over real sockets."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from sotalia import exceptions
from tests.transport import oracle
from tests.transport.conftest import Peer
from tests.transport.oracle import (
    Pair,
    RandomChoices,
    Turn,
    compare,
    h11_outcome,
    make_pieces,
    make_response,
    make_turn,
)
from tests.transport.servers import Connection
from tests.transport.test_faults import callers  # noqa: F401 - a fixture


class DrawnChoices:
    """Decisions of Hypothesis, which looks for the smallest ones that fail."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def pick(self, options: Any) -> Any:
        return self._draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        drawn: int = self._draw(st.integers(low, high))
        return drawn


@st.composite
def turns(draw: Any) -> Turn:
    return make_turn(DrawnChoices(draw))


class Conversations(RuleBasedStateMachine):
    """A connection that goes on while both say that it may, and a new one otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.pair = Pair()

    @precondition(lambda self: self.pair.is_open)
    @rule(turn=turns())
    def exchange(self, turn: Turn) -> None:
        assert self.pair.turn(turn) is None

    @precondition(lambda self: not self.pair.is_open)
    @rule()
    def connect(self) -> None:
        self.pair = Pair()


TestConversations = Conversations.TestCase
TestConversations.settings = settings(
    max_examples=60,
    stateful_step_count=8,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_a_sample() -> None:
    counts, differences = oracle.run(3000, seed=11)
    assert not differences, differences[0]
    # The sample is no good if nothing in it goes well.
    assert counts["responses"] > 1000
    assert counts["reused"] > 300


@pytest.mark.parametrize("seed", range(6))
def test_cuts_at_every_byte(seed: int) -> None:
    """Whether the peer closes or falls silent there, in one piece or byte by byte."""
    choices = RandomChoices(seed)
    data = make_response(choices)[:400]
    for method in ("GET", "HEAD"):
        for end in range(len(data) + 1):
            for closes in (False, True):
                for pieces in ([data[:end]] if end else [], [data[n : n + 1] for n in range(end)]):
                    assert Pair().turn(Turn(method, {}, None, pieces, closes)) is None


@pytest.mark.parametrize("name", oracle.STRICTER)
def test_what_is_stricter_has_an_example(name: str) -> None:
    """Each reason refuses something that h11 takes, or it is none any more."""
    ok = b"HTTP/1.1 200 OK\r\n"
    example = {
        "a line feed alone ends a line": b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "control characters": ok + b"X: a\x01b\r\nContent-Length: 0\r\n\r\n",
        "a length beside chunks": ok + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "another major version": b"HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    }[name]
    pattern, reason = oracle.STRICTER[name]
    assert pattern.search(example), reason
    turn = Turn("GET", {}, None, [example], closes=True)
    assert h11_outcome(turn).kind == "response"
    assert Pair().turn(turn) is None
    assert not Pair().turn(turn)


# -- over sockets --------------------------------------------------------------------------------------------------


class Player:
    """Plays a turn on the first connection, and responds to everything else with the path."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.connections = 0
        self.played = threading.Event()

    def __call__(self, connection: Connection) -> None:
        self.connections += 1
        if self.connections == 1:
            try:
                self._play(connection)
            finally:
                self.played.set()
            if self.turn.closes:
                return
        while True:
            head, _ = connection.request()
            path = head.split()[1]
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(path), path))

    def _play(self, connection: Connection) -> None:
        connection.request()
        for piece in self.turn.pieces:
            connection.send(piece)


def _socket_turns(count: int) -> list[Turn]:
    """Turns in which a server need not wait: it closes wherever the response is not whole."""
    choices = RandomChoices(4)
    found = []
    while len(found) < count:
        turn = make_turn(choices)
        turn.headers.pop("Expect", None)
        turn.breaks_after = None
        turn.closes = turn.closes or h11_outcome(turn).kind != "response" or oracle.is_stricter(turn)
        turn.pieces = make_pieces(choices, b"".join(turn.pieces))[:40] or [b"HTTP/1.1 204 No Content\r\n\r\n"]
        turn.closes = turn.closes or h11_outcome(turn).kind != "response"
        found.append(turn)
    return found


@pytest.mark.parametrize(
    "turn", _socket_turns(25), ids=lambda turn: re.sub(r"\W+", " ", repr(turn.pieces))[:40]
)
def test_over_sockets(callers: Any, peer: Peer, turn: Turn) -> None:  # noqa: F811
    theirs = h11_outcome(turn)
    player = Player(turn)
    caller = callers(read_timeout=20, **peer.options)
    ours = oracle.Outcome("refused")
    with peer.serving(player) as address:
        try:
            response = caller.send(turn.prepared(f"{address}/first"))
        except exceptions.ConnectionClosedError as error:
            ours.reason = error
        else:
            ours = oracle.Outcome("response")
            ours.status, ours.body = response.status_code, response.content
            ours.headers = dict(response.headers.lower_items())
        assert player.played.wait(20)
        if not turn.closes:
            again = caller.send(turn_after(address))
            assert (again.status_code, again.content) == (200, b"/second")
            ours.is_reusable = caller.transport.pool.opened == 1
        assert compare(ours, theirs, turn) is None


def turn_after(address: str) -> Any:
    return Turn("GET", {}, None, [], closes=False).prepared(f"{address}/second")
