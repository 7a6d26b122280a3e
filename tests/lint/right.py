"""Source code without a mistake, or of which only the running program knows whether it has one."""

from __future__ import annotations

from tests.lint.broken import HANDLER, S3, SESSION, TYPED

RIGHT = [
    # The receiver.
    "import registry\nregistry.register('before-call', print)\nregistry.register('before_call.x', lambda request: 0)",
    "signals.register('before-send.notification', lambda sender: 0)",
    "import atexit, codecs\natexit.register(print)\ncodecs.register('before-call.s3.nonsense'.find)",
    "import boto3\napp.register('after-request.users', print)\napp.register('ListBuckets', print)",
    "from botocore.hooks import HierarchicalEmitter\ne = HierarchicalEmitter()\ne.register('my.own.event', lambda x, **kw: 0)",
    "from sotalia.events import EventRegistry\nEventRegistry().register('my.own.event', print)",
    "import boto3\nx = boto3.client(name)\nx.meta.events.register('before-call.s3.GetObject', print)",
    "import boto3\nx = boto3.client('in-house')\nx.meta.events.register('before-call.s3.GetObject', print)",
    "import boto3\nx = boto3.client('s3')\nx = boto3.client('sqs')\nx.meta.events.register('before-call.sqs', print)",
    "import boto3\nx = boto3.client('s3') if a else boto3.client('sqs')\nx.meta.events.register('before-call.sqs', print)",
    "import boto3\nif a:\n    x = boto3.client('s3')\nelse:\n    x = boto3.client('sqs')\nx.meta.events.register('before-call.sqs', print)",
    "import boto3\nx = boto3.client('s3')\nfor r in a:\n    if r:\n        x = boto3.client('sqs')\n        break\n"
    "x.meta.events.register('before-call.sqs', print)",
    "import boto3\nx = boto3.client('s3')\ntry:\n    x = boto3.client('sqs')\n    f()\nexcept Exception:\n"
    "    x.meta.events.register('before-call.sqs', print)",
    "import boto3\nx = boto3.client('s3')\nwhile a:\n    x.meta.events.register('before-call.sqs', print)\n    x = boto3.client('sqs')",
    "import boto3\nclass A:\n    def a(self): self.c = boto3.client('s3')\n    def b(self): self.c = boto3.client('sqs')\n"
    "    def e(self): self.c.meta.events.register('before-call.sqs', print)",
    "import boto3\nclass A:\n    c = boto3.client('s3')\nclass B(A):\n    c = boto3.client('sqs')\n"
    "    def e(self): self.c.meta.events.register('before-call.sqs', print)",
    "import boto3\ndef s3(name):\n    c = boto3.client(name)\n    return c\ns3('sqs').meta.events.register('before-call.sqs', print)",
    "import boto3\nc = boto3.client('s3')\ndef f(c): c.meta.events.register('before-call.sqs', print)",
    "import boto3\nc = boto3.client('s3')\ndef f():\n    c = g()\n    c.meta.events.register('before-call.sqs', print)",
    "import boto3\nc = boto3.client('s3')\ndel c\nc.meta.events.register('before-call.sqs', print)",
    "import boto3\nfor c in clients: c.meta.events.register('before-call.sqs', print)",
    "import boto3\nfor name in ('s3', 'sqs'):\n    boto3.client(name).meta.events.register(f'before-call.{name}', print)",
    "import boto3\nfor name in ('s3', 'sqs'):\n    c = boto3.client(name)\n    if name == 's3':\n"
    "        c.meta.events.register('before-call.s3', print)",
    "import boto3\nfor name in ('s3', 'sqs'):\n    c = boto3.client(name)\n    if is_storage(c):\n"
    "        c.meta.events.register('before-call.s3', print)",
    "import boto3\nfor name in ('s3', 'sqs'):\n    c = boto3.client(name)\n    if not is_storage(c):\n        continue\n"
    "    c.meta.events.register('before-call.s3', print)",
    "import boto3\nfor name in ('s3', 'sqs'):\n    c = boto3.client(name)\n    match c.meta.service_model.service_name:\n"
    "        case 's3': c.meta.events.register('before-call.s3', print)",
    "import boto3\nfor name in ('s3', 'sqs'):\n    c = boto3.client(name)\n"
    "    name == 's3' and c.meta.events.register('before-call.s3', print)",
    SESSION + "if a:\n    s, op = 's3', 'PutObject'\nelse:\n    s, op = 'sqs', 'SendMessage'\n"
    "session.events.register(f'before-call.s3.{op}' if a else f'before-call.sqs.{op}', print)\n"
    "if a: session.events.register(f'before-call.s3.{op}', print)\n"
    "session.events.register(f'before-call.{s}.{op}', print)",
    "import boto3\nclass A:\n    op = 'list'\n    def go(self, c): c.meta.events.register(f'before-call.s3.{self.op}', print)\n"
    "class B(A): op = 'ListBuckets'",
    "import boto3\nclass A:\n    service = 's3'\n    def go(self):\n        c = boto3.client(self.service)\n"
    "        c.meta.events.register('before-call.sqs', print)\nclass B(A): service = 'sqs'",
    S3 + "class A:\n    def go(self): events.register('before-call.s3', self.h)\n    def h(self, parms, **kw): pass\n"
    "class B(A):\n    def h(self, params, **kw): pass",
    S3 + "class A:\n    def go(self): events.register('before-call.s3', self.h)\n"
    "    def h(self, parms, **kw): raise NotImplementedError",
    # The name.
    S3 + "def f(name): events.register(name, print)",
    S3 + "def f(op): events.register(f'before-call.s3.{op}', print)",
    S3 + "def f(op): events.register(f'{op}.s3.list_buckets', print)",
    S3 + "def f(op): events.register('before-' + op, print)",
    S3 + "def f(op): events.register(f'before-call.s3.{op}Object', print)",
    S3 + "def f(op): events.register(f'before-call.s3.{op}*', print)",
    S3 + "def f(op): events.register('before-call.s3.%s%%' % op, print)",
    S3 + "def f(op): events.register('before-call.s3.{0.name}'.format(op), print)",
    S3 + "def f(op): events.register('before-call.s3.{'.format(op), print)",
    S3 + "def f(op): events.register('before-call.s3.' + op.title(), print)",
    S3 + "name = ''\nif x: name = 'before-call.s3'\nif name: events.register(name, print)",
    S3 + "name = None\nif x: name = 'before-call.s3'\nif name: events.register(name, print)",
    S3 + "for name in ('list_buckets', 'ListBuckets'):\n    if name[0].isupper(): events.register(f'before-call.s3.{name}', print)",
    S3 + "for name in ('before-cal', 'after-call'):\n    if name in KNOWN: events.register(name, print)",
    S3 + "names = ['before-call.s3']\nfor name in names: events.register(name, print)",
    S3 + "name = 'before-cal'\nname += 'l.s3'\nevents.register(name, print)",
    S3 + "events.register(*arguments)",
    S3 + "events.register('before-cal', **options)",
    S3 + "events.register()",
    S3 + "import pytest\nwith pytest.raises(ValueError):\n    events.register('before-cal', print)",
    S3 + "events.emit('my-own-event.x')\nevents.register('my-own-event', print)",
    S3 + "events.declare('my-own-event')\nevents.register('my-own-event.x.y', print)",
    S3 + "events.register('before-cal.s3', print)  # sotalia: ignore",
    S3 + "events.register('before-cal.s3', print)  # noqa  # sotalia:ignore[unknown-event, no-kwargs]",
    S3 + "events.register(  # sotalia: ignore[unknown-event]\n    'before-cal.s3',\n    print,\n)",
    SESSION + "session.events.register('creating-client-class.s3', print)",
    SESSION + "session.client('s3').meta.events.register('before-call.s3', print)",
    SESSION + "session.events.register('docs.*.s3.PutObject.complete-section', print)",
    # Handlers.
    S3 + HANDLER + "events.register('before-call.s3', handler)\nevents.register('after-call.s3', handler)",
    S3 + HANDLER + "events.register('before-call.s3', handler)\nevents.unregister('before-call.s3', handler)\n"
    "events.register('before-call.s3', handler)",
    S3 + HANDLER + "events.register('before-call.s3', handler, 'a')\nevents.register('before-call.s3', handler, 'a')",
    S3 + HANDLER + "events.register('before-call.s3', handler, 'a', True)\nevents.register('before-call.sqs'[:11] + '.s3', handler, 'a', True)",
    S3 + "events.register('before-call.s3', lambda **kw: 0)\nevents.register('before-call.s3', lambda **kw: 0)",
    S3 + "from handlers import h\nevents.register('before-call.s3', h)",
    S3 + "@decorated\ndef h(parms): pass\nevents.register('before-call.s3', h)",
    S3 + "if a:\n    def h(parms, **kw): pass\nelse:\n    from x import h\nevents.register('before-call.s3', h)",
    S3 + "def h(parms, **kw): pass\nh = wraps(h)\nevents.register('before-call.s3', h)",
    S3 + "def h(parms=None, *rest, more=1, **kw): pass\nevents.register('before-call.s3', h)",
    S3 + "def h(params, model, request_signer, context, event_name, **kw): pass\nevents.register('before-call.s3', h)",
    S3 + "def h(request, **kw): pass\nevents.register('*.s3', h)",
    S3 + "def h(anything, **kw): pass\ndef f(name): events.register(name, h)",
    S3 + "from functools import partial\ndef h(a, params, b, **kw): pass\nevents.register('before-call.s3', partial(h, 1, b=2))",
    S3 + "class H:\n    def h(self, params, **kw): pass\n    @staticmethod\n    def s(params, **kw): pass\n"
    "    @classmethod\n    def c(cls, params, **kw): pass\n    def start(self):\n        for m in (self.h, self.s, self.c, H.s, H.c):\n"
    "            events.register('before-call.s3', m)\nevents.register('before-call.s3', H().h)",
    S3 + "class H(Base):\n    def start(self): events.register('before-call.s3', self.h)",
    "import aioboto3\nasync def h(**kw): pass\nasync def main():\n    async with aioboto3.Session().client('s3') as c:\n"
    "        c.meta.events.register('before-call.s3.GetObject', h)",
    "import boto3\nasync def h(**kw): pass\ndef f(client): client.meta.events.register('before-call.s3.GetObject', h)",
    "import boto3\nasync def h(**kw): pass\ndef f(s: boto3.Session): s.client('s3').meta.events.register('before-call.s3', h)",
    "from types_aiobotocore_s3 import S3Client\nasync def h(**kw): pass\n"
    "def f(c: S3Client): c.meta.events.register('before-call.s3', h)",
    # Typed handlers.
    TYPED + "@events.on(BeforeCall, operation='ListBuckets')\ndef h(event):\n    event.headers['a'] = event.operation_name\n"
    "    event.params = {}\n    event.url = ''\n    event.respond({})\n    event.arguments, event.returned, event.__class__",
    TYPED + "events.on(BeforeCall, print, operation=names)\nevents.on(BeforeCall, print, operation=['GetObject', name])",
    TYPED + "events.on('before-call.s3', print)\nbutton.on('click', print)\nbutton.on(BeforeCall)",
    TYPED + "from other import AfterCall\nevents.on(AfterCall, lambda e: e.anything, resource='x')",
    TYPED + "def h(event: BeforeCall):\n    event = other(event)\n    event.anything",
    TYPED + "def h(event: BeforeCall | BeforeSend):\n    event.request\n    event.params",
    TYPED + "def h(event: BeforeCall):\n    if isinstance(event, BeforeSend): event.request",
    TYPED + "def h(event: BeforeCall):\n    if hasattr(event, 'x'): event.x",
    TYPED + "def h(event: BeforeCall):\n    return [g(lambda event: event.x) for e in event.params]",
    TYPED + "def h(event: BeforeCall): return [event.x for event in events]",
    TYPED + "class Event: pass\ndef h(event: Event): event.anything",
    "import sotalia\n@sotalia.AsyncSession().events.on(sotalia.events.BeforeCall, service=['s3', 'sqs'])\nasync def h(event): event.params",
]  # fmt: skip
