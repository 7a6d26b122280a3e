"""The reference's list of built-in handlers as a checklist: each has its like here, or stands in a list with a reason."""

from __future__ import annotations

import fnmatch
from typing import Any

import boto3
import botocore.awsrequest
import botocore.config
import botocore.handlers
import pytest

from sotalia.events.tree import FIRST, LAST, MIDDLE
from sotalia.session.builtin_handlers import ROWS
from tests.client_kinds import KEYS, Kind
from tests.services.answers import Raw

# The reference's function -> ours.
COUNTERPARTS = {
    "handle_service_name_alias": "general:choose_service_name",
    "ClientMethodAlias": "renamed:right_method",
    "convert_body_to_file_like_object": "s3.parameters:wrap_body",
    "add_generate_presigned_url": "sotalia.clients.presigning:add_generate_presigned_url",
    "add_generate_presigned_post": "sotalia.clients.presigning:add_generate_presigned_post",
    "remove_lex_v2_start_conversation": "bidirectional:remove_methods",
    "remove_qbusiness_chat": "bidirectional:remove_methods",
    "remove_bedrock_runtime_invoke_model_with_bidirectional_stream": "bidirectional:remove_methods",
    "remove_connecthealth_start_medical_scribe_listening_session": "bidirectional:remove_methods",
    "remove_polly_start_speech_synthesis_stream": "bidirectional:remove_methods",
    "json_decode_policies": "iam:decode_policies",
    "decode_console_output": "decoded_results:decode_console_output",
    "json_decode_template_body": "decoded_results:decode_template",
    "parse_get_bucket_location": "s3.responses:read_location",
    "_handle_sqs_compatible_error": "decoded_results:use_query_error_code",
    "handle_expires_header": "s3.responses:keep_raw_expires",
    "_handle_200_error": "s3.responses:find_error_in_success",
    "_map_oauth2_errors": "decoded_results:describe_oidc_error",
    "generate_idempotent_uuid": "general:fill_idempotency_tokens",
    "_handle_request_validation_mode_member": "general:ask_for_response_checksum",
    "validate_bucket_name": "s3.parameters:check_bucket_name",
    "set_list_objects_encoding_type_url": "s3.listings:ask_for_url_encoding",
    "handle_copy_source_param": "s3.parameters:write_copy_source",
    "validate_ascii_metadata": "s3.parameters:check_metadata",
    "customize_endpoint_resolver_builtins": "s3.endpoints:choose_addressing",
    "add_recursion_detection_header": "general:add_trace_header",
    "add_expect_header": "s3.requests:expect_continue",
    "add_glacier_version": "glacier:add_version",
    "add_accept_header": "addresses:accept_json",
    "escape_xml_payload": "s3.requests:escape_line_breaks",
    "add_glacier_checksums": "glacier:add_checksums",
    "inject_presigned_url_ec2": "cross_region:presign_snapshot_copy",
    "add_retry_headers": "general:add_retry_headers",
    "switch_host_machinelearning": "addresses:go_to_prediction_endpoint",
    "_update_status_code": "s3.responses:take_over_status",
    "disable_signing": "signing:do_not_sign",
    "set_operation_specific_signer": "signing:choose_signer_of_operation",
    "_set_auth_scheme_preference_signer": "signing:choose_preferred_signer",
    "sse_md5": "s3.parameters:write_sse_key",
    "copy_source_sse_md5": "s3.parameters:write_copy_source_sse_key",
    "base64_encode_user_data": "user_data:encode_user_data",
    "fix_route53_ids": "addresses:shorten_route53_ids",
    "inject_account_id": "glacier:fill_account_id",
    "remove_arn_from_signing_path": "s3.requests:strip_arn_from_auth_path",
    "_set_extra_headers_for_unsigned_request": "s3.requests:mark_unsigned_trailer",
    "remove_content_type_header_for_presigning": "addresses:drop_content_type",
    "decode_list_object": "s3.listings:decode_list_objects",
    "decode_list_object_v2": "s3.listings:decode_list_objects_v2",
    "decode_list_object_versions": "s3.listings:decode_list_object_versions",
    "change_get_to_post": "addresses:search_by_post",
    "add_dsql_generate_db_auth_token_methods": "database_tokens:add_dsql_tokens",
    "add_generate_db_auth_token": "database_tokens:add_rds_token",
    "inject_presigned_url_rds": "cross_region:presign_source_region",
    "inject_api_version_header_if_needed": "general:add_api_version_header",
}
ALIASES = {
    "before-parameter-build.ec2.*": "aliases:accept_filters",
    "before-parameter-build.logs.CreateExportTask": "aliases:accept_from_time",
    "before-parameter-build.cloudsearchdomain.Search": "aliases:accept_return_fields",
}
# Done without a handler, and why.
ELSEWHERE = {
    "remove_bucket_from_url_paths_from_model": "model.adjustments takes the bucket out of the path once, as the model is read",
    "remove_accid_host_prefix_from_model": "model.adjustments takes the host prefix away once, as the model is read",
    "check_openssl_supports_tls_version_1_2": "Python 3.11 needs OpenSSL 1.1.1, which has TLS 1.2",
}
DOCUMENTATION = "docs.*"
_POSITIONS = {
    botocore.handlers.REGISTER_FIRST: FIRST,
    botocore.handlers.REGISTER_LAST: LAST,
}


