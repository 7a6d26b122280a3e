"""What is configured, where, and what nobody reads: :mod:`sotalia.config.report`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sotalia.config.known import profile_keys, variables
from sotalia.config.report import ConfigReport, explain
from sotalia.session.core import SessionCore
from sotalia.session.session import sync_kind

SECRET = "PLANTED-SECRET"


class Files:
    """The two files of a person, and a look at them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.config, self.credentials = folder / "config", folder / "credentials"
        monkeypatch.setenv("AWS_CONFIG_FILE", str(self.config))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(self.credentials))
        monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)

    def explained(self, environ: dict[str, str] | None = None, profile: str | None = None) -> ConfigReport:
        core = SessionCore(sync_kind())
        if profile is not None:
            core.set_config_variable("profile", profile)
        report = explain(core, environ or {})
        assert SECRET not in repr(report)
        return report

    def findings(self, **arguments: Any) -> list[str]:
        """Each as ``config:2 what``, those that are no mistakes in parentheses."""
        shown = []
        for finding in self.explained(**arguments).findings:
            where = finding.where
            for path in (self.config, self.credentials):
                where = where.replace(f"{path}, line ", f"{path.name}:")
            text = f"{where} {finding.what}"
            shown.append(text if finding.is_mistake else f"({text})")
        return shown


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    return Files(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("[default]\nregion = x\ns3 =\n  addressing_style = path\n", []),
        ("[profile dev]\nregoin = x\n", ["config:2 'regoin' of [profile dev] is not read: did you mean 'region'?"]),
        ("[dev]\nregion = x\n", ["config:1 [dev] is not read: write [profile dev] in this file"]),
        ("[profil dev]\n", ["config:1 [profil dev] is not read: write [profile dev]"]),
        ("[Profile dev]\n", ["config:1 [Profile dev] is not read: write [profile dev]"]),
        ("[profile]\n", ["config:1 [profile] has no name: write [profile NAME]"]),
        ("[sso_session a]\n", ["config:1 [sso_session a] is not read: write [sso-session a]"]),
        ("[sso-session a]\nsso_regoin = x\n", ["config:2 'sso_regoin' of [sso-session a] is not read: did you mean 'sso_region'?"]),
        ("[services a]\ns3 =\n  endpoint_url = x\n[plugins]\na = b\n", []),
        ("[default]\noutput = json\n", ["(config:2 'output' is for other programs)"]),
        ("[default]\nmy_own = 1\n", ["(config:2 'my_own' of [default] is not read)"]),
        (
            "[default]\ns3 =\n  adressing_style = path\n  max_queue_size = 5\n",
            [
                "config:3 'adressing_style' in the block s3 is not read: did you mean 'addressing_style'?",
                "(config:4 'max_queue_size' in the block s3 is not read)",
            ],
        ),
        ("[default]\ns3 = path\n", ["config:2 's3' holds settings on indented lines below it, not a value"]),
        (f"[default]\naws_secret_acces_key = {SECRET}\n", ["config:2 'aws_secret_acces_key' of [default] is not read: did you mean 'aws_secret_access_key'?"]),
    ],
)  # fmt: skip
def test_a_configuration_file(files: Files, text: str, expected: list[str]) -> None:
    files.config.write_text(text)
    assert files.findings() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"[default]\naws_access_key_id = A\naws_secret_access_key = {SECRET}\n[dev]\nregion = x\n", []),
        ("[profile dev]\n", ["credentials:1 [profile dev] is read as a profile of this name: write [dev] in this file"]),
        (f"[dev]\naws_secret_key = {SECRET}\n", ["credentials:2 'aws_secret_key' of [dev] is not read: did you mean 'aws_secret_access_key'?"]),
    ],
)  # fmt: skip
def test_a_credentials_file(files: Files, text: str, expected: list[str]) -> None:
    files.credentials.write_text(text)
    assert files.findings() == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"AWS_REGION": "x"}, ["environment variable AWS_REGION is not read, as by boto3: set AWS_DEFAULT_REGION"]),
        ({"AWS_REGION": "x", "AWS_DEFAULT_REGION": "x"}, []),
        ({"AWS_MAX_ATEMPTS": SECRET}, ["environment variable AWS_MAX_ATEMPTS is not read: did you mean AWS_MAX_ATTEMPTS?"]),
        ({"SOTALIA_LOGS": "x"}, ["environment variable SOTALIA_LOGS is not read: did you mean SOTALIA_LOG?"]),
        ({"AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_ENDPOINT_URL_S3": "x", "AWS_PAGER": "", "OTHER": ""}, []),
    ],
)  # fmt: skip
def test_the_environment(files: Files, environ: dict[str, str], expected: list[str]) -> None:
    assert files.findings(environ=environ) == expected


