"""What ``sotalia doctor`` looks at, one function a subject. A check that fails is a line, never the end of the others."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Final

    from sotalia.cli.options import Settings

_CLOCK_SECONDS: Final = 300  # AWS refuses signatures beyond 5 minutes; some services 15.
_TIMEOUT_SECONDS: Final = 5
# What is used when it is there, and for what.
_OPTIONAL = {
    "orjson": "JSON",
    "awscrt": "SigV4a, CRC-64/NVME, SSO login",
    "uvloop": "event loops that an application chooses",
    "rich": "tables and progress: sotalia[cli]",
    "moto": "the embedded AWS: sotalia[local]",
    "opentelemetry-api": "traces: sotalia[otel]",
}


class Check:
    """A line: ``outcome`` is ``ok``, ``note``, ``warning`` or ``error``."""

    __slots__ = ("outcome", "subject", "text")

    def __init__(self, subject: str, outcome: str, text: str) -> None:
        self.subject = subject
        self.outcome = outcome
        self.text = text


def examine(settings: Settings, *, offline: bool) -> Iterator[Check]:
    """All checks in order."""
    subjects: dict[str, Callable[[Settings], Iterator[Check]]] = {
        "versions": _versions,
        "settings": _configuration,
        "credentials": _credentials,
        "network": _network,
        "cache": _cache,
        "extensions": _extensions,
    }
    if not offline:
        subjects["AWS"] = _service
    # What fails in one check, such as a profile that there is not, fails in others as well.
    said: set[str] = set()
    for subject, check in subjects.items():
        try:
            yield from check(settings)
        except Exception as error:
            from sotalia.cli.failures import describe

            text = describe(error)
            if text not in said:
                yield Check(subject, "error", text)
            said.add(text)


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _versions(settings: Settings) -> Iterator[Check]:
    import platform

    from sotalia.runtime.version import __version__

    yield Check(
        "sotalia", "ok", f"{__version__} in {os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}"
    )
    yield Check(
        "Python",
        "ok",
        f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}",
    )
    boto3, botocore = _version("boto3"), _version("botocore")
    yield Check(
        "boto3",
        "ok" if boto3 else "error",
        boto3 or "is not installed, which sotalia needs: pip install boto3",
    )
    alike = (boto3 or "").rpartition(".")[0] == (botocore or "").rpartition(".")[0]
    text = (
        f"{botocore}"
        if alike
        else f"{botocore} does not go with boto3 {boto3}: pip install --upgrade boto3 botocore"
    )
    yield Check("botocore", "ok" if alike else "warning", text)
    for package, purpose in _OPTIONAL.items():
        found = _version(package)
        yield Check(package, "ok" if found else "note", found or f"is not installed ({purpose})")


def _configuration(settings: Settings) -> Iterator[Check]:
    from sotalia.config.report import explain

    core = settings.core()
    report = explain(core)
    for finding in report.findings:
        if finding.is_mistake:
            yield Check("settings", "warning", f"{finding.where}: {finding.what}")
    if settings.profile and settings.profile not in core.available_profiles:
        raise ValueError(f"there is no profile {settings.profile!r}")
    values = {setting.name: setting for setting in report.settings}
    region = values.get("region")
    if region is None or region.value is None:
        yield Check(
            "region", "warning", "none: give --region, or set AWS_DEFAULT_REGION or region in the profile"
        )
    else:
        yield Check("region", "ok", f"{region.value} ({region.where})")


def _credentials(settings: Settings) -> Iterator[Check]:
    explanation = settings.session().explain_credentials(fetch=False)
    if explanation.error is not None:
        yield Check("credentials", "error", f"{explanation.error}; see: sotalia credentials explain")
    elif explanation.winner is None:
        outcome = "note" if settings.no_sign_request else "error"
        yield Check("credentials", outcome, "none of the sources has any; see: sotalia credentials explain")
    else:
        yield Check("credentials", "ok", f"from {explanation.winner}: {' '.join(explanation.origin.split())}")
    if explanation.note:
        yield Check("credentials", "warning", explanation.note)


def _network(settings: Settings) -> Iterator[Check]:
    from sotalia.runtime.redaction import redact_url

    for name in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
        for variable in (name.lower(), name):
            value = os.environ.get(variable)
            if value:
                yield Check("proxy", "note", f"{variable}={redact_url(value)}")
                break
    bundle = settings.core().get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE")
    if bundle:
        from sotalia.config.files import expanded

        path = expanded(bundle)
        try:
            import ssl

            is_folder = os.path.isdir(path)
            context = ssl.create_default_context(
                cafile=None if is_folder else path, capath=path if is_folder else None
            )
            yield Check("certificates", "ok", f"{path}, {len(context.get_ca_certs())} certificates")
        except OSError as error:
            yield Check(
                "certificates", "error", f"{path}: {error.strerror or error}; no TLS connection can be made"
            )


def _cache(settings: Settings) -> Iterator[Check]:
    from sotalia.model.warm import state

    found = state(settings.core().loader)
    if found.problem:
        yield Check("cache", "warning", f"{found.problem}; each process reads the models anew")
    else:
        yield Check(
            "cache", "ok", f"{found.directory}, {found.current} of {found.services} services are packed"
        )


def _extensions(settings: Settings) -> Iterator[Check]:
    from sotalia.events.extensions import VARIABLE, load

    for name in filter(None, (name.strip() for name in os.environ.get(VARIABLE, "").split(","))):
        try:
            load(name)
        except Exception as error:
            yield Check("extensions", "error", f"{VARIABLE}: {error}")
        else:
            yield Check("extensions", "ok", f"{VARIABLE}: {name}")
    text = os.environ.get("SOTALIA_LOG", "")
    if text:
        from sotalia.extensions.program_log import parse

        try:
            parse(text)
        except ValueError as error:
            yield Check("log", "error", str(error))
        else:
            yield Check("log", "ok", f"SOTALIA_LOG={text}")


def _service(settings: Settings) -> Iterator[Check]:
    """Ask STS who we are: that shows the way to AWS, the clock and the keys at once."""
    from sotalia.cli.failures import describe
    from sotalia.exceptions import BotoCoreError, ClientError

    region = settings.region or settings.session().region_name or "us-east-1"
    settings.region = region
    options: dict[str, Any] = {
        "connect_timeout": _TIMEOUT_SECONDS,
        "read_timeout": _TIMEOUT_SECONDS,
        "retries": {"total_max_attempts": 1},
    }
    with settings.client("sts", **options) as sts:
        address = sts.meta.endpoint_url
        try:
            response: dict[str, Any] = sts.get_caller_identity()
        except ClientError as error:
            response = error.response
            yield Check("identity", "error", describe(error))
        except BotoCoreError as error:
            if type(error).__name__ == "NoCredentialsError":
                return  # Has its line already.
            yield Check("network", "error", describe(error))
            return
        else:
            yield Check("identity", "ok", f"{response.get('Arn')} in account {response.get('Account')}")
    yield Check("network", "ok", f"{address} answers")
    yield from clock(response)


def clock(response: dict[str, Any]) -> Iterator[Check]:
    """How this machine's clock stands beside the header ``Date`` of a response; nothing where there is none."""
    metadata: dict[str, Any] = response.get("ResponseMetadata") or {}
    headers: dict[str, str] = metadata.get("HTTPHeaders") or {}
    if "date" not in headers:
        return
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        seconds = (datetime.now(UTC) - parsedate_to_datetime(headers["date"])).total_seconds()
    except (TypeError, ValueError):
        return
    if abs(seconds) < 2:  # The header has whole seconds, and was on its way for a while.
        yield Check("clock", "ok", "goes as the service's does")
        return
    text = f"is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} the service's"
    outcome = "error" if abs(seconds) >= _CLOCK_SECONDS else "warning" if abs(seconds) > 30 else "ok"
    yield Check("clock", outcome, f"{text}{'; signatures are refused: set it' if outcome == 'error' else ''}")
