"""Sessions of `aws login`: what is kept, how it is refreshed, and the proof that goes with it; sync and async."""

from __future__ import annotations

import json
import stat
from base64 import urlsafe_b64decode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from sotalia import exceptions
from sotalia.credentials.dpop import _crt_key, _cryptography_key, dpop_header, load_key
from tests.absence import without_awscrt
from tests.client_kinds import Kind
from tests.credentials.conftest import keys
from tests.credentials.services import FUTURE, Services

PAST = "2001-01-01T00:00:00Z"
SESSION = "arn:aws:sts::444455556666:assumed-role/Admin/me"
KEY = ec.derive_private_key(
    0x1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF, ec.SECP256R1()
)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
).decode()
OUTPUT = {
    "accessToken": {"accessKeyId": "NEW-AK", "secretAccessKey": "NEW-SK", "sessionToken": "NEW-T"},
    "tokenType": "aws_sigv4",
    "expiresIn": 3600,
    "refreshToken": "NEW-R",
}


def sign_in(folder: Path, expires: str = PAST, **changes: Any) -> Path:
    token = {
        "accessToken": {
            "accessKeyId": "OLD-AK",
            "secretAccessKey": "OLD-SK",
            "sessionToken": "OLD-T",
            "accountId": "444455556666",
            "expiresAt": expires,
        },
        "refreshToken": "OLD-R",
        "dpopKey": PEM,
        "clientId": "arn:aws:signin:::devtools/same-device",
        "tokenType": "urn:aws:params:oauth:token-type:access_token_sigv4",
        **changes,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{sha256(SESSION.encode()).hexdigest()}.json"
    path.write_text(json.dumps({name: value for name, value in token.items() if value is not None}))
    return path


@pytest.fixture
def profile(configure: Callable[..., None]) -> None:
    configure(f"[profile p]\nlogin_session = {SESSION}\n")


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def check_proof(proof: str, url: str) -> dict[str, Any]:
    """A proof's signature, by the key that stands in it; its claims."""
    header, claims, signature = proof.split(".")
    raw = decoded(signature)
    assert len(raw) == 64
    key = json.loads(decoded(header))["jwk"]
    numbers = KEY.public_key().public_numbers()
    assert int.from_bytes(decoded(key["x"]), "big") == numbers.x
    assert int.from_bytes(decoded(key["y"]), "big") == numbers.y
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    KEY.public_key().verify(der, f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    found: dict[str, Any] = json.loads(decoded(claims))
    assert (found["htm"], found["htu"]) == ("POST", url)
    return found


def test_a_session_that_expired_is_refreshed(
    client_kind: Kind, services: Services, home: Path, profile: None
) -> None:
    services.answers["POST /v1/token"] = (200, OUTPUT)
    path = sign_in(home / ".aws/login/cache", signInRegion="eu-west-1")
    assert keys(client_kind, client_kind.session(profile_name="p")) == (
        "NEW-AK",
        "NEW-SK",
        "NEW-T",
        "444455556666",
    )
    (_, _, headers, body) = services.asked("/v1/token")[0]
    assert json.loads(body) == {
        "clientId": "arn:aws:signin:::devtools/same-device",
        "refreshToken": "OLD-R",
        "grantType": "refresh_token",
    }
    assert "authorization" not in headers
    claims = check_proof(headers["dpop"], f"{services.url}/v1/token")
    assert set(claims) == {"htm", "htu", "iat", "jti"}
    kept = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (kept["refreshToken"], kept["accessToken"]["accessKeyId"]) == ("NEW-R", "NEW-AK")
    assert (kept["dpopKey"], kept["signInRegion"], kept["accessToken"]["accountId"]) == (
        PEM,
        "eu-west-1",
        "444455556666",
    )


def test_what_another_process_refreshed_is_used(
    client_kind: Kind, services: Services, home: Path, profile: None
) -> None:
    folder = home / ".aws/login/cache"
    sign_in(folder)
    session = client_kind.session(profile_name="p")
    held = client_kind.run(session.get_credentials())
    assert held._access_key == "OLD-AK"  # Given out as it stands; refreshed when it is used.
    sign_in(folder, FUTURE)
    assert (
        client_kind.run(held.freeze() if client_kind.is_async else held.get_frozen_credentials())[0]
        == "OLD-AK"
    )
    assert services.seen == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("TOKEN_EXPIRED", exceptions.LoginRefreshRequired),
        ("USER_CREDENTIALS_CHANGED", exceptions.LoginRefreshRequired),
        ("INSUFFICIENT_PERMISSIONS", exceptions.LoginInsufficientPermissions),
        ("AUTHCODE_EXPIRED", exceptions.LoginError),
    ],
)
def test_a_refused_refresh(
    client_kind: Kind, services: Services, home: Path, profile: None, error: str, expected: Any
) -> None:
    refusal = {"__type": "AccessDeniedException", "error": error, "message": "no"}
    services.answers["POST /v1/token"] = (401, refusal)
    path = sign_in(home / ".aws/login/cache")
    before = path.read_text()
    with pytest.raises(expected) as caught:
        keys(client_kind, client_kind.session(profile_name="p"))
    assert type(caught.value) is expected
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"refreshToken": None}, "refreshToken"),
        ({"clientId": None, "dpopKey": None}, "dpopKey, clientId"),
        ({"dpopKey": "SECRET-TEXT"}, "private key"),
        ({"accessToken": {"accessKeyId": "a"}}, "secretAccessKey"),
    ],
)
def test_a_damaged_file(
    client_kind: Kind, home: Path, profile: None, changes: dict[str, Any], message: str
) -> None:
    sign_in(home / ".aws/login/cache", **changes)
    with pytest.raises(exceptions.LoginTokenLoadError, match=message) as caught:
        keys(client_kind, client_kind.session(profile_name="p"))
    assert "SECRET-TEXT" not in str(caught.value)


