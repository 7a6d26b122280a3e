"""Order between handlers by name: what is asked for holds, what is not stays as botocore has it."""

from __future__ import annotations

import copy
import pickle
from itertools import pairwise, permutations
from typing import Any

import pytest
from botocore.hooks import HierarchicalEmitter
from hypothesis import given
from hypothesis import strategies as st

from sotalia.events import (
    BeforeCall,
    BeforeParameterBuild,
    BeforeSend,
    EventRegistry,
    NeedsRetry,
    OrderError,
    RequestCreated,
)
from sotalia.events.handlers import TypedHandler
from sotalia.events.order import Wish, name_of
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind

EMISSION = "before-call.s3.ListObjectsV2"
# Every name that an emission of EMISSION reaches.
LEVELS = [
    "before-call",
    "*",
    "before-call.*",
    "before-call.s3",
    "*.s3",
    "before-call.*.ListObjectsV2",
    "before-call.s3.*",
    "before-call.s3.ListObjectsV2",
]
REGISTER = ("register_first", "register", "register_last")
LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


def before_call_audit(event: BeforeCall) -> None:
    """A handler that can be pickled."""


def handler(name: str, log: list[str]) -> Any:
    def call(**kwargs: Any) -> None:
        log.append(name)

    call.__name__ = name
    return call


def emitted(events: Any) -> list[str]:
    return [name_of(handler) for handler in events.handlers(EMISSION)]


rows = st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from(REGISTER)), max_size=12)


@given(rows)
def test_without_constraints_the_order_is_botocores(rows: list[tuple[str, str]]) -> None:
    ours, theirs = EventRegistry(), HierarchicalEmitter()
    log: list[str] = []
    for number, (level, register) in enumerate(rows):
        for registry in (ours, theirs):
            getattr(registry, register)(level, handler(f"h{number}", log))
    theirs.emit(EMISSION)
    expected = log.copy()
    log.clear()
    ours.emit(EMISSION)
    assert log == expected


class Asked:
    """One registration with constraints, as drawn."""

    def __init__(self, level: str, position: str, before: set[int], after: set[int]) -> None:
        self.level, self.position, self.before, self.after = level, position, before, after

    def __repr__(self) -> str:
        return f"Asked({self.level!r}, {self.position!r}, {self.before}, {self.after})"


numbers = st.sets(st.integers(0, 9), max_size=2)
asked = st.lists(
    st.builds(Asked, st.sampled_from(LEVELS), st.sampled_from(["", "first", "last"]), numbers, numbers),
    min_size=1,
    max_size=8,
)


def has_circle(edges: set[tuple[int, int]]) -> bool:
    """Plain search, as an oracle: every edge of a circle leads back to its start."""
    following: dict[int, set[int]] = {}
    for one, other in edges:
        following.setdefault(one, set()).add(other)
    for start in following:
        reached, todo = set(), [start]
        while todo:
            for each in following.get(todo.pop(), ()):
                if each == start:
                    return True
                if each not in reached:
                    reached.add(each)
                    todo.append(each)
    return False


@given(asked)
def test_what_can_be_satisfied_is(asked: list[Asked]) -> None:
    events, reference = EventRegistry(), HierarchicalEmitter()
    wanted: set[tuple[int, int]] = set()
    registered: list[int] = []
    for number, each in enumerate(asked):
        edges = {(number, other) for other in each.before} | {(other, number) for other in each.after}
        before = events.handlers(EMISSION)
        name = f"h{number}"

        def function(event: Any) -> None: ...

        wish = Wish(name, [f"h{other}" for other in each.before], [f"h{other}" for other in each.after], None)
        wrapped = TypedHandler(BeforeCall, function, wish.of(function))
        register = {"": "register", "first": "register_first", "last": "register_last"}[each.position]
        if has_circle(wanted | edges):
            with pytest.raises(OrderError) as caught:
                events.refuse_circle([each.level], wrapped)
            circle = caught.value.circle
            assert circle[0] == circle[-1] == name
            assert set(pairwise(int(part[1:]) for part in circle)) <= wanted | edges
            assert events.handlers(EMISSION) == before
            continue
        events.refuse_circle([each.level], wrapped)
        getattr(events, register)(each.level, wrapped)
        getattr(reference, register)(each.level, wrapped)
        wanted |= edges
        registered.append(number)
    order = [int(name[1:]) for name in emitted(events)]
    assert sorted(order) == registered
    for one, other in wanted:
        if one in registered and other in registered:
            assert order.index(one) < order.index(other)


