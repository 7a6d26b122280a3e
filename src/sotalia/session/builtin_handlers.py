"""Which built-in handler hears which event: the rows that every session starts with, in order of registration.

A row names its event, its function, and where it stands among the handlers of that event, or the unique id by which it can
be taken back. Why a handler is there, its docstring says. The functions are real references for editors and checkers; a
module is imported when an event that one of its functions hears is first emitted.
"""

from __future__ import annotations

from sotalia.events import EVENT_ALIASES, EventRegistry
from sotalia.events.handlers import LazyModule
from sotalia.events.tree import FIRST, LAST, MIDDLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients import presigning
    from sotalia.dynamodb import table as dynamodb_table
    from sotalia.dynamodb import transform as dynamodb_transform
    from sotalia.ec2 import tags as ec2_tags
    from sotalia.s3 import methods as s3_methods
    from sotalia.s3 import resources as s3_resources
    from sotalia.services import (
        addresses,
        aliases,
        bidirectional,
        cross_region,
        database_tokens,
        decoded_results,
        general,
        glacier,
        iam,
        new_client,
        renamed,
        s3control,
        signing,
        user_data,
    )
    from sotalia.services.s3 import client as s3_client
    from sotalia.services.s3 import endpoints as s3_endpoints
    from sotalia.services.s3 import listings as s3_listings
    from sotalia.services.s3 import parameters as s3_parameters
    from sotalia.services.s3 import requests as s3_requests
    from sotalia.services.s3 import responses as s3_responses
else:
    new_client = LazyModule("sotalia.services.new_client")
    presigning = LazyModule("sotalia.clients.presigning")
    s3_client = LazyModule("sotalia.services.s3.client")
    dynamodb_table = LazyModule("sotalia.dynamodb.table")
    dynamodb_transform = LazyModule("sotalia.dynamodb.transform")
    ec2_tags = LazyModule("sotalia.ec2.tags")
    s3_resources = LazyModule("sotalia.s3.resources")
    s3_methods = LazyModule("sotalia.s3.methods")
    addresses = LazyModule("sotalia.services.addresses")
    aliases = LazyModule("sotalia.services.aliases")
    bidirectional = LazyModule("sotalia.services.bidirectional")
    cross_region = LazyModule("sotalia.services.cross_region")
    database_tokens = LazyModule("sotalia.services.database_tokens")
    decoded_results = LazyModule("sotalia.services.decoded_results")
    general = LazyModule("sotalia.services.general")
    glacier = LazyModule("sotalia.services.glacier")
    iam = LazyModule("sotalia.services.iam")
    renamed = LazyModule("sotalia.services.renamed")
    s3control = LazyModule("sotalia.services.s3control")
    signing = LazyModule("sotalia.services.signing")
    user_data = LazyModule("sotalia.services.user_data")
    s3_endpoints = LazyModule("sotalia.services.s3.endpoints")
    s3_listings = LazyModule("sotalia.services.s3.listings")
    s3_parameters = LazyModule("sotalia.services.s3.parameters")
    s3_requests = LazyModule("sotalia.services.s3.requests")
    s3_responses = LazyModule("sotalia.services.s3.responses")


class Row(tuple[str, "Any", int, "str | None"]):
    """One registration: event, handler, position, unique id. Making the class of a named tuple takes a millisecond."""

    __slots__ = ()

    def __new__(cls, event: str, handler: Any, position: int = MIDDLE, unique_id: str | None = None) -> Row:
        """The row."""
        return super().__new__(cls, (event, handler, position, unique_id))


def _general() -> tuple[Row, ...]:
    """All services."""
    return (
        Row("choose-service-name", general.choose_service_name),
        Row("creating-client-class", presigning.add_generate_presigned_url),
        Row("before-parameter-build", general.fill_idempotency_tokens),
        Row("before-parameter-build", general.ask_for_response_checksum),
        Row("before-call", general.add_trace_header),
        Row("before-call", general.add_api_version_header),
        Row("request-created", general.add_retry_headers),
        Row("choose-signer", signing.choose_signer_of_operation),
        Row("choose-signer", signing.choose_preferred_signer),
    )


def _clients() -> tuple[Row, ...]:
    """What equips every client, in this order and before what is for one service."""
    return (
        Row("client-created.*", new_client.sign_requests),
        Row("client-created.*", new_client.retry_calls),
        Row("client-created.*", new_client.log_client),
        Row("client-created.s3", s3_client.equip),
        Row("client-created", new_client.discover_endpoints),
        Row("client-created", new_client.await_defaults_mode),
        Row("client-created", new_client.monitor_calls),
    )