def test_no_file(client_kind: Kind, home: Path, profile: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LOGIN_CACHE_DIRECTORY", "$HOME/elsewhere")
    with pytest.raises(exceptions.LoginTokenLoadError, match="aws login"):
        keys(client_kind, client_kind.session(profile_name="p"))
    sign_in(home / "elsewhere", FUTURE)
    assert keys(client_kind, client_kind.session(profile_name="p")).access_key == "OLD-AK"


@pytest.mark.parametrize("load", [_crt_key, _cryptography_key])
@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL"])
def test_both_packages_sign_alike(load: Any, form: str) -> None:
    der = KEY.private_bytes(
        serialization.Encoding.DER,
        getattr(serialization.PrivateFormat, form),
        serialization.NoEncryption(),
    )
    key = load(der)
    assert key is not None
    for number in range(8):  # r and s are shorter than 32 bytes now and then
        proof = dpop_header(key, "https://signin.example/v1/token", 1714564800 + number, "id")
        assert check_proof(proof, "https://signin.example/v1/token")["iat"] == 1714564800 + number


def test_keys_of_other_kinds_are_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    pem = other.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    for text in (pem.decode(), "", "-----BEGIN EC PRIVATE KEY-----\n!!!!\n-----END EC PRIVATE KEY-----"):
        with pytest.raises(ValueError, match="not a private key on P-256"):
            load_key(text)


def test_cryptography_does_where_awscrt_is_not(
    client_kind: Kind, services: Services, home: Path, profile: None
) -> None:
    services.answers["POST /v1/token"] = (200, OUTPUT)
    sign_in(home / ".aws/login/cache")
    with without_awscrt():
        assert keys(client_kind, client_kind.session(profile_name="p")).access_key == "NEW-AK"
    check_proof(services.asked("/v1/token")[0][2]["dpop"], f"{services.url}/v1/token")


def test_with_neither_package_the_error_says_what_to_install(
    client_kind: Kind, home: Path, profile: None
) -> None:
    sign_in(home / ".aws/login/cache", FUTURE)
    with (
        without_awscrt("cryptography"),
        pytest.raises(exceptions.MissingDependencyException, match=r"pip install awscrt, or .* cryptography"),
    ):
        keys(client_kind, client_kind.session(profile_name="p"))