@given(rows, st.data())
def test_handlers_without_constraints_stay_where_they_can(rows: list[tuple[str, str]], data: Any) -> None:
    """One handler with one constraint never moves another one."""
    events, reference = EventRegistry(), EventRegistry()
    for number, (level, register) in enumerate(rows):
        for registry in (events, reference):
            getattr(registry, register)(level, handler(f"h{number}", []))
    names = emitted(reference)
    target = data.draw(st.sampled_from([*names, "nobody"]))
    which = data.draw(st.sampled_from(["before", "after"]))
    events.on(BeforeCall, lambda event: None, name="mine", **{which: target})
    order = emitted(events)
    assert [name for name in order if name != "mine"] == names
    if target != "nobody":
        assert (order.index("mine") < order.index(target)) is (which == "before")
    else:
        reference.on(BeforeCall, lambda event: None, name="mine")
        assert order == emitted(reference)


def test_across_levels(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(200, body=LISTING)] * 2)
    events, log = client.meta.events, []

    def defaults(**kwargs: Any) -> None:
        log.append("defaults")

    events.register("before-call.s3", defaults)
    events.register("before-call.*.*", lambda **kwargs: log.append("stamp"), unique_id="stamp")
    events.on(BeforeCall, lambda event: log.append("audit"), name="audit", before="stamp", after=["defaults"])
    client.list_objects_v2(Bucket="b")
    assert log == ["defaults", "audit", "stamp"]
    # A handler that comes later is found by its name too.
    log.clear()
    events.on(BeforeCall, lambda event: log.append("early"), name="early", before="late")
    events.register_first("before-call.*", handler("late", log))
    client.list_objects_v2(Bucket="b")
    assert log.index("early") < log.index("late")


def test_names_of_built_in_handlers(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(200, body=LISTING)])
    seen: list[tuple[str, bool]] = []

    def look(when: str) -> Any:
        return lambda event: seen.append((when, "Authorization" in event.headers))

    events = client.meta.events
    events.on(RequestCreated, look("before"), last=True, before="sign")
    events.on(RequestCreated, look("after"), first=True, after="sign")
    client.list_objects_v2(Bucket="b")
    assert seen == [("before", False), ("after", True)]
    names = {
        name_of(handler)
        for event in ("request-created", "needs-retry", "before-send", "before-parameter-build", "after-call")
        for handler in events.handlers(f"{event}.s3.ListObjectsV2")
    }
    assert {"sign", "user_agent", "retry", "clock_skew", "fill_idempotency_tokens"} <= names


def test_adaptive_and_legacy_retries_are_named(client_kind: Kind) -> None:
    from sotalia.config import Config

    for mode, more in (("adaptive", {"rate_limit", "measure_rate"}), ("legacy", set[str]())):
        client = client_kind.scripted("sqs", [], config=Config(retries={"mode": mode}))
        names = {
            name_of(handler)
            for event in (BeforeSend, NeedsRetry)
            for handler in client.meta.events.handlers(event.name("sqs", "SendMessage"))
        }
        assert {"retry", *more} <= names


def test_hooks(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(200, body=LISTING)])
    events, log = client.meta.events, []

    def hook(name: str) -> Any:
        def around(call: Any, proceed: Any) -> Any:
            log.append(name)
            return proceed()

        around.__name__ = name
        return around

    events.around_call(hook("plain"))
    events.around_call(hook("inner"), "s3.ListObjectsV2", after=["plain", "outer"])
    events.around_call(hook("any"), unique_id="outer", before="plain")
    events.around_attempt(hook("second"), "s3", name="two", after="one")
    events.around_attempt(hook("first"), name="one")
    client.list_objects_v2(Bucket="b")
    assert log == ["any", "plain", "inner", "first", "second"]