def _s3() -> tuple[Row, ...]:
    """Amazon S3."""
    return (
        Row("creating-client-class.s3", presigning.add_generate_presigned_post),
        Row("creating-client-class.s3", s3_methods.add_transfer_methods),
        Row("before-parameter-build.s3.UploadPart", s3_parameters.wrap_body, LAST),
        Row("before-parameter-build.s3.PutObject", s3_parameters.wrap_body, LAST),
        Row("before-parameter-build.s3", s3_parameters.check_bucket_name),
        Row("before-parameter-build.s3", s3_parameters.note_input),
        Row("before-parameter-build.s3.ListObjects", s3_listings.ask_for_url_encoding),
        Row("before-parameter-build.s3.ListObjectsV2", s3_listings.ask_for_url_encoding),
        Row("before-parameter-build.s3.ListObjectVersions", s3_listings.ask_for_url_encoding),
        Row("before-parameter-build.s3.CopyObject", s3_parameters.write_copy_source),
        Row("before-parameter-build.s3.UploadPartCopy", s3_parameters.write_copy_source),
        Row("before-parameter-build.s3.CopyObject", s3_parameters.check_metadata),
        Row("before-parameter-build.s3.PutObject", s3_parameters.check_metadata),
        Row("before-parameter-build.s3.CreateMultipartUpload", s3_parameters.check_metadata),
        Row("before-parameter-build.s3.HeadObject", s3_parameters.write_sse_key),
        Row("before-parameter-build.s3.GetObject", s3_parameters.write_sse_key),
        Row("before-parameter-build.s3.PutObject", s3_parameters.write_sse_key),
        Row("before-parameter-build.s3.CopyObject", s3_parameters.write_sse_key),
        Row("before-parameter-build.s3.CopyObject", s3_parameters.write_copy_source_sse_key),
        Row("before-parameter-build.s3.CreateMultipartUpload", s3_parameters.write_sse_key),
        Row("before-parameter-build.s3.UploadPart", s3_parameters.write_sse_key),
        Row("before-parameter-build.s3.UploadPartCopy", s3_parameters.write_sse_key),
        Row("before-parameter-build.s3.UploadPartCopy", s3_parameters.write_copy_source_sse_key),
        Row("before-parameter-build.s3.CompleteMultipartUpload", s3_parameters.write_sse_key),
        Row("before-parameter-build.s3.SelectObjectContent", s3_parameters.write_sse_key),
        Row("before-endpoint-resolution.s3", s3_endpoints.choose_addressing),
        Row("before-call.s3", s3_requests.expect_continue),
        Row("before-call.s3.DeleteObjects", s3_requests.escape_line_breaks),
        Row("before-call.s3.PutBucketLifecycleConfiguration", s3_requests.escape_line_breaks),
        Row("before-sign.s3", s3_requests.strip_arn_from_auth_path),
        Row("before-sign.s3", s3_requests.mark_unsigned_trailer),
        Row("before-parse.s3", s3_responses.find_error_in_success, FIRST),
        Row("before-parse.s3", s3_responses.keep_raw_expires),
        Row("needs-retry.s3", s3_responses.take_over_status, FIRST),
        Row("after-call.s3.GetBucketLocation", s3_responses.read_location),
        Row("after-call.s3.ListObjects", s3_listings.decode_list_objects),
        Row("after-call.s3.ListObjectsV2", s3_listings.decode_list_objects_v2),
        Row("after-call.s3.ListObjectVersions", s3_listings.decode_list_object_versions),
    )


def _unsigned() -> tuple[Row, ...]:
    """Requests that are not signed."""
    return (
        Row("choose-signer.sts.AssumeRoleWithSAML", signing.do_not_sign),
        Row("choose-signer.sts.AssumeRoleWithWebIdentity", signing.do_not_sign),
        Row("choose-signer.cognito-identity.GetId", signing.do_not_sign),
        Row("choose-signer.cognito-identity.GetOpenIdToken", signing.do_not_sign),
        Row("choose-signer.cognito-identity.UnlinkIdentity", signing.do_not_sign),
        Row("choose-signer.cognito-identity.GetCredentialsForIdentity", signing.do_not_sign),
    )


