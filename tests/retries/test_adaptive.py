"""The adaptive mode: its rates beside botocore's over a scripted clock, and its waiting."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import botocore.retries.adaptive
import botocore.retries.bucket
import botocore.retries.standard
import botocore.retries.throttling
import pytest

from sotalia.retries.adaptive import RateLimiter
from sotalia.retries.rate import CubicRate, MeasuredRate, TokenBucket
from sotalia.runtime import AsyncioRuntime, SyncRuntime, drive
from tests.retries.reference import Case, outcome, reference_model
from tests.retries.test_standard import our_model


class Clock:
    """Seconds that pass only when told to; sleeping is told."""

    def __init__(self, now: float = 1000.3) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    current_time = __call__


class Sleeper(SyncRuntime):
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.sleeps: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.clock.now += seconds


def reference_limiter(clock: Clock) -> Any:
    return botocore.retries.adaptive.ClientRateLimiter(
        rate_adjustor=botocore.retries.throttling.CubicCalculator(0, clock.now),
        rate_clocker=botocore.retries.adaptive.RateClocker(clock),
        token_bucket=botocore.retries.bucket.TokenBucket(1, clock),
        throttling_detector=botocore.retries.standard.ThrottlingErrorDetector(
            botocore.retries.standard.RetryEventAdapter()
        ),
        clock=clock,
    )


@pytest.mark.parametrize("seed", range(8))
def test_rates_are_those_of_the_reference(seed: int) -> None:
    """Bursts, pauses, throttlings and failures: after each answer both allow the same rate and hold as many tokens."""
    chance = random.Random(seed)
    clock = Clock()
    theirs, ours = reference_limiter(clock), RateLimiter(Sleeper(clock), clock)
    cases = [
        (Case("s3", "GetObject", 1, 200), 20),
        (Case("s3", "GetObject", 1, 503, "SlowDown"), 3),
        (Case("s3", "GetObject", 1, 429), 1),
        (Case("s3", "GetObject", 1, 500), 1),
        (Case("s3", "GetObject", error=ConnectionError()), 1),
    ]
    models = reference_model("s3", "GetObject"), our_model("s3", "GetObject")
    enabled = 0
    for _ in range(3000):
        clock.now += chance.choice((0.0, 0.001, 0.02, 0.3, chance.random() * 3))
        case = chance.choices([case for case, _ in cases], [weight for _, weight in cases])[0]
        named = {"attempts": 1, "caught_exception": case.error, "request_dict": {"context": {}}}
        theirs.on_receiving_response(response=outcome(case), operation=models[0], **named)
        ours.measure(response=outcome(case), operation=models[1], **named)
        bucket = theirs._token_bucket
        assert ours.rate == pytest.approx(bucket.max_rate, rel=1e-9)
        assert ours._bucket.available == pytest.approx(bucket.available_capacity, abs=1e-6)
        assert ours.is_enabled is theirs._enabled
        if theirs._enabled and bucket._current_capacity >= 1:
            theirs.on_sending_request(request=None)
            waiting = ours.before_send(request=None)
            assert waiting is not None
            drive(waiting)
            enabled += 1
    assert enabled > 100
    assert ours._runtime.sleeps == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("rate", "seconds", "expected"),
    [(10.0, 0.0, 7.0), (10.0, 1.9574338205844317, 10.0), (10.0, 3.0, 10.4534), (100.0, 0.0, 70.0)],
)
def test_cubic_rate(rate: float, seconds: float, expected: float) -> None:
    """Right after a throttling 0.7 of the rate, at the plateau the rate itself, beyond it more."""
    cubic = CubicRate(0.0)
    assert cubic.throttled(rate, 5.0) == pytest.approx(rate * 0.7)
    assert cubic.succeeded(5.0 + seconds) == pytest.approx(expected, abs=1e-3)


def test_measured_rate_is_smoothed() -> None:
    measured = MeasuredRate(0.0)
    rates = [measured.record(now) for now in (0.1, 0.2, 0.6, 0.7, 1.1)]
    assert rates == pytest.approx([0, 0, 4.8, 4.8, 0.8 * 4 + 0.2 * 4.8])


def test_tokens_come_in_order_and_at_the_rate() -> None:
    bucket = TokenBucket(0.0, rate=2.0)
    numbers = [bucket.take_number() for _ in range(4)]
    assert [bucket.due_in(number, 0.0) for number in numbers] == [0.5, 1.0, 1.5, 2.0]
    assert [bucket.due_in(number, 1.0) for number in numbers] == [0.0, 0.0, 0.5, 1.0]
    bucket.set_rate(4.0, 1.0)
    assert [bucket.due_in(number, 1.0) for number in numbers[2:]] == [0.25, 0.5]
    bucket.give_back()
    assert [bucket.due_in(number, 1.0) for number in numbers[2:]] == [0.0, 0.25]
    bucket.set_rate(0.0, 1.0)
    assert bucket.rate == 0.5
    assert bucket.due_in(numbers[3], 0.5) == 2.0  # a clock that goes back takes nothing away


def throttled(limiter: RateLimiter) -> None:
    case = Case("s3", "GetObject", 1, 503, "SlowDown")
    limiter.measure(response=outcome(case), operation=our_model("s3", "GetObject"))


def test_nothing_waits_before_the_first_throttling() -> None:
    clock = Clock()
    limiter = RateLimiter(Sleeper(clock), clock)
    assert limiter.before_send(request=None) is None
    throttled(limiter)
    waiting = limiter.before_send(request=None)
    assert waiting is not None
    drive(waiting)
    assert limiter.rate == 0.5
    assert clock.now == pytest.approx(1002.3)  # one token at the lowest rate
    assert max(limiter._runtime.sleeps) <= 0.5  # type: ignore[attr-defined]


class Steps(AsyncioRuntime):
    """Sleeps by letting all other tasks run, then moving the clock on to the earliest sleeper."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.sleeping: list[float] = []

    async def sleep(self, seconds: float) -> None:
        until = self.clock.now + seconds
        self.sleeping.append(until)
        try:
            while self.clock.now < until:
                await asyncio.sleep(0)
                if self.clock.now < until and until == min(self.sleeping):
                    self.clock.now = until
        finally:
            self.sleeping.remove(until)