def test_impossible_orders_show_the_circle() -> None:
    events = EventRegistry()
    events.on(BeforeCall, lambda event: None, name="audit", before="stamp")
    before = events.handlers(EMISSION)
    with pytest.raises(
        OrderError, match=r"impossible: stamp -> audit -> stamp .*test_order\.py:\d+"
    ) as caught:
        events.on(BeforeCall, lambda event: None, operation=["A", "B"], name="stamp", before="audit")
    assert caught.value.circle == ("stamp", "audit", "stamp")
    assert events.handlers(EMISSION) is before
    assert events.handlers("before-call.s3.A") == before
    with pytest.raises(OrderError, match="me -> me"):
        events.on(BeforeCall, lambda event: None, name="me", after="me")
    # Also by a name that nobody has yet: a plain handler of that name may come at any time.
    events.on(BeforeCall, lambda event: None, name="one", before="later")
    with pytest.raises(OrderError, match="two -> one -> later -> two"):
        events.on(BeforeCall, lambda event: None, name="two", before="one", after="later")
    hook: Any = lambda call, proceed: proceed()  # noqa: E731
    events.around_call(hook, name="outer", before="inner")
    with pytest.raises(OrderError, match="inner -> outer -> inner"):
        events.around_call(hook, "s3.PutObject", name="inner", before="outer")
    assert len(events.targets("call", "s3.PutObject")) == 1


def test_what_no_emission_brings_together_is_no_circle() -> None:
    events = EventRegistry()
    events.on(BeforeCall, lambda event: None, operation="A", name="one", before="two")
    events.on(BeforeCall, lambda event: None, operation="B", name="two", before="one")
    events.on(BeforeParameterBuild, lambda event: None, name="two", before="one")
    with pytest.raises(OrderError):
        events.on(BeforeCall, lambda event: None, name="two", before="one")
    hook: Any = lambda call, proceed: proceed()  # noqa: E731
    events.around_call(hook, name="x", before="y")
    events.around_attempt(hook, name="y", before="x")


def test_same_names_are_no_circle_when_they_can_be_satisfied() -> None:
    events = EventRegistry()
    events.on(BeforeCall, lambda event: None, name="same", before="middle")
    events.on(BeforeCall, lambda event: None, name="middle")
    events.on(BeforeCall, lambda event: None, name="same", after="middle")
    assert emitted(events) == ["same", "middle", "same"]


@pytest.mark.parametrize(
    "wrong", [{"before": [1]}, {"after": [""]}, {"name": ""}, {"name": 3}, {"before": 3}]
)
def test_what_is_no_name_is_refused(wrong: dict[str, Any]) -> None:
    events = EventRegistry()
    with pytest.raises(TypeError):
        events.on(BeforeCall, lambda event: None, **wrong)
    assert events.handlers(EMISSION) == ()


def test_constraints_can_be_taken_back() -> None:
    events = EventRegistry()
    events.register("before-call.s3", handler("stamp", []))
    registration = events.on(BeforeCall, before_call_audit, after="stamp")
    events.on(BeforeCall, lambda event: None, name="other", before="stamp")
    assert emitted(events) == ["other", "stamp", "before_call_audit"]
    assert registration.remove()
    assert emitted(events) == ["other", "stamp"]


def test_copies_and_pickles_keep_the_order() -> None:
    events = EventRegistry()
    events.on(BeforeCall, before_call_audit, name="audit", before="first")
    events.register("before-call.*", pickled_first, unique_id="first")
    for twin in (events, copy.copy(events), copy.deepcopy(events), pickle.loads(pickle.dumps(events))):
        assert emitted(twin)[0] == "audit"
        assert [name_of(h, twin.unique_ids()) for h in twin.handlers(EMISSION)] == ["audit", "first"]


def pickled_first(**kwargs: Any) -> None:
    """A handler that can be pickled."""


def test_any_order_of_registration_gives_the_same_chain() -> None:
    for order in permutations(range(4)):
        events = EventRegistry()
        for number in order:
            events.on(BeforeCall, lambda event: None, name=f"h{number}", before=f"h{number + 1}")
        assert emitted(events) == ["h0", "h1", "h2", "h3"]


def test_many_constraints_are_checked_quickly() -> None:
    """A chain in which each wants to stand after all others has 2**60 ways through it."""
    events = EventRegistry()
    for number in range(60):
        events.on(BeforeCall, lambda event: None, name=f"h{number}", after=[f"h{n}" for n in range(number)])
    assert emitted(events) == [f"h{number}" for number in range(60)]
    with pytest.raises(OrderError, match="h60 -> h0 -> h60"):
        events.on(BeforeCall, lambda event: None, name="h60", before="h0", after="h0")
