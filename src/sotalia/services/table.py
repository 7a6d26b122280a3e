"""Which built-in handler hears which event: the rows that every session starts with, in order of registration.

A row: event, ``module:function`` (below ``sotalia.services`` unless it says otherwise), and where among the handlers of that event;
or the unique id by which it can be taken back.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from sotalia.events import EVENT_ALIASES, EventRegistry
from sotalia.events.handlers import LazyHandler
from sotalia.events.tree import FIRST, LAST, MIDDLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_GENERAL = """
choose-service-name                                 general:choose_service_name
creating-client-class                               sotalia.presign:add_generate_presigned_url
before-parameter-build                              general:fill_idempotency_tokens
before-parameter-build                              general:ask_for_response_checksum
before-call                                         general:add_trace_header
before-call                                         general:add_api_version_header
request-created                                     general:add_retry_headers
choose-signer                                       signing:choose_signer_of_operation
choose-signer                                       signing:choose_preferred_signer
"""
_S3 = """
creating-client-class.s3                            sotalia.presign:add_generate_presigned_post
creating-client-class.s3                            sotalia.s3.methods:add_transfer_methods
before-parameter-build.s3.UploadPart                s3.parameters:wrap_body last
before-parameter-build.s3.PutObject                 s3.parameters:wrap_body last
before-parameter-build.s3                           s3.parameters:check_bucket_name
before-parameter-build.s3                           s3.parameters:note_input
before-parameter-build.s3.ListObjects               s3.listings:ask_for_url_encoding
before-parameter-build.s3.ListObjectsV2             s3.listings:ask_for_url_encoding
before-parameter-build.s3.ListObjectVersions        s3.listings:ask_for_url_encoding
before-parameter-build.s3.CopyObject                s3.parameters:write_copy_source
before-parameter-build.s3.UploadPartCopy            s3.parameters:write_copy_source
before-parameter-build.s3.CopyObject                s3.parameters:check_metadata
before-parameter-build.s3.PutObject                 s3.parameters:check_metadata
before-parameter-build.s3.CreateMultipartUpload     s3.parameters:check_metadata
before-parameter-build.s3.HeadObject                s3.parameters:write_sse_key
before-parameter-build.s3.GetObject                 s3.parameters:write_sse_key
before-parameter-build.s3.PutObject                 s3.parameters:write_sse_key
before-parameter-build.s3.CopyObject                s3.parameters:write_sse_key
before-parameter-build.s3.CopyObject                s3.parameters:write_copy_source_sse_key
before-parameter-build.s3.CreateMultipartUpload     s3.parameters:write_sse_key
before-parameter-build.s3.UploadPart                s3.parameters:write_sse_key
before-parameter-build.s3.UploadPartCopy            s3.parameters:write_sse_key
before-parameter-build.s3.UploadPartCopy            s3.parameters:write_copy_source_sse_key
before-parameter-build.s3.CompleteMultipartUpload   s3.parameters:write_sse_key
before-parameter-build.s3.SelectObjectContent       s3.parameters:write_sse_key
before-endpoint-resolution.s3                       s3.endpoints:choose_addressing
before-call.s3                                      s3.requests:expect_continue
before-call.s3.DeleteObjects                        s3.requests:escape_line_breaks
before-call.s3.PutBucketLifecycleConfiguration      s3.requests:escape_line_breaks
before-sign.s3                                      s3.requests:strip_arn_from_auth_path
before-sign.s3                                      s3.requests:mark_unsigned_trailer
before-parse.s3                                     s3.responses:find_error_in_success first
before-parse.s3                                     s3.responses:keep_raw_expires
needs-retry.s3                                      s3.responses:take_over_status first
after-call.s3.GetBucketLocation                     s3.responses:read_location
after-call.s3.ListObjects                           s3.listings:decode_list_objects
after-call.s3.ListObjectsV2                         s3.listings:decode_list_objects_v2
after-call.s3.ListObjectVersions                    s3.listings:decode_list_object_versions
"""
_STS = """
choose-signer.sts.AssumeRoleWithSAML                signing:do_not_sign
choose-signer.sts.AssumeRoleWithWebIdentity         signing:do_not_sign
choose-signer.cognito-identity.GetId                signing:do_not_sign
choose-signer.cognito-identity.GetOpenIdToken       signing:do_not_sign
choose-signer.cognito-identity.UnlinkIdentity       signing:do_not_sign
choose-signer.cognito-identity.GetCredentialsForIdentity signing:do_not_sign
"""
_OTHERS = """
getattr.mturk.list_hi_ts_for_qualification_type         renamed:right_method
getattr.socialmessaging.delete_whatsapp_media_message   renamed:right_method
getattr.cloudwatch.get_o_tel_enrichment                 renamed:right_method
getattr.cloudwatch.start_o_tel_enrichment               renamed:right_method
getattr.cloudwatch.stop_o_tel_enrichment                renamed:right_method
getattr.cloudwatch.update_o_tel_enrichment              renamed:right_method
getattr.signin.create_o_auth2_token                     renamed:right_method
creating-client-class.lex-runtime-v2                    bidirectional:remove_methods
creating-client-class.qbusiness                         bidirectional:remove_methods
creating-client-class.bedrock-runtime                   bidirectional:remove_methods
creating-client-class.connecthealth                     bidirectional:remove_methods
creating-client-class.polly                             bidirectional:remove_methods
creating-client-class.rds                               database_tokens:add_rds_token
creating-client-class.dsql                              database_tokens:add_dsql_tokens
before-parameter-build.ec2.*                            aliases:accept_filters first
before-parameter-build.logs.CreateExportTask            aliases:accept_from_time first
before-parameter-build.cloudsearchdomain.Search         aliases:accept_return_fields first
before-parameter-build.ec2.RunInstances                 user_data:encode_user_data
before-parameter-build.autoscaling.CreateLaunchConfiguration user_data:encode_user_data
before-parameter-build.route53                          addresses:shorten_route53_ids
before-parameter-build.glacier                          glacier:fill_account_id
before-endpoint-resolution.s3-control                   s3control:take_account_from_arn
before-call.glacier                                     glacier:add_version
before-call.glacier.UploadArchive                       glacier:add_checksums
before-call.glacier.UploadMultipartPart                 glacier:add_checksums
before-call.apigateway                                  addresses:accept_json
before-call.ec2.CopySnapshot                            cross_region:presign_snapshot_copy
before-call.rds.CopyDBClusterSnapshot                   cross_region:presign_source_region
before-call.rds.CreateDBCluster                         cross_region:presign_source_region
before-call.rds.CopyDBSnapshot                          cross_region:presign_source_region
before-call.rds.CreateDBInstanceReadReplica             cross_region:presign_source_region
before-call.rds.StartDBInstanceAutomatedBackupsReplication cross_region:presign_source_region
before-call.neptune.CopyDBClusterSnapshot               cross_region:presign_source_region
before-call.neptune.CreateDBCluster                     cross_region:presign_source_region
before-call.docdb.CopyDBClusterSnapshot                 cross_region:presign_source_region
before-call.docdb.CreateDBCluster                       cross_region:presign_source_region
request-created.machinelearning.Predict                 addresses:go_to_prediction_endpoint
request-created.cloudsearchdomain.Search                addresses:search_by_post
choose-signer.importexport                              addresses:sign_importexport
before-sign.polly.SynthesizeSpeech                      addresses:drop_content_type
before-parse.sso-oidc                                   decoded_results:describe_oidc_error
after-call.iam                                          iam:decode_policies
after-call.ec2.GetConsoleOutput                         decoded_results:decode_console_output
after-call.cloudformation.GetTemplate                   decoded_results:decode_template
after-call.sqs                                          decoded_results:use_query_error_code
"""

_RESOURCES = """
creating-resource-class.s3.Bucket           sotalia.resources.s3:add_bucket_methods
creating-resource-class.s3.Object           sotalia.resources.s3:add_object_methods
creating-resource-class.s3.ObjectSummary    sotalia.resources.s3:add_object_summary_methods
creating-resource-class.dynamodb            sotalia.dynamodb.transform:add_high_level_interface id=high-level-dynamodb
creating-resource-class.dynamodb.Table      sotalia.dynamodb.table:add_table_methods id=high-level-dynamodb-table
creating-resource-class.ec2.ServiceResource sotalia.resources.ec2:add_create_tags
creating-resource-class.ec2.Instance        sotalia.resources.ec2:add_delete_tags
"""

_POSITIONS = {"first": FIRST, "": MIDDLE, "last": LAST}


def builtin_handlers() -> Iterator[tuple[str, Any, int, str | None]]:
    """The rows as event, handler, position and unique id."""
    for row in (_GENERAL + _S3 + _STS + _OTHERS + _RESOURCES).splitlines():
        if not row:
            continue
        event, path, *more = row.split()
        last = more[0] if more else ""
        unique_id = last.removeprefix("id=") if last.startswith("id=") else None
        yield (
            event,
            LazyHandler(path if path.startswith("sotalia.") else f"sotalia.services.{path}"),
            _POSITIONS["" if unique_id else last],
            unique_id,
        )


# Filled once: sessions start from a copy, which shares the tree of registrations.
_filled: list[EventRegistry] = []


def registry_with_builtins(*, coroutines: bool) -> EventRegistry:
    """A registry with all rows."""
    if not _filled:
        first = EventRegistry(EVENT_ALIASES)
        for event, handler, position, unique_id in builtin_handlers():
            first.install(event, handler, position, unique_id)
        _filled.append(first)
    events = copy.copy(_filled[0])
    events.accepts_coroutines = coroutines
    return events
