"""Source code with one mistake each. ``§`` stands before what a finding has to point at, and is no part of the source."""

from __future__ import annotations

# What most of them begin with.
S3 = 'import boto3\ns3 = boto3.client("s3")\nevents = s3.meta.events\n'
SESSION = "from boto3.session import Session\nsession = Session()\n"
TYPED = "import sotalia\nfrom sotalia.events import *\nfrom sotalia.events import BeforeCall, BeforeSend, NeedsRetry\n"
TYPED += 'events = sotalia.client("s3").meta.events\n'
HANDLER = "def handler(**kwargs): pass\n"

#: (source, code, words of the message)
BROKEN: list[tuple[str, str, str]] = [
    # Each part misspelt, on a client that the file makes.
    (S3 + 'events.register(§"before-cal.s3.ListBuckets", print)', "unknown-event", "'before-call.s3.ListBuckets'"),
    (S3 + 'events.register(§"before_call.s3.ListBuckets", print)', "unknown-event", "'before-call.s3.ListBuckets'"),
    (S3 + 'events.register(§"my-own-event", print)', "unknown-event", "sotalia: ignore[unknown-event]"),
    (S3 + 'events.register(§"before-call.S3.ListBuckets", print)', "wrong-service", "'before-call.s3.ListBuckets'"),
    (S3 + 'events.register(§"before-call.ec2.RunInstances", print)', "wrong-service", "a client of s3"),
    (S3 + 'events.register(§"before-call.s3.list_buckets", print)', "unknown-operation", "'before-call.s3.ListBuckets'"),
    (S3 + 'events.register(§"before-call.s3.listBuckets", print)', "unknown-operation", "'before-call.s3.ListBuckets'"),
    (S3 + 'events.register(§"before-call.*.get_object", print)', "unknown-operation", "'before-call.*.GetObject'"),
    (S3 + 'events.register(§"before-call.s3.List*", print)', "glued-wildcard", "'before-call.s3.*'"),
    (S3 + 'events.register(§"before-call..ListBuckets", print)', "empty-part", "'before-call.ListBuckets'"),
    (S3 + 'events.register(§"", print)', "empty-part", "empty part"),
    (S3 + 'events.register(§"before-call.s3.GetObject.x", print)', "too-many-parts", "'before-call.s3.GetObject'"),
    (S3 + 'events.register(§"creating-client-class.s3", print)', "session-event", "session.events"),
    (S3 + 'events.register_first(§"needs_retry.s3", print)', "unknown-event", "'needs-retry.s3'"),
    (S3 + 'events.register_last(§"after-calls.s3", print)', "unknown-event", "'after-call.s3'"),
    (S3 + 'events.register(handler=print, event_name=§"after-calls.s3")', "unknown-event", "'after-call.s3'"),
    # On a session.
    (SESSION + 'session.events.register(§"creating-client.s3", print)', "unknown-event", "'creating-client-class.s3'"),
    (SESSION + 'session.events.register(§"before-call.s33", print)', "unknown-service", "'before-call.s3'"),
    (SESSION + 'session.events.register(§"before-call.dynamo-db", print)', "unknown-service", "'before-call.dynamodb'"),
    (SESSION + 'session.events.register(§"creating-resource-class.s3.Buckets", print)', "unknown-resource", "s3.Bucket'"),
    (SESSION + 'session.events.register(§"before-call.logs.put_log_events", print)', "unknown-operation", "PutLogEvents"),
    ("import boto3\nboto3.DEFAULT_SESSION.events.register(§'befor-send', print)", "unknown-event", "'before-send'"),
    (
        "import botocore.session\nsession = botocore.session.get_session()\nsession.register(§'before-sent.s3', print)",
        "unknown-event", "'before-send.s3'",
    ),
    (
        "from botocore.session import get_session\nget_session().get_component('event_emitter').register(§'ListBuckets', 0)",
        "unknown-event", "no event 'ListBuckets'",
    ),
    # Ways to a client.
    ('import boto3\nboto3.client("logs").meta.events.register(§"before-call.log", print)', "wrong-service", "cloudwatch-logs"),
    ('import boto3 as aws\naws.client(service_name="sqs").meta.events.register(§"before-call.sns", 0)', "wrong-service", "sqs"),
    ('from boto3 import client\nclient("sqs").meta.events.register(§"before-call.sns", 0)', "wrong-service", "'before-call.sqs'"),
    ('import sotalia as boto3\nboto3.client("sqs").meta.events.register(§"before-call.sns", 0)', "wrong-service", "sqs"),
    (
        "import boto3\nbucket = boto3.resource('s3').Bucket('b')\nbucket.meta.client.meta.events.register(§'before-call.s4', 0)",
        "wrong-service", "'before-call.s3'",
    ),
    (
        "import aioboto3\nasync def main():\n    async with aioboto3.Session().client('s3') as c:\n"
        "        c.meta.events.register(§'before-call.s3.GetObjec', 0)",
        "unknown-operation", "GetObject",
    ),
    (
        "from contextlib import AsyncExitStack\nfrom sotalia import AsyncSession\nasync def main():\n"
        "    async with AsyncExitStack() as stack:\n"
        "        s3 = await stack.enter_async_context(AsyncSession().client('s3'))\n"
        "        s3.meta.events.register(§'before-call.s3.GetObjec', 0)",
        "unknown-operation", "GetObject",
    ),
    (
        "import boto3\nclass App:\n    def __init__(self, session=None):\n        self.session = session or boto3.Session()\n"
        "        self.client = self.session.client('s3')\n        self.events = self.client.meta.events\n"
        "    def start(self):\n        self.events.register(§'before-call.dynamodb', print)",
        "wrong-service", "'before-call.s3'",
    ),
    (
        "import boto3\nclass App:\n    @property\n    def client(self): return boto3.client('s3')\n"
        "    def start(self): self.client.meta.events.register(§'before-call.s3.getObject', 0)",
        "unknown-operation", "GetObject",
    ),
    (
        "import boto3\ndef make(): return boto3.client('s3')\ndef use():\n    make().meta.events.register(§'before-call.sqs', 0)",
        "wrong-service", "'before-call.s3'",
    ),
    ("import boto3\nCLIENT = boto3.client('s3')\ndef use(): CLIENT.meta.events.register(§'before-call.sqs', 0)", "wrong-service", "s3"),
    (
        "import boto3\nc = None\ndef init():\n    global c\n    c = boto3.client('s3')\n"
        "def use():\n    if c is not None:\n        c.meta.events.register(§'before-call.sqs', 0)",
        "wrong-service", "'before-call.s3'",
    ),
    (
        "from mypy_boto3_s3 import S3Client\ndef use(c: S3Client): c.meta.events.register(§'before-call.s3.getobject', 0)",
        "unknown-operation", "GetObject",
    ),
    (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from mypy_boto3_s3.client import S3Client\n"
        "def use(c: 'S3Client | None'): c.meta.events.register(§'before-call.sqs', 0)",
        "wrong-service", "'before-call.s3'",
    ),
    # On something that is given, of which nothing else is known.
    ("import boto3\ndef install(client): client.meta.events.register(§'before-call.s3.get_object', 0)", "unknown-operation", "GetO"),
    ("import boto3\ndef install(client): client.meta.events.register(§'creating-client-class.s3', 0)", "session-event", "session"),
    ("import boto3\ndef install(session): session.events.register(§'before-cal.s3', 0)", "unknown-event", "'before-call.s3'"),
    ("import boto3\ndef install(emitter): emitter.register(§'before-call.s4', 0)", "unknown-service", "no service 's4'"),
    ("def install(emitter): emitter.register(§'before-call.s3.list_buckets', 0)", "unknown-operation", "ListBuckets"),
    # Names that are put together.
    (S3 + 'NAME = "before-call.s3.Nonsense"\nevents.register(§NAME, print)', "unknown-operation", "'Nonsense'"),
    (S3 + 'EVENT = "before-cal"\nevents.register(§f"{EVENT}.s3", print)', "unknown-event", "'before-call.s3'"),
    (S3 + 'def f(op): events.register(§f"before-cal.s3.{op}", print)', "unknown-event", "'before-call.s3.*'"),
    (S3 + 'def f(x): events.register(§f"before-call.{x}.put_object", print)', "unknown-operation", "PutObject"),
    (S3 + 'def f(op): events.register(§"before-cal.s3.%s" % op, print)', "unknown-event", "'before-call.s3.*'"),
    (S3 + 'def f(op): events.register(§"before-cal.{}.{}".format("s3", op), print)', "unknown-event", "'before-call.s3.*'"),
    (S3 + 'events.register(§"before-call" + "." + "s4", print)', "wrong-service", "'before-call.s3'"),
    (S3 + 'events.register(§".".join(["before-call", "s4"]), print)', "wrong-service", "'before-call.s3'"),
    (S3 + 'for name in ("before-call", "after-cal"):\n    events.register(§f"{name}.s3", print)', "unknown-event", "after-call"),
    (S3 + 'for name, h in {"before-cal.s3": print}.items(): events.register(§name, h)', "unknown-event", "before-call"),
    (S3 + 'class Names:\n    CALL = "before-cal.s3"\nevents.register(§Names.CALL, print)', "unknown-event", "before-call"),
    (S3 + '[events.register(§f"before-call.s3.{op}", print) for op in ("GetObject", "Put")]', "unknown-operation", "'Put'"),
    # Handlers.
    (S3 + "def h(parms, **kw): pass\nevents.register('before-call.s3', §h)", "unknown-argument", "did you mean 'params'"),
    (S3 + "events.register('before-call.s3', §lambda request, **kw: None)", "unknown-argument", "never sends the argument 'request'"),
    (S3 + "def h(*, attempt, **kw): pass\nevents.register('needs-retry.s3', handler=§h)", "unknown-argument", "'attempts'"),
    (
        S3 + "class H:\n    def go(self, parms, **kw): pass\n    def start(self): events.register('before-call.s3', §self.go)",
        "unknown-argument", "'H.go'",
    ),
    (
        S3 + "from functools import partial\ndef h(mine, client, **kw): pass\nevents.register('before-send.s3', §partial(h, 1))",
        "unknown-argument", "'client'",
    ),
    (S3 + "class H:\n    def __call__(self, parms, **kw): pass\nevents.register('before-call.s3', §H())", "unknown-argument", "params"),
    (S3 + "def h(params): pass\nevents.register('before-call.s3', §h)", "no-kwargs", "add **kwargs"),
    (S3 + "def f(name): events.register(name, §lambda params: None)", "no-kwargs", "<lambda>"),
    (S3 + "async def h(**kw): pass\nevents.register('before-call.s3', §h)", "async-handler", "synchronous"),
    (S3 + HANDLER + "events.register('before-call.s3', handler)\n§events.register('before-call.s3', handler)", "registered-twice", "5"),
    (
        S3 + HANDLER + "events.register('before-call.s3', handler, 'a')\n§events.register('after-call.s3', handler, unique_id='a')",
        "hidden-by-id", "'a'",
    ),
    # Typed handlers.
    (TYPED + "@events.on(BeforeCall, operation=§'list_buckets')\ndef h(event): pass", "unknown-operation", "'before-call.s3.ListBuckets'"),
    (TYPED + "events.on(BeforeCall, print, operation=§['GetObject', 'Put'])", "unknown-operation", "'Put'"),
    (TYPED + "events.on(BeforeCall, print, service=§'sqs')", "wrong-service", "'before-call.s3'"),
    (TYPED + "§events.on(BeforeCall, print, resource='Bucket')", "wrong-place", "BeforeCall has no resource"),
    (TYPED + "from sotalia.events import ClientCreated\n§events.on(ClientCreated, print)", "session-event", "session.events"),
    (TYPED + "@events.on(BeforeCall)\n§async def h(event): pass", "async-handler", "synchronous"),
    (TYPED + "@events.on(BeforeCall)\ndef h(event):\n    print(§event.paramz)", "unknown-attribute", "did you mean 'params'"),
    (TYPED + "def h(event: BeforeSend) -> None:\n    §event.header['a'] = 'b'", "unknown-attribute", "did you mean 'headers'"),
    (TYPED + "def h(event: 'NeedsRetry') -> None:\n    if x: §event.retry(3)", "unknown-attribute", "NeedsRetry"),
    (TYPED + "def h(event: BeforeCall):\n    §event.model = None", "read-only-attribute", "'model' cannot be replaced"),
    # The rest of a file.
    ("a = 1\nif a:\n    b = (§]\n", "syntax-error", "does not match"),
    (S3 + 'text = "für"; events.register(§"ä" and "before-cal.s3", print)', "unknown-event", "before-call"),
]  # fmt: skip


def unmarked(marked: str) -> tuple[str, int, int]:
    """A source, and the line and column of what its mark stands before."""
    before, _, after = marked.partition("§")
    return before + after, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
