"""The names of ``boto3.s3.inject``: the methods that clients, buckets and objects get, and the handlers that give them."""

from __future__ import annotations

from sotalia.runtime.reference_names import stand_in
from sotalia.s3.methods import add_transfer_methods as inject_s3_transfer_methods
from sotalia.s3.methods import copy, download_file, download_fileobj, upload_file, upload_fileobj
from sotalia.s3.resources import (
    BucketTransfers,
    ObjectTransfers,
)
from sotalia.s3.resources import add_bucket_methods as inject_bucket_methods
from sotalia.s3.resources import add_object_methods as inject_object_methods
from sotalia.s3.resources import add_object_summary_methods as inject_object_summary_methods
from sotalia.s3.resources import load_bucket as bucket_load
from sotalia.s3.resources import load_object_summary as object_summary_load
from sotalia.s3.transfer import S3Transfer, TransferConfig, create_transfer_manager

TYPE_CHECKING = False

__all__ = [
    "S3Transfer",
    "TransferConfig",
    "bucket_copy",
    "bucket_download_file",
    "bucket_download_fileobj",
    "bucket_load",
    "bucket_upload_file",
    "bucket_upload_fileobj",
    "copy",
    "create_transfer_manager",
    "download_file",
    "download_fileobj",
    "inject_bucket_methods",
    "inject_object_methods",
    "inject_object_summary_methods",
    "inject_s3_transfer_methods",
    "object_copy",
    "object_download_file",
    "object_download_fileobj",
    "object_summary_load",
    "object_upload_file",
    "object_upload_fileobj",
    "upload_file",
    "upload_fileobj",
]

bucket_upload_file = BucketTransfers.upload_file
bucket_download_file = BucketTransfers.download_file
bucket_copy = BucketTransfers.copy
bucket_upload_fileobj = BucketTransfers.upload_fileobj
bucket_download_fileobj = BucketTransfers.download_fileobj
object_upload_file = ObjectTransfers.upload_file
object_download_file = ObjectTransfers.download_file
object_copy = ObjectTransfers.copy
object_upload_fileobj = ObjectTransfers.upload_fileobj
object_download_fileobj = ObjectTransfers.download_fileobj

if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__)
