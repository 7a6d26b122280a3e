"""The demo app: list buckets, list objects, put an object, with event handlers at work.

python examples/s3_client/main.py --local          against an S3 that it starts itself
python -m examples.s3_client.main list --bucket b  against yours
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import sotalia as boto3

if __package__:
    from . import events
    from .s3_interface import S3Interface
else:
    from s3_interface import S3Interface

    import events


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """The command line; the options may stand before and after the command."""
    options = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument("--local", action="store_true", help="start an embedded S3 and use it")
    options.add_argument("--endpoint-url", help="address of an S3 to use")
    options.add_argument("--profile", help="profile of the AWS configuration files")
    options.add_argument("--region", help="AWS region")
    options.add_argument("--bucket", help=f"bucket to use (default: {events.DEFAULT_BUCKET})")
    options.add_argument("--plain", action="store_true", help="register the handlers in boto3's form")
    parser = argparse.ArgumentParser(
        prog="s3_client", description="Basic S3 operations with event handlers.", parents=[options]
    )
    commands = parser.add_subparsers(dest="command", help="without one: the guide's three steps")
    commands.add_parser("list", parents=[options], help="list the bucket's objects")
    put = commands.add_parser("put", parents=[options], help="upload a file")
    put.add_argument("key")
    put.add_argument("file", type=Path)
    get = commands.add_parser("get", parents=[options], help="print an object, or save it")
    get.add_argument("key")
    get.add_argument("file", type=Path, nargs="?", default=None)
    unset = argparse.Namespace(
        local=False, endpoint_url=None, profile=None, region=None, bucket=None, plain=False
    )
    return parser.parse_args(arguments, unset)


def create_client(options: argparse.Namespace, stack: ExitStack) -> Any:
    """An S3 client for what the command line asks; with ``--local``, of an S3 started here, with its bucket made."""
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    if not options.local:
        return session.client("s3", endpoint_url=options.endpoint_url)
    from sotalia.testing import LocalAWS

    local = stack.enter_context(LocalAWS())
    print(f"Embedded S3 at {local.endpoint_url}")
    client = local.client("s3")
    client.create_bucket(Bucket=options.bucket or events.DEFAULT_BUCKET)
    return client


def run_guide(s3_client: S3Interface, bucket: str | None) -> None:
    """The guide's three steps."""
    # snippet-start:[s3.main.list_buckets]
    # Listing buckets
    s3_client.list_buckets()
    # snippet-end:[s3.main.list_buckets]

    # snippet-start:[s3.main.list_objects]
    # Listing objects in a specific bucket, or the default one
    s3_client.list_objects(bucket_name=bucket)
    # snippet-end:[s3.main.list_objects]

    # snippet-start:[s3.main.put_object]
    # Uploading an object
    s3_client.put_object(bucket_name=bucket, key="example.txt", body="Hello, world!")
    # snippet-end:[s3.main.put_object]


def run(options: argparse.Namespace) -> None:
    """What the command line asks for."""
    with ExitStack() as stack:
        s3_client = S3Interface(create_client(options, stack), plain=options.plain)
        if options.command == "list":
            s3_client.list_objects(options.bucket)
        elif options.command == "put":
            s3_client.put_object(options.bucket, options.key, options.file.read_bytes())
        elif options.command == "get":
            content = s3_client.get_object(options.bucket, options.key)
            if options.file is None:
                sys.stdout.buffer.write(content)
            else:
                options.file.write_bytes(content)
                print(f"Saved {options.key} to {options.file}")
        else:
            run_guide(s3_client, options.bucket)


def main(arguments: list[str] | None = None) -> int:
    """Run the app: 0 when all went well, 1 with a message on stderr when not."""
    try:
        run(parse_arguments(arguments))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        print(f"s3_client: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
