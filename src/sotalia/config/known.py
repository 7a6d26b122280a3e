"""Names that configuration files and the environment may hold: those that sotalia reads, and those of other programs.

What is here is for messages only. What is read stands in :mod:`sotalia.config.variables` and in the credential providers.
"""

from __future__ import annotations

from sotalia.config.variables import SECTIONS, VARIABLES

#: Keys of a profile that say where credentials come from: see ``sotalia/credentials/``.
CREDENTIAL_KEYS = frozenset(
    (
        "aws_access_key_id",
        "aws_account_id",
        "aws_secret_access_key",
        "aws_security_token",
        "aws_session_token",
        "credential_process",
        "credential_source",
        "duration_seconds",
        "external_id",
        "login_session",
        "mfa_serial",
        "role_arn",
        "role_session_name",
        "source_profile",
        "sso_account_id",
        "sso_region",
        "sso_role_name",
        "sso_session",
        "sso_start_url",
        "web_identity_token_file",
    )
)
#: Keys of a ``[sso-session NAME]``.
SSO_KEYS = frozenset(("sso_region", "sso_registration_scopes", "sso_start_url"))
#: Keys of a profile that other programs read: aws-cli, and other SDKs.
FOREIGN_KEYS = frozenset(
    (
        "cli_auto_prompt",
        "cli_binary_format",
        "cli_follow_urlparam",
        "cli_history",
        "cli_pager",
        "cli_timestamp_format",
        "cli_help_output",
        "output",
        "s3api",
        "sso_registration_scopes",
        "tcp_keepalive",
    )
)
#: Variables that name credentials or say where they are.
CREDENTIAL_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
#: Our own.
OWN_VARIABLES = ("SOTALIA_CACHE_DIR", "SOTALIA_EXTENSIONS", "SOTALIA_LINT", "SOTALIA_LOG")
#: Variables that other programs read, and which look like one that we do.
FOREIGN_VARIABLES = ("AWS_CLI_AUTO_PROMPT", "AWS_EXECUTION_ENV", "AWS_PAGER", "AWS_REGION")


def profile_keys() -> set[str]:
    """Keys that sotalia reads in a profile, in small letters; blocks are keys too."""
    tables = [
        *VARIABLES.values(),
        *(row for rows in SECTIONS.values() for each in rows.values() for row in each),
    ]
    keys = {row.config_key[0] if isinstance(row.config_key, tuple) else row.config_key for row in tables}
    return {key for key in keys if key} | {"endpoint_url", "services"} | CREDENTIAL_KEYS


def block_keys(block: str) -> set[str] | None:
    """Keys of a nested block of a profile; ``None`` where any key goes."""
    rows = SECTIONS.get(block)
    if rows is None:
        return None
    return set(rows)


def variables() -> set[str]:
    """Environment variables that sotalia reads."""
    tables = [
        *VARIABLES.values(),
        *(row for rows in SECTIONS.values() for each in rows.values() for row in each),
    ]
    names = {name for row in tables for name in row.environment}
    return names | {"AWS_ENDPOINT_URL"} | set(CREDENTIAL_VARIABLES) | set(OWN_VARIABLES)
