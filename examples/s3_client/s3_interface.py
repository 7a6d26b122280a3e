"""A simple interface to S3 with the demo app's handlers registered on its client."""

from __future__ import annotations

from typing import Any

import sotalia as boto3

if __package__:
    from . import typed_events
    from .events import add_custom_header, add_default_bucket, custom_retry_logic, log_errors, log_request
else:  # run as a script: `python examples/s3_client/main.py`
    import typed_events

    from events import add_custom_header, add_default_bucket, custom_retry_logic, log_errors, log_request


class S3Interface:
    """A simple interface for interacting with Amazon S3 using sotalia.

    Each method prints what it did, or lets the error go to its caller; the handlers log it on the way.

    Methods
    -------
    list_buckets() -> list[str]
        Lists all S3 buckets in the account.
    list_objects(bucket_name: str | None = None) -> list[str]
        Lists all objects in a specified S3 bucket.
    put_object(bucket_name: str | None, key: str, body: str | bytes) -> None
        Uploads an object to the specified S3 bucket.
    get_object(bucket_name: str | None, key: str) -> bytes
        Downloads an object.

    """

    def __init__(self, client: Any = None, *, plain: bool = False) -> None:
        """Initializes the S3 client (or takes a ready one) and registers event handlers.

        Those of ``typed_events.py``, or with ``plain``, and on a boto3 client, the guide's of ``events.py``.
        """
        self.s3 = client if client is not None else boto3.client("s3")
        if plain or not hasattr(self.s3.meta.events, "extensions"):
            self._register_events()
        else:
            typed_events.install(self.s3)

    def _register_events(self) -> None:
        """Registers event handlers for S3 operations, in boto3's form."""
        event_system = self.s3.meta.events

        # snippet-start:[s3.event.add_default_bucket]
        event_system.register("provide-client-params.s3.ListObjectsV2", add_default_bucket)
        # snippet-end:[s3.event.add_default_bucket]
        event_system.register("provide-client-params.s3.PutObject", add_default_bucket)
        event_system.register("provide-client-params.s3.GetObject", add_default_bucket)

        # snippet-start:[s3.event.log_request]
        event_system.register("before-call.s3.ListBuckets", log_request)
        # snippet-end:[s3.event.log_request]

        # snippet-start:[s3.event.add_custom_header]
        event_system.register("before-call.s3.ListBuckets", add_custom_header)
        # snippet-end:[s3.event.add_custom_header]

        # snippet-start:[s3.event.log_errors]
        event_system.register("after-call-error.s3", log_errors)
        event_system.register("after-call.s3", log_errors)
        # snippet-end:[s3.event.log_errors]

        # snippet-start:[s3.event.custom_retry_logic]
        event_system.register("needs-retry.s3.ListBuckets", custom_retry_logic)
        # snippet-end:[s3.event.custom_retry_logic]

    # snippet-start:[s3.method.list_buckets]
    def list_buckets(self) -> list[str]:
        """Lists all S3 buckets in the account.

        Prints
        ------
        List of bucket names.

        See Also
        --------
        Amazon S3 API Reference: ListBuckets

        """
        response = self.s3.list_buckets()
        names = [bucket["Name"] for bucket in response.get("Buckets", [])]
        print("Buckets:", names)
        return names

    # snippet-end:[s3.method.list_buckets]

    # snippet-start:[s3.method.list_objects]
    def list_objects(self, bucket_name: str | None = None) -> list[str]:
        """Lists all objects in a specified S3 bucket.

        Parameters
        ----------
        bucket_name : str, optional
            The name of the bucket to list objects from; the default bucket when left out.

        Prints
        ------
        List of object keys in the bucket.

        See Also
        --------
        Amazon S3 API Reference: ListObjectsV2

        """
        response = self.s3.list_objects_v2(Bucket=bucket_name)
        keys = [item["Key"] for item in response.get("Contents", [])]
        print(f"Objects in {response.get('Name', bucket_name)}:", keys)
        return keys

    # snippet-end:[s3.method.list_objects]

    # snippet-start:[s3.method.put_object]
    def put_object(self, bucket_name: str | None, key: str, body: str | bytes) -> None:
        """Uploads an object to the specified S3 bucket.

        Parameters
        ----------
        bucket_name : str, optional
            The name of the bucket to upload the object to; the default bucket when None.
        key : str
            The key (name) for the uploaded object.
        body : str or bytes
            The content to be uploaded as the object.

        Prints
        ------
        A line with the object's ETag.

        See Also
        --------
        Amazon S3 API Reference: PutObject

        """
        response = self.s3.put_object(Bucket=bucket_name, Key=key, Body=body)
        print(f"Uploaded {key}. ETag: {response.get('ETag')}")

    # snippet-end:[s3.method.put_object]

    # snippet-start:[s3.method.get_object]
    def get_object(self, bucket_name: str | None, key: str) -> bytes:
        """Downloads an object and returns its content.

        See Also
        --------
        Amazon S3 API Reference: GetObject

        """
        with self.s3.get_object(Bucket=bucket_name, Key=key)["Body"] as body:
            content: bytes = body.read()
        return content

    # snippet-end:[s3.method.get_object]
