"""Mistakes in programs, and what is said. ``python -m tests.errors.page`` writes them as the tables of ``docs/errors.md``.

``[...]`` in a text stands for anything: lists that grow with the installed data, paths.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A line of a program, on which kind of session, and what is said: class, text, and its notes on lines of their own."""

    code: str
    error: str
    says: str
    on: str = "both"
    config_file: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def mistake(
    code: str,
    error: str,
    says: str,
    on: str = "both",
    config_file: str = "",
    environment: dict[str, str] | None = None,
) -> Mistake:
    return Mistake(
        code=code, error=error, says=says, on=on, config_file=config_file, environment=environment or {}
    )


_SERVICES = "Valid service names are: [...] and [...] more: see session.get_available_services()"
_WAITERS = "Waiters of s3: bucket_exists, bucket_not_exists, object_exists, object_not_exists"
_MAKES = "clients are made by session.client('s3'); of sotalia.AsyncSession they are async"
_PROFILES = "[profile production]\n[dev]\n"
_HOW = "Give region_name=... to client() or to the session, set AWS_DEFAULT_REGION, or write region = ... into the profile 'default' of [...]."

TABLES: dict[str, list[Mistake]] = {
    "Services, operations, waiters": [
        mistake(
            'session.client("s33")',
            "UnknownServiceError",
            f"Unknown service: 's33'. Did you mean 's3'? {_SERVICES}",
        ),
        mistake(
            'session.client("dynamo-db")',
            "UnknownServiceError",
            f"Unknown service: 'dynamo-db'. Did you mean 'dynamodb'? {_SERVICES}",
        ),
        mistake(
            'session.client("S3")',
            "UnknownServiceError",
            f"Unknown service: 'S3'. Did you mean 's3'? {_SERVICES}",
        ),
        mistake('session.client("")', "UnknownServiceError", f"Unknown service: ''. {_SERVICES}"),
        mistake(
            'session.client("s3", api_version="2007")',
            "DataNotFoundError",
            "Unable to load data for: s3/2007/service-2. The API versions of s3 here are: 2006-03-01",
        ),
        mistake(
            'session.resource("ec22")',
            "ResourceNotExistsError",
            "The 'ec22' resource does not exist.\n[...]\nDid you mean 'ec2'?",
        ),
        mistake(
            "s3.list_bucket()",
            "AttributeError",
            "'S3' object has no attribute 'list_bucket'. Did you mean 'list_buckets'?",
        ),
        mistake(
            "s3.ListBuckets()",
            "AttributeError",
            "'S3' object has no attribute 'ListBuckets'. Did you mean 'list_buckets'?",
        ),
        mistake(
            'sotalia.client("s3", region_name="us-east-1").aclose()',
            "AttributeError",
            "'S3' object has no attribute 'aclose': this client is synchronous; use close()",
        ),
        mistake(
            "s3.events", "AttributeError", "'S3' object has no attribute 'events'; use client.meta.events"
        ),
        mistake(
            "s3.region_name",
            "AttributeError",
            "'S3' object has no attribute 'region_name'; use client.meta.region_name",
        ),
        mistake(
            's3.get_object("bucket", "key")',
            "TypeError",
            "get_object() only accepts keyword arguments.\nWrite get_object(Bucket=..., Key=..., ...).",
        ),
        mistake(
            's3.get_object(bucket="b", Key="k")',
            "ParamValidationError",
            "Parameter validation failed:\n[...]\nDid you mean 'Bucket' in place of 'bucket'?",
        ),
        mistake(
            's3.get_paginator("list_object_v2")',
            "UnknownMethodError",
            "The client has no method 'list_object_v2'. Did you mean 'list_objects_v2'?",
        ),
        mistake(
            's3.can_paginate("ListObjectsV2")',
            "UnknownMethodError",
            "The client has no method 'ListObjectsV2'. Did you mean 'list_objects_v2'?",
        ),
        mistake(
            's3.get_paginator("get_object")',
            "OperationNotPageableError",
            "Operation cannot be paginated: get_object\nIts result comes in one piece: call client.get_object().",
        ),
        mistake(
            's3.get_waiter("bucket_exist")',
            "ValueError",
            f"Waiter does not exist: bucket_exist. Did you mean 'bucket_exists'? {_WAITERS}",
        ),
        mistake(
            's3.get_waiter("BucketExists")',
            "ValueError",
            f"Waiter does not exist: BucketExists. Did you mean 'bucket_exists'? {_WAITERS}",
        ),
        mistake(
            's3.generate_presigned_url("GetObject")',
            "UnknownClientMethodError",
            "Client does not have method: GetObject. Did you mean 'get_object'?",
        ),
        mistake(
            's3.explain("ListBucket")', "OperationNotFoundError", "ListBucket (did you mean ListBuckets?)"
        ),
    ],
    "Errors by name": [
        mistake(
            "s3.exceptions.NoSuchKy",
            "AttributeError",
            "<botocore.errorfactory.S3Exceptions object> object has no attribute NoSuchKy. Did you mean 'NoSuchKey'? "
            "Valid exceptions are: [...] and [...] more: see dir(client.exceptions)",
        ),
        mistake(
            "from sotalia.exceptions import s33",
            "ImportError",
            "sotalia.exceptions has no service 's33'. Did you mean 's3'?",
        ),
        mistake(
            "from sotalia.exceptions import NoSuchKey",
            "ImportError",
            "sotalia.exceptions has no 'NoSuchKey'. An error that a service models is in the service's module, since services "
            "use the same names: from sotalia.exceptions import s3, then s3.NoSuchKey",
        ),
        mistake(
            "from sotalia.exceptions.s3 import NoSuchKy",
            "ImportError",
            "s3 has no error 'NoSuchKy'. Did you mean 'NoSuchKey'? It has: [...] and [...] more: see "
            "dir(sotalia.exceptions.s3)",
        ),
        mistake(
            "sotalia.exceptions.s3.NoSuchKy",
            "AttributeError",
            "s3 has no error 'NoSuchKy'. Did you mean 'NoSuchKey'? It has: [...] and [...] more: see "
            "dir(sotalia.exceptions.s3)",
        ),
        mistake(
            "sotalia.exceptions.ClientEror",
            "AttributeError",
            "sotalia.exceptions has no 'ClientEror'. Did you mean 'ClientError'?",
        ),
        mistake(
            "sotalia.exceptions.lmbda",
            "AttributeError",
            "sotalia.exceptions has no service 'lmbda'. Did you mean 'lambda_'?",
        ),
    ],
    "Settings": [
        mistake(
            "Config(retires={})",
            "TypeError",
            "Got unexpected keyword argument 'retires'; did you mean 'retries'?",
        ),
        mistake(
            'Config(retries={"max_attempt": 3})',
            "InvalidRetryConfigurationError",
            'Cannot provide retry configuration for "max_attempt". Valid retry configuration options are: '
            "('max_attempts', 'mode', 'total_max_attempts')",
        ),
        mistake(
            'Config(retries={"mode": "standrad"})',
            "InvalidRetryModeError",
            "Invalid value provided to \"mode\": \"standrad\" must be one of: ('legacy', 'standard', 'adaptive')",
        ),
        mistake(
            'Config(s3={"addressing_style": "virtaul"})',
            "InvalidS3AddressingStyleError",
            "S3 addressing style virtaul is invalid. Valid options are: 'auto', 'virtual', and 'path'",
        ),
        mistake('s3.with_options(timeout="5")', "TypeError", "timeout is a number of seconds, not str"),
        mistake(
            'session.client("s3", region_name="us_east_1")',
            "InvalidRegionError",
            "Provided region_name 'us_east_1' doesn't match a supported format.\nDid you mean 'us-east-1'?",
        ),
        mistake(
            'session.client("s3", region_name="us-esat-1", config=once).list_buckets()',
            "EndpointConnectionError",
            'Could not connect to the endpoint URL: "https://s3.us-esat-1.amazonaws.com/"\n'
            "No region 'us-esat-1' is known here; did you mean 'us-east-1'?",
        ),
        mistake(
            'session.client("s3", endpoint_url="localhost:4566")',
            "ValueError",
            "Invalid endpoint: localhost:4566\nAn endpoint is a URL: begin it with http:// or https://.",
        ),
        mistake(
            'session.client("s3", extensions=["retry-log"])',
            "ExtensionError",
            "there is no extension 'retry-log'; the entry points of the group 'sotalia.extensions' are: [...]",
        ),
        mistake(
            'Session(profile_name="prodution")',
            "ProfileNotFound",
            "The config profile (prodution) could not be found. Did you mean 'production'?\n"
            "Profiles that there are: production",
            config_file=_PROFILES,
        ),
        mistake(
            'Session(profile_name="dev")',
            "ProfileNotFound",
            "The config profile (dev) could not be found. [...] has [dev]; write [profile dev] there\n"
            "Profiles that there are: production",
            config_file=_PROFILES,
        ),
        mistake(
            'Session(profile_name="dev")',
            "ConfigParseError",
            "Unable to parse config file: [...], line 1: a section begins with '[' and has no ']'; write [default] or "
            "[profile NAME].",
            config_file="[profile dev\nregion = eu-west-1\n",
        ),
        mistake('Session().client("sqs")', "NoRegionError", f"You must specify a region.\n{_HOW}"),
        mistake(
            'Session().client("sqs")',
            "NoRegionError",
            "You must specify a region.\nAWS_REGION is set, but not read: by boto3's rules the variable is "
            "AWS_DEFAULT_REGION. Set that one too.",
            environment={"AWS_REGION": "eu-west-1"},
        ),
        mistake(
            'Session().client("sqs")',
            "NoRegionError",
            f"You must specify a region.\nProfile 'default' has the key 'regoin'; write 'region'.\n{_HOW}",
            config_file="[default]\nregoin = eu-west-1\n",
        ),
        mistake(
            'Session(region_name="us-east-1").client("s3").list_buckets()',
            "NoCredentialsError",
            "Unable to locate credentials\nRun 'sotalia credentials explain' to see which sources were asked, and what each "
            "said.",
        ),
    ],
    "Habits of other packages": [
        mistake(
            'session.create_client("s3")',
            "AttributeError",
            f"[...] object has no attribute 'create_client': {_MAKES}",
        ),
        mistake(
            "sotalia.get_session()",
            "AttributeError",
            "module 'sotalia' has no attribute 'get_session': make one: sotalia.Session(), or sotalia.AsyncSession() for "
            "async clients",
        ),
        mistake(
            "sotalia.AioSession()",
            "AttributeError",
            "module 'sotalia' has no attribute 'AioSession': use sotalia.AsyncSession",
        ),
        mistake(
            "session.region",
            "AttributeError",
            "[...] object has no attribute 'region'. Did you mean 'region_name'?",
        ),
        mistake(
            "async with s3: ...",
            "TypeError",
            "this client is synchronous: use 'with', or make it by sotalia.AsyncSession().client(...) for 'async with'",
            on="sync",
        ),
        mistake(
            "async with bucket: ...",
            "TypeError",
            "this resource is synchronous: make it by sotalia.AsyncSession().resource(...) for 'async with'",
            on="sync",
        ),
        mistake(
            "with s3: ...",
            "TypeError",
            "this client is asynchronous: use 'async with', or close it with 'await client.aclose()'",
            on="async",
        ),
        mistake(
            "with bucket: ...", "TypeError", "this resource is asynchronous: use 'async with'", on="async"
        ),
        mistake(
            'for page in s3.get_paginator("list_buckets").paginate(): ...',
            "TypeError",
            "pages of an async client come by 'async for page in pages', or all at once by "
            "'await pages.build_full_result()'",
            on="async",
        ),
        mistake(
            'for page in s3.get_paginator("list_buckets"): ...',
            "TypeError",
            "S3.Paginator.ListBuckets has no pages yet: iterate over paginator.paginate(...)",
        ),
        mistake(
            "for item in bucket.objects: ...",
            "TypeError",
            "'s3.Bucket.objectsCollectionManager' object is not iterable: iterate over its all() or filter(...)",
        ),
        mistake(
            "for item in bucket.objects.all(): ...",
            "TypeError",
            "s3.Bucket.objectsCollection is asynchronous: use 'async for'",
            on="async",
        ),
        mistake(
            "async for item in bucket.objects.all(): ...",
            "TypeError",
            "s3.Bucket.objectsCollection is synchronous: use 'for'",
            on="sync",
        ),
    ],
    "A forgotten await": [
        mistake(
            "s3.list_buckets(); ...",
            "RuntimeWarning",
            "coroutine 'S3.ListBuckets' was never awaited",
            on="async",
        ),
        mistake(
            's3.get_waiter("bucket_exists").wait(Bucket="b"); ...',
            "RuntimeWarning",
            "coroutine 'S3.Waiter.BucketExists.wait' was never awaited",
            on="async",
        ),
        mistake("bucket.create(); ...", "RuntimeWarning", "coroutine 'create' was never awaited", on="async"),
        mistake(
            "bucket.objects.delete(); ...",
            "RuntimeWarning",
            "coroutine 'delete' was never awaited",
            on="async",
        ),
        mistake(
            "bucket.wait_until_exists(); ...",
            "RuntimeWarning",
            "coroutine 'wait_until_exists' was never awaited",
            on="async",
        ),
        mistake(
            's3.generate_presigned_url("list_buckets"); ...',
            "RuntimeWarning",
            "coroutine 'generate_presigned_url' was never awaited",
            on="async",
        ),
        mistake(
            "bucket.creation_date",
            "ResourceLoadException",
            "creation_date of s3.Bucket(name='bucket') is not loaded: call 'await resource.load()' before reading it "
            "(actions make the attributes stale, so call it again after one)",
            on="async",
        ),
        mistake(
            "s3.list_buckets()['Buckets']", "TypeError", "'coroutine' object is not subscriptable", on="async"
        ),
    ],
}
