"""``client.meta.config``, or the error, from generated combinations of places, beside botocore."""

from __future__ import annotations

import logging
import random
from pathlib import Path
from typing import Any

import botocore
import botocore.config
import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.config.client_config import OPTION_DEFAULTS
from tests.config.both import Sources, outcome, outcome_class

KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n"
# What a setting may say, good and bad: (variable's key in files, environment variable, texts, option of Config, values).
ROWS: list[tuple[str | None, str | None, tuple[str, ...], str | None, tuple[Any, ...]]] = [
    ("region", "AWS_DEFAULT_REGION", ("eu-west-1", "us-east-1", "aws-global"), "region_name", ("us-west-2", "a_b")),
    ("retry_mode", "AWS_RETRY_MODE", ("standard", "adaptive", "legacy", "Fast"), None, ()),
    ("max_attempts", "AWS_MAX_ATTEMPTS", ("1", "7", "0", "-3", "x"), None, ()),
    (None, None, (), "retries", ({"mode": "legacy"}, {"max_attempts": 2}, {"total_max_attempts": 5, "mode": "adaptive"},
                                 {"max_attempts": 0, "total_max_attempts": 3}, {})),
    ("defaults_mode", "AWS_DEFAULTS_MODE", ("legacy", "standard", "IN-REGION", "mobile", "wrong"), "defaults_mode",
     ("cross-region", "mobile", "Legacy", "bad")),
    ("sts_regional_endpoints", "AWS_STS_REGIONAL_ENDPOINTS", ("regional", "legacy", "LEGACY", "no"), None, ()),
    ("s3_us_east_1_regional_endpoint", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", ("regional", "legacy", "x"), None, ()),
    ("sdk_ua_app_id", "AWS_SDK_UA_APP_ID", ("app", "other"), "user_agent_appid", ("mine",)),
    ("request_min_compression_size_bytes", "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
     ("1", "1048576", "1048577", "0", "many", "1.5"), "request_min_compression_size_bytes", (100, "200", 0, -1, "x")),
    ("disable_request_compression", "AWS_DISABLE_REQUEST_COMPRESSION", ("true", "TRUE", "no", ""),
     "disable_request_compression", (True, False)),
    ("sigv4a_signing_region_set", "AWS_SIGV4A_SIGNING_REGION_SET", ("*", "us-east-1,us-west-2"),
     "sigv4a_signing_region_set", ("eu-west-1",)),
    ("request_checksum_calculation", "AWS_REQUEST_CHECKSUM_CALCULATION", ("when_required", "WHEN_SUPPORTED", "never"),
     "request_checksum_calculation", ("when_required", "When_Required", "bad")),
    ("response_checksum_validation", "AWS_RESPONSE_CHECKSUM_VALIDATION", ("when_required", "WHEN_SUPPORTED", "never"),
     "response_checksum_validation", ("when_required", "When_Required", "bad")),
    ("account_id_endpoint_mode", "AWS_ACCOUNT_ID_ENDPOINT_MODE", ("required", "DISABLED", "maybe"),
     "account_id_endpoint_mode", ("disabled", "Required", "bad")),
    ("disable_host_prefix_injection", "AWS_DISABLE_HOST_PREFIX_INJECTION", ("true", "false"), "inject_host_prefix",
     (True, False)),
    ("auth_scheme_preference", "AWS_AUTH_SCHEME_PREFERENCE", ("sigv4", " sigv4a,\tsigv4", "httpBearerAuth", "zzz"),
     "auth_scheme_preference", ("sigv4a", "sigv4 , sigv4a")),
    ("tcp_keepalive", "BOTOCORE_TCP_KEEPALIVE", ("true", "false"), "tcp_keepalive", (True, False)),
    ("s3_disable_express_session_auth", "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", ("true", "false", "FALSE", "perhaps"),
     "s3_disable_express_session_auth", (True, False)),
    ("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT", ("true", "false"), "use_dualstack_endpoint", (True, False)),
    ("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT", ("true", "false"), "use_fips_endpoint", (True, False)),
    ("endpoint_url", "AWS_ENDPOINT_URL", ("http://localhost:9", "no url"), None, ()),
    ("ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ("true", "false"),
     "ignore_configured_endpoint_urls", (True, False)),
    ("ca_bundle", "AWS_CA_BUNDLE", ("/x/ca.pem", " "), None, ()),
    ("parameter_validation", None, ("false", "TRUE"), "parameter_validation", (True, False)),
    ("services", None, ("mine", "nobody"), None, ()),
    ("endpoint_discovery_enabled", "AWS_ENDPOINT_DISCOVERY_ENABLED", ("true", "auto"),
     "endpoint_discovery_enabled", (True, "auto")),
    (None, None, (), "signature_version", ("v4", "s3v4", botocore.UNSIGNED)),
    (None, None, (), "s3", ({"addressing_style": "path"}, {"use_accelerate_endpoint": True},
                            {"us_east_1_regional_endpoint": "regional"}, {"use_dualstack_endpoint": True}, {})),
    (None, None, (), "connect_timeout", (5, 1.5)),
    (None, None, (), "read_timeout", (7, None)),
    (None, None, (), "user_agent_extra", ("more",)),
    (None, None, (), "max_pool_connections", (3,)),
    (None, None, (), "proxies", ({"https": "http://proxy:1"}, {})),
    (None, None, (), "client_context_params", ({"DisableS3ExpressSessionAuth": True},)),
]  # fmt: skip
#: Not compared: the first names the library; the second the reference changes in place, in the caller's hands.
NOT_COMPARED = {"user_agent", "client_context_params"}


def generated(generator: random.Random) -> tuple[Sources, dict[str, Any]]:
    """Some settings in some places, and options of a ``Config``."""
    config_file = ["[default]", "region = us-west-2"]
    credentials_file = ["[default]", KEYS]
    environment: dict[str, str] = {}
    options: dict[str, Any] = {}
    for key, variable, texts, option, values in generator.sample(ROWS, generator.randint(1, 4)):
        places = [key and "config", key and "credentials", variable and "environment", option and "option"]
        for place in generator.sample([it for it in places if it], generator.randint(1, 2) if key else 1):
            if place == "option":
                assert option is not None
                options[option] = generator.choice(values)
            elif place == "environment":
                assert variable is not None
                environment[variable] = generator.choice(texts)
            else:
                lines = config_file if place == "config" else credentials_file
                if f"{key} = us-west-2" in lines:
                    lines.remove(f"{key} = us-west-2")
                lines.append(f"{key} = {generator.choice(texts)}")
    if generator.random() < 0.2:
        config_file += ["s3 =", "  addressing_style = path", "  use_arn_region = true"]
    config_file += ["[services mine]", "s3 =", "  endpoint_url = http://services:1"]
    sources = Sources(
        environment=environment,
        config_file="\n".join([*config_file, ""]),
        credentials_file="\n".join([*credentials_file, ""]),
    )
    return sources, options


def described(session: Any, service: str, config_class: Any, options: dict[str, Any]) -> Any:
    """The effective settings of a client."""
    options = {name: dict(value) if isinstance(value, dict) else value for name, value in options.items()}
    config = config_class(**options) if options else None
    client = session.create_client(service, config=config)
    effective = {
        name: getattr(client.meta.config, name) for name in OPTION_DEFAULTS if name not in NOT_COMPARED
    }
    effective["(url)"] = client.meta.endpoint_url
    effective["(region)"] = client.meta.region_name
    effective["(partition)"] = client.meta.partition
    return effective


def compare(sources: Sources, service: str, options: dict[str, Any]) -> None:
    """Both give the same options, or both raise. With one mistake the classes are equal; with two, either may be told."""
    expected = outcome_class(described, sources.reference(), service, botocore.config.Config, options)
    for config_class in (Config, botocore.config.Config) if options else (Config,):
        found = outcome_class(described, sources.ours(), service, config_class, options)
        if isinstance(found, dict) and isinstance(expected, dict):
            differing = {it: (found[it], expected[it]) for it in expected if found[it] != expected[it]}
            assert not differing, (differing, sources, options)
        elif len(sources.environment) + len(options) < 2 and sources.is_simple:
            assert found == expected, (sources, options)
        else:
            assert isinstance(found, str) == isinstance(expected, str), (found, expected, sources, options)


@pytest.fixture(autouse=True)
def _silent() -> Any:
    """The reference warns of long names and of pseudo regions."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow(keep=12)
@pytest.mark.parametrize("row", ROWS, ids=[str(row[0] or row[3]) for row in ROWS])
def test_each_value_of_each_setting_alone(
    row: tuple[Any, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, variable, texts, option, values = row
    service = "sts" if key == "sts_regional_endpoints" else "s3"
    files = f"[default]\n{KEYS}" + ("" if key == "region" else "region = us-west-2\n")
    services = "[services mine]\ns3 =\n  endpoint_url = http://services:1\n"
    cases = [Sources(config_file=f"{files}{services}", credentials_file="")]
    for text in texts:
        if key:
            cases.append(Sources(config_file=f"{files}{key} = {text}\n{services}"))
            cases.append(
                Sources(config_file=f"{files}{services}", credentials_file=f"[default]\n{key} = {text}\n")
            )
        if variable:
            cases.append(Sources(config_file=f"{files}{services}", environment={variable: text}))
    for sources in cases:
        sources.is_simple = True
        with monkeypatch.context() as patch:
            sources.write(tmp_path, patch)
            compare(sources, service, {})
    with monkeypatch.context() as patch:
        cases[0].write(tmp_path, patch)
        for value in values:
            compare(cases[0], service, {option: value})


@pytest.mark.slow(keep=8)
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("service", ["s3", "dynamodb", "sts"])
def test_combinations(service: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = random.Random(f"{service} {seed}")
    for _ in range(8):
        sources, options = generated(generator)
        with monkeypatch.context() as patch:
            sources.write(tmp_path, patch)
            compare(sources, service, options)


@pytest.mark.parametrize(
    ("key", "text", "error"),
    [
        ("retry_mode", "fast", "InvalidRetryModeError"),
        ("max_attempts", "0", "InvalidMaxRetryAttemptsError"),
        ("max_attempts", "many", "ValueError"),
        ("request_checksum_calculation", "never", "InvalidChecksumConfigError"),
        ("account_id_endpoint_mode", "maybe", "InvalidConfigError"),
        ("request_min_compression_size_bytes", "0", "InvalidConfigError"),
        ("s3_disable_express_session_auth", "perhaps", "InvalidConfigError"),
    ],
)
def test_a_bad_value_names_file_line_and_key(
    key: str, text: str, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = Sources(config_file=f"[default]\nregion = us-east-1\n\n# mine\n{key} = {text}\n{KEYS}")
    sources.write(tmp_path, monkeypatch)
    kind, message = outcome(sources.ours().create_client, "s3")
    assert kind == error
    assert message.endswith(f"(found in {tmp_path}/config, line 5, key {key} of [default])")
    assert outcome(sources.reference().create_client, "s3")[1] in message


@pytest.mark.parametrize(
    ("service", "text", "line", "key"),
    [
        ("s3", "defaults_mode = quick", 2, "defaults_mode of [default]"),
        ("s3", "region = us_east_1", 2, "region of [default]"),
        ("s3", "sts_regional_endpoints = x", 2, "sts_regional_endpoints of [default]"),
        ("s3", "s3 =\n  addressing_style = x", 3, "addressing_style in the block s3 of [default]"),
        (
            "s3",
            "s3 =\n  us_east_1_regional_endpoint = x",
            3,
            "us_east_1_regional_endpoint in the block s3 of [default]",
        ),
        ("s3", "services = none", 2, "services of [default]"),
        ("s3", "endpoint_url = localhost:80", 2, "endpoint_url of [default]"),
        (
            "s3",
            "services = a\n[services a]\ns3 =\n  endpoint_url = x",
            5,
            "endpoint_url in the block s3 of [services a]",
        ),
        (
            "route53",
            "services = a\n[services a]\nroute_53 =\n  endpoint_url = x",
            5,
            "endpoint_url in the block route_53 of [services a]",
        ),
    ],
)
def test_a_bad_place_to_send_to_names_file_line_and_key(
    service: str, text: str, line: int, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = "" if text.startswith("region") else "us-east-1"
    sources = Sources(
        config_file=f"[default]\n{text}\n", environment={"AWS_DEFAULT_REGION": region} if region else {}
    )
    sources.write(tmp_path, monkeypatch)
    kind, message = outcome(sources.ours().create_client, service)
    assert message.endswith(f" (found in {tmp_path}/config, line {line}, key {key})")
    theirs = outcome(sources.reference().create_client, service)
    assert theirs[0] == kind
    # The modes are listed in another order.
    assert text.startswith("defaults_mode") or theirs[1] == message.partition(" (found in")[0]


def test_a_bad_variable_is_named() -> None:
    session = sotalia.Session(region_name="us-east-1")
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("AWS_ENDPOINT_URL_S3", "localhost")
        with pytest.raises(ValueError, match="environment variable AWS_ENDPOINT_URL_S3"):
            session.client("s3")


def test_what_the_program_says_itself_is_nobody_elses_mistake() -> None:
    session = sotalia.Session(region_name="us-east-1")
    bad: list[dict[str, Any]] = [
        {"config": Config(defaults_mode="x")},
        {"endpoint_url": "x"},
        {"region_name": "_"},
    ]
    for arguments in bad:
        with pytest.raises((ValueError, exceptions.BotoCoreError)) as caught:
            session.client("s3", **arguments)
        assert "found in" not in str(caught.value)


def test_a_client_of_another_config_class_is_refused_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A default Config of either class merges with a Config of either class."""
    for default_class in (Config, botocore.config.Config):
        for config_class in (Config, botocore.config.Config):
            session = sotalia.Session(region_name="us-east-1")._session
            default = default_class(
                read_timeout=3, retries={"max_attempts": 1}, s3={"addressing_style": "path"}
            )
            session.set_default_client_config(default)
            assert session.get_default_client_config() is default
            client = session.create_client("s3", config=config_class(retries={"mode": "adaptive"}))
            assert client.meta.config.read_timeout == 3
            assert client.meta.config.retries == {"mode": "adaptive"}
            assert client.meta.config.s3 == {"addressing_style": "path"}
            assert session.create_client("s3").meta.config.retries["total_max_attempts"] == 2
            assert default.retries == {"max_attempts": 1}