def _others() -> tuple[Row, ...]:
    """Single services."""
    return (
        Row("getattr.mturk.list_hi_ts_for_qualification_type", renamed.right_method),
        Row("getattr.socialmessaging.delete_whatsapp_media_message", renamed.right_method),
        Row("getattr.cloudwatch.get_o_tel_enrichment", renamed.right_method),
        Row("getattr.cloudwatch.start_o_tel_enrichment", renamed.right_method),
        Row("getattr.cloudwatch.stop_o_tel_enrichment", renamed.right_method),
        Row("getattr.cloudwatch.update_o_tel_enrichment", renamed.right_method),
        Row("getattr.signin.create_o_auth2_token", renamed.right_method),
        Row("creating-client-class.lex-runtime-v2", bidirectional.remove_methods),
        Row("creating-client-class.qbusiness", bidirectional.remove_methods),
        Row("creating-client-class.bedrock-runtime", bidirectional.remove_methods),
        Row("creating-client-class.connecthealth", bidirectional.remove_methods),
        Row("creating-client-class.polly", bidirectional.remove_methods),
        Row("creating-client-class.rds", database_tokens.add_rds_token),
        Row("creating-client-class.dsql", database_tokens.add_dsql_tokens),
        Row("before-parameter-build.ec2.*", aliases.accept_filters, FIRST),
        Row("before-parameter-build.logs.CreateExportTask", aliases.accept_from_time, FIRST),
        Row("before-parameter-build.cloudsearchdomain.Search", aliases.accept_return_fields, FIRST),
        Row("before-parameter-build.ec2.RunInstances", user_data.encode_user_data),
        Row("before-parameter-build.autoscaling.CreateLaunchConfiguration", user_data.encode_user_data),
        Row("before-parameter-build.route53", addresses.shorten_route53_ids),
        Row("before-parameter-build.glacier", glacier.fill_account_id),
        Row("before-endpoint-resolution.s3-control", s3control.take_account_from_arn),
        Row("before-call.glacier", glacier.add_version),
        Row("before-call.glacier.UploadArchive", glacier.add_checksums),
        Row("before-call.glacier.UploadMultipartPart", glacier.add_checksums),
        Row("before-call.apigateway", addresses.accept_json),
        Row("before-call.ec2.CopySnapshot", cross_region.presign_snapshot_copy),
        Row("before-call.rds.CopyDBClusterSnapshot", cross_region.presign_source_region),
        Row("before-call.rds.CreateDBCluster", cross_region.presign_source_region),
        Row("before-call.rds.CopyDBSnapshot", cross_region.presign_source_region),
        Row("before-call.rds.CreateDBInstanceReadReplica", cross_region.presign_source_region),
        Row("before-call.rds.StartDBInstanceAutomatedBackupsReplication", cross_region.presign_source_region),
        Row("before-call.neptune.CopyDBClusterSnapshot", cross_region.presign_source_region),
        Row("before-call.neptune.CreateDBCluster", cross_region.presign_source_region),
        Row("before-call.docdb.CopyDBClusterSnapshot", cross_region.presign_source_region),
        Row("before-call.docdb.CreateDBCluster", cross_region.presign_source_region),
        Row("request-created.machinelearning.Predict", addresses.go_to_prediction_endpoint),
        Row("request-created.cloudsearchdomain.Search", addresses.search_by_post),
        Row("choose-signer.importexport", addresses.sign_importexport),
        Row("before-sign.polly.SynthesizeSpeech", addresses.drop_content_type),
        Row("before-parse.sso-oidc", decoded_results.describe_oidc_error),
        Row("after-call.iam", iam.decode_policies),
        Row("after-call.ec2.GetConsoleOutput", decoded_results.decode_console_output),
        Row("after-call.cloudformation.GetTemplate", decoded_results.decode_template),
        Row("after-call.sqs", decoded_results.use_query_error_code),
    )


def _resources() -> tuple[Row, ...]:
    """Resources."""
    return (
        Row("creating-resource-class.s3.Bucket", s3_resources.add_bucket_methods),
        Row("creating-resource-class.s3.Object", s3_resources.add_object_methods),
        Row("creating-resource-class.s3.ObjectSummary", s3_resources.add_object_summary_methods),
        Row(
            "creating-resource-class.dynamodb",
            dynamodb_transform.add_high_level_interface,
            unique_id="high-level-dynamodb",
        ),
        Row(
            "creating-resource-class.dynamodb.Table",
            dynamodb_table.add_table_methods,
            unique_id="high-level-dynamodb-table",
        ),
        Row("creating-resource-class.ec2.ServiceResource", ec2_tags.add_create_tags),
        Row("creating-resource-class.ec2.Instance", ec2_tags.add_delete_tags),
    )


#: All rows, in order of registration.
ROWS: tuple[Row, ...] = _general() + _clients() + _s3() + _unsigned() + _others() + _resources()

# Filled once: sessions start from a copy, which shares the tree of registrations.
_filled: list[EventRegistry] = []


def registry_with_builtins(*, coroutines: bool) -> EventRegistry:
    """A registry with all rows."""
    if not _filled:
        first = EventRegistry(EVENT_ALIASES)
        first.install_all(ROWS)
        _filled.append(first)
    events = _filled[0].__copy__()
    events.accepts_coroutines = coroutines
    return events