def test_many_tasks_are_served_in_order_while_the_loop_runs() -> None:
    """200 tasks wait at once, none holds the loop or the lock; a cancelled one leaves its token to the next."""

    async def scenario() -> tuple[list[int], int, float]:
        clock = Clock(0.0)
        limiter = RateLimiter(Steps(clock), clock)
        throttled(limiter)
        order: list[int] = []
        ticks = 0

        async def send(number: int) -> None:
            waiting = limiter.before_send(request=None)
            assert waiting is not None
            await waiting
            order.append(number)

        async def tick() -> None:
            nonlocal ticks
            while len(order) < 199:
                assert not limiter._lock.locked()
                ticks += 1
                await asyncio.sleep(0)

        tasks = [asyncio.ensure_future(send(number)) for number in range(200)]
        await asyncio.sleep(0)
        tasks[100].cancel()
        await asyncio.gather(tick(), *tasks, return_exceptions=True)
        return order, ticks, clock.now

    order, ticks, now = asyncio.run(scenario())
    assert order == [number for number in range(200) if number != 100]
    assert ticks > 199
    assert now == pytest.approx(199 / 0.5, abs=0.6)


def test_threads_share_one_limit() -> None:
    from threading import Thread

    clock = Clock(0.0)
    limiter = RateLimiter(Sleeper(clock), clock)
    throttled(limiter)
    done: list[int] = []

    def send() -> None:
        for _ in range(20):
            waiting = limiter.before_send(request=None)
            assert waiting is not None
            drive(waiting)
            done.append(1)

    threads = [Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 160
    assert limiter._bucket._numbers == 160
    assert limiter._bucket._filled >= 160 - 1e-6