def rows() -> list[Any]:
    return [
        (row[0], name_of(row[1]), _POSITIONS[row[2]] if len(row) > 2 else MIDDLE)
        for row in botocore.handlers.BUILTIN_HANDLERS
        if row[1].__module__.startswith("botocore.")
    ]


def name_of(handler: Any) -> str:
    handler = getattr(handler, "__self__", handler)
    return getattr(handler, "__name__", type(handler).__name__)


OURS = {(event, handler.path, position) for event, handler, position, _ in ROWS}


def path(event: str, name: str) -> str:
    path = ALIASES[event] if name == "ParameterAlias" else COUNTERPARTS[name]
    return path if path.startswith("sotalia.") else f"sotalia.services.{path}"


def counterpart(event: str, name: str, position: int) -> tuple[str, str, int]:
    # `a.*` and `a` are heard for the same emissions here, except by those who emit `a` itself.
    short = event.removesuffix(".*") if event != "before-parameter-build.ec2.*" else event
    return short, path(event, name), position


@pytest.mark.parametrize(("event", "name", "position"), rows())
def test_row(event: str, name: str, position: int) -> None:
    if fnmatch.fnmatch(event, DOCUMENTATION) or name in ELSEWHERE:
        return
    assert counterpart(event, name, position) in OURS


def test_counts() -> None:
    """The numbers that docs/services.md states."""
    listed = rows()
    documentation = [row for row in listed if fnmatch.fnmatch(row[0], DOCUMENTATION)]
    elsewhere = [row for row in listed if row[1] in ELSEWHERE]
    assert (len(listed), len(documentation), len(elsewhere)) == (127, 30, 3)


def test_nothing_here_is_without_a_model() -> None:
    """Rows of ours that the reference's list does not have, each known."""
    theirs = {
        counterpart(event, name, position)
        for event, name, position in rows()
        if not fnmatch.fnmatch(event, DOCUMENTATION) and name not in ELSEWHERE
    }
    own = {(event, path) for event, path, _ in OURS - theirs if not event.startswith("client-created")}
    assert own == {
        # Registered by the reference for each client.
        ("before-parameter-build.s3", "sotalia.services.s3.parameters:note_input"),
        ("before-endpoint-resolution.s3-control", "sotalia.services.s3control:take_account_from_arn"),
        ("choose-signer.importexport", "sotalia.services.addresses:sign_importexport"),
        # Registered by boto3 for each session.
        ("creating-client-class.s3", "sotalia.s3.methods:add_transfer_methods"),
        ("creating-resource-class.s3.Bucket", "sotalia.s3.resources:add_bucket_methods"),
        ("creating-resource-class.s3.Object", "sotalia.s3.resources:add_object_methods"),
        ("creating-resource-class.s3.ObjectSummary", "sotalia.s3.resources:add_object_summary_methods"),
        ("creating-resource-class.dynamodb", "sotalia.dynamodb.transform:add_high_level_interface"),
        ("creating-resource-class.dynamodb.Table", "sotalia.dynamodb.table:add_table_methods"),
        ("creating-resource-class.ec2.ServiceResource", "sotalia.ec2.tags:add_create_tags"),
        ("creating-resource-class.ec2.Instance", "sotalia.ec2.tags:add_delete_tags"),
    }


def test_handlers_of_one_event_keep_their_order() -> None:
    """Among the handlers of one name and position, registration order is the order of calls."""
    ours: dict[tuple[str, int], list[str]] = {}
    for event, handler, position, _ in ROWS:
        ours.setdefault((event, position), []).append(handler.path)
    theirs: dict[tuple[str, int], list[str]] = {}
    for event, name, position in rows():
        if not fnmatch.fnmatch(event, DOCUMENTATION) and name not in ELSEWHERE:
            short, found, position = counterpart(event, name, position)
            theirs.setdefault((short, position), []).append(found)
    assert max(map(len, theirs.values())) > 1
    for key, order in theirs.items():
        assert [found for found in ours[key] if found in order] == order


def test_all_handlers_can_be_imported() -> None:
    assert len(ROWS) > 50
    for _, handler, _, _ in ROWS:
        assert callable(handler.resolve())


@pytest.mark.parametrize("version", [None, "v2"])
def test_importexport_is_signed_by_version_4(version: str | None, client_kind: Kind) -> None:
    """Its model names v2, and even a caller who asks for that gets v4."""
    seen: list[str] = []
    config = botocore.config.Config(signature_version=version) if version else None
    arguments: dict[str, Any] = {"config": config}
    clients = (
        boto3.Session(**KEYS).client("importexport", **arguments),
        client_kind.client("importexport", **arguments),
    )
    for client in clients:
        client.meta.events.register(
            "before-sign.importexport", lambda signature_version, **kwargs: seen.append(signature_version)
        )
        client.meta.events.register(
            "before-send",
            lambda **kwargs: botocore.awsrequest.AWSResponse(
                "https://x", 200, {}, Raw(b"<a><ListJobsResult/></a>")
            ),
        )
        client.list_jobs()
    assert seen == ["v4"] * 2