def test_settings_and_their_places(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    files.config.write_text(
        "[profile dev]\nregion = x\nmax_attempts = many\nendpoint_url = https://user:PLANTED-SECRET@host\n"
        "s3 =\n  addressing_style = path\n"
    )
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    report = files.explained(profile="dev")
    assert report.profile == "dev"
    assert report.files == ((str(files.config), True), (str(files.credentials), False))
    found = {setting.name: (setting.value, setting.where) for setting in report.settings}
    of_profile = f"{files.config}, line {{}}, key {{}} of [profile dev]"
    assert found["region"] == ("x", of_profile.format(2, "region"))
    assert found["retry_mode"] == ("adaptive", "environment variable AWS_RETRY_MODE")
    assert found["s3.addressing_style"] == ("path", of_profile.format(6, "addressing_style in the block s3"))
    assert found["endpoint_url"][1] == of_profile.format(4, "endpoint_url")
    assert found["tcp_keepalive"] == (None, "the defaults")
    value, where = found["max_attempts"]
    assert str(value).startswith("invalid: ")
    assert where == of_profile.format(3, "max_attempts")


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("max_attempts", "many", "invalid literal for int()"),
        ("max_attempts", "0", "0"),
        ("retry_mode", "fast", "fast"),
        ("request_checksum_calculation", "never", "never"),
        ("defaults_mode", "odd", None),
    ],
)
def test_a_value_that_no_client_takes(files: Files, key: str, value: str, expected: str | None) -> None:
    files.config.write_text(f"[default]\n{key} = {value}\n")
    found = files.findings()
    if expected is None:
        assert found == []  # Another part of a client reads it.
    else:
        (finding,) = found
        assert finding.startswith(f"config:2, key {key} of [default] ")
        assert expected in finding


@pytest.mark.parametrize("text", ["[default\n", "region = x\n", "[default]\nregion\n", "\xff[default]\n"])
def test_what_cannot_be_read_is_a_finding(files: Files, text: str) -> None:
    files.config.write_bytes(text.encode("latin-1"))
    report = files.explained()
    (finding,) = report.findings
    assert finding.is_mistake
    assert str(files.config) in finding.what
    assert report.settings == ()


def test_a_profile_that_there_is_not(files: Files) -> None:
    files.config.write_text("[dev]\n")
    first, second = files.findings(profile="dev")
    assert "dev" in first
    assert second == "config:1 [dev] is not read: write [profile dev] in this file"


def test_names_are_those_that_are_read() -> None:
    """Each key and variable of the sources is known here, so that none is called unknown by mistake."""
    import sotalia

    root = Path(sotalia.__file__).parent
    texts = "\n".join(path.read_text("utf-8") for path in (root / "credentials").glob("*.py"))
    import re

    read = set(re.findall(r'"(AWS_[A-Z_]+)"', texts))
    assert read <= variables()
    keys = set(
        re.findall(
            r'"((?:sso|role|mfa|credential|source|web_identity|external|duration|login)_[a-z_]+)"', texts
        )
    )
    assert keys - {"sso_sessions", "credential_provider", "sso_registration_scopes"} <= profile_keys()
