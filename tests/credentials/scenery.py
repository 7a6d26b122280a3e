"""Files and variables in many combinations: what the test of precedence is made of.

A *profile* is text for the configuration file (``{p}`` is its own section), text for the credentials file, and files to
lie about. A *machine* and an *environment* are variables. ``{url}`` is the server's address, ``{home}`` the home directory.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from typing import Any

from tests.credentials.services import FUTURE

PAST = "2001-01-01T00:00:00Z"
_START = "https://start.example/start"
_ROLE = "arn:aws:iam::111122223333:role/mine"
_OTHER = "[profile other]\naws_access_key_id = OTHER-AK\naws_secret_access_key = OTHER-SK\n"


@dataclass(frozen=True)
class Profile:
    config: str = ""
    credentials: str = ""
    files: dict[str, str] = field(default_factory=dict)


def _sso_file(name: str, **changes: Any) -> dict[str, str]:
    token = {"accessToken": f"TOKEN-{name}", "expiresAt": FUTURE, **changes}
    return {f".aws/sso/cache/{sha1(name.encode()).hexdigest()}.json": json.dumps(token)}


def _program(**printed: Any) -> str:
    # No quotes inside, so that every way of splitting words agrees.
    code = json.dumps({"Version": 1, "AccessKeyId": "PRO-AK", "SecretAccessKey": "PRO-SK", **printed})
    return f"credential_process = {sys.executable} {{home}}/print.py {code.encode().hex()}"


_PRINT = {"print.py": "import sys; print(bytes.fromhex(sys.argv[1]).decode())"}


def _in(text: str) -> str:
    return "{p}\n" + text + "\n"


_SSO = (
    f"sso_account_id = 111122223333\nsso_role_name = reader\nsso_start_url = {_START}\nsso_region = eu-west-1"
)
_SESSION = f"[sso-session corp]\nsso_start_url = {_START}\nsso_region = eu-west-1\n"
_OF_SESSION = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = reader"
_KEYS = "aws_access_key_id = CFG-AK\naws_secret_access_key = CFG-SK"
_FILE_KEYS = "[{name}]\naws_access_key_id = FILE-AK\naws_secret_access_key = FILE-SK\n"
_WEB = {"jwt": "a.b.c"}
_LOGIN = {
    f"login/{sha256(b'me').hexdigest()}.json": json.dumps(
        {
            "accessToken": {
                "accessKeyId": "LOG-AK",
                "secretAccessKey": "LOG-SK",
                "sessionToken": "LOG-T",
                "accountId": "444455556666",
                "expiresAt": FUTURE,
            },
            "refreshToken": "R",
            "dpopKey": "none",
            "clientId": "C",
        }
    )
}

PROFILES: dict[str, Profile] = {
    "empty": Profile(_in("region = eu-west-1")),
    "absent": Profile(),
    "file": Profile("", _FILE_KEYS),
    "file-and-config": Profile(_in(_KEYS), _FILE_KEYS),
    "file-token": Profile("", _FILE_KEYS + "aws_session_token = FT\naws_account_id = 777788889999\n"),
    "file-two-tokens": Profile("", _FILE_KEYS + "aws_session_token = FT\naws_security_token = FS\n"),
    "file-partial": Profile("", "[{name}]\naws_access_key_id = FILE-AK\n"),
    "file-secret-only": Profile(_in(_KEYS), "[{name}]\naws_secret_access_key = FILE-SK\n"),
    "config": Profile(_in(_KEYS)),
    "config-token": Profile(_in(_KEYS + "\naws_session_token = CT\naws_account_id = 123")),
    "config-partial": Profile(_in("aws_access_key_id = CFG-AK")),
    "config-empty-key": Profile(_in("aws_access_key_id =\naws_secret_access_key =")),
    "config-broken": Profile("{p}\nthis is no setting\n"),
    "role": Profile(_in(f"role_arn = {_ROLE}\nsource_profile = other") + _OTHER),
    "role-full": Profile(
        _in(
            f"role_arn = {_ROLE}\nsource_profile = other\nexternal_id = ext\nrole_session_name = me\n"
            "duration_seconds = 1800"
        )
        + _OTHER
    ),
    "role-bad-duration": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = other\nduration_seconds = long") + _OTHER
    ),
    "role-denied": Profile(_in("role_arn = arn:aws:iam::1:role/denied\nsource_profile = other") + _OTHER),
    "role-and-keys": Profile(_in(f"role_arn = {_ROLE}\nsource_profile = other\n{_KEYS}") + _OTHER),
    "role-self": Profile(_in(f"role_arn = {_ROLE}\nsource_profile = {{name}}\n{_KEYS}")),
    "role-self-empty": Profile(_in(f"role_arn = {_ROLE}\nsource_profile = {{name}}")),
    "role-in-file": Profile(_OTHER, f"[{{name}}]\nrole_arn = {_ROLE}\nsource_profile = other\n"),
    "role-source-in-file": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = other"),
        "[other]\naws_access_key_id = OF-AK\naws_secret_access_key = OF-SK\n",
    ),
    "role-chain": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = middle")
        + f"[profile middle]\nrole_arn = {_ROLE}-2\nsource_profile = other\n{_OTHER}"
    ),
    "role-loop": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = middle")
        + f"[profile middle]\nrole_arn = {_ROLE}-2\nsource_profile = {{name}}\n"
    ),
    "role-of-keys-with-role": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = middle")
        + f"[profile middle]\nrole_arn = {_ROLE}-2\nsource_profile = other\naws_access_key_id = MID-AK\n"
        f"aws_secret_access_key = MID-SK\n{_OTHER}"
    ),
    "role-both": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = other\ncredential_source = Environment") + _OTHER
    ),
    "role-neither": Profile(_in(f"role_arn = {_ROLE}")),
    "role-no-source": Profile(_in(f"role_arn = {_ROLE}\nsource_profile = nobody")),
    "role-empty-source": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = other") + "[profile other]\nregion = eu-west-1\n"
    ),
    "role-half-source": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = other") + "[profile other]\naws_access_key_id = X\n"
    ),
    "role-of-process": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = other") + f"[profile other]\n{_program()}\n", "", _PRINT
    ),
    "role-of-sso": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = other") + f"[profile other]\n{_SSO}\n",
        "",
        _sso_file(_START),
    ),
    "role-of-web": Profile(
        _in(f"role_arn = {_ROLE}\nsource_profile = other")
        + f"[profile other]\nrole_arn = {_ROLE}-2\nweb_identity_token_file = {{home}}/jwt\n",
        "",
        _WEB,
    ),
    "role-environment": Profile(_in(f"role_arn = {_ROLE}\ncredential_source = Environment")),
    "role-container": Profile(_in(f"role_arn = {_ROLE}\ncredential_source = EcsContainer")),
    "role-instance": Profile(_in(f"role_arn = {_ROLE}\ncredential_source = Ec2InstanceMetadata")),
    "role-moon": Profile(_in(f"role_arn = {_ROLE}\ncredential_source = Moon")),
    "role-lower-case": Profile(_in(f"role_arn = {_ROLE}\ncredential_source = environment")),
    "web": Profile(_in(f"role_arn = {_ROLE}\nweb_identity_token_file = {{home}}/jwt"), "", _WEB),
    "web-named": Profile(
        _in(f"role_arn = {_ROLE}\nweb_identity_token_file = {{home}}/jwt\nrole_session_name = me"), "", _WEB
    ),
    "web-no-role": Profile(_in("web_identity_token_file = {home}/jwt"), "", _WEB),
    "web-no-file": Profile(_in(f"role_arn = {_ROLE}\nweb_identity_token_file = {{home}}/nothing")),
    "web-and-keys": Profile(
        _in(f"role_arn = {_ROLE}\nweb_identity_token_file = {{home}}/jwt\n{_KEYS}"), "", _WEB
    ),
    "sso": Profile(_in(_SSO), "", _sso_file(_START)),
    "sso-and-file": Profile(_in(_SSO), _FILE_KEYS, _sso_file(_START)),
    "sso-no-token": Profile(_in(_SSO)),
    "sso-expired": Profile(_in(_SSO), "", _sso_file(_START, expiresAt=PAST)),
    "sso-revoked": Profile(_in(_SSO), "", _sso_file(_START, accessToken="REVOKED")),
    "sso-bad-file": Profile(
        _in(_SSO), "", {f".aws/sso/cache/{sha1(_START.encode()).hexdigest()}.json": '{"accessToken": "x"}'}
    ),
    "sso-no-region": Profile(_in("sso_account_id = 1\nsso_role_name = r\nsso_start_url = u")),
    "sso-only-role": Profile(_in("sso_role_name = r")),
    "sso-only-url": Profile(_in(f"sso_start_url = {_START}\nsso_region = eu-west-1")),
    "session": Profile(_in(_OF_SESSION) + _SESSION, "", _sso_file("corp")),
    "session-missing": Profile(_in(_OF_SESSION)),
    "session-expired": Profile(_in(_OF_SESSION) + _SESSION, "", _sso_file("corp", expiresAt=PAST)),
    "session-renewed": Profile(
        _in(_OF_SESSION) + _SESSION,
        "",
        _sso_file(
            "corp",
            expiresAt=PAST,
            refreshToken="R",
            clientId="I",
            clientSecret="S",
            registrationExpiresAt=FUTURE,
        ),
    ),
    "session-registration-over": Profile(
        _in(_OF_SESSION) + _SESSION,
        "",
        _sso_file(
            "corp",
            expiresAt=PAST,
            refreshToken="R",
            clientId="I",
            clientSecret="S",
            registrationExpiresAt=PAST,
        ),
    ),
    "session-inconsistent": Profile(_in(_OF_SESSION + "\nsso_region = us-east-1") + _SESSION),
    "session-no-role": Profile(_in("sso_session = corp\nsso_account_id = 1") + _SESSION),
    "process": Profile(_in(_program()), "", _PRINT),
    "process-full": Profile(
        _in(_program(SessionToken="PRO-T", Expiration=FUTURE, AccountId="9")), "", _PRINT
    ),
    "process-account": Profile(_in(_program() + "\naws_account_id = 8"), "", _PRINT),
    "process-expired": Profile(_in(_program(SessionToken="PRO-T", Expiration=PAST)), "", _PRINT),
    "process-version": Profile(_in(_program(Version=2)), "", _PRINT),
    "process-fails": Profile(_in(f"credential_process = {sys.executable} {{home}}/nothing.py")),
    "process-and-keys": Profile(_in(_program() + f"\n{_KEYS}"), "", _PRINT),
    "process-and-file": Profile(_in(_program()), _FILE_KEYS, _PRINT),
    "login": Profile(_in("login_session = me"), "", _LOGIN),
    "login-missing": Profile(_in("login_session = me")),
    "login-and-process": Profile(_in("login_session = me\n" + _program()), "", {**_LOGIN, **_PRINT}),
    "login-and-file": Profile(_in("login_session = me"), _FILE_KEYS, _LOGIN),
}

ENVIRONMENTS: dict[str, dict[str, str]] = {
    "none": {},
    "keys": {"AWS_ACCESS_KEY_ID": "ENV-AK", "AWS_SECRET_ACCESS_KEY": "ENV-SK"},
    "token": {
        "AWS_ACCESS_KEY_ID": "ENV-AK",
        "AWS_SECRET_ACCESS_KEY": "ENV-SK",
        "AWS_SESSION_TOKEN": "ENV-T",
        "AWS_ACCOUNT_ID": "555566667777",
    },
    "two-tokens": {
        "AWS_ACCESS_KEY_ID": "ENV-AK",
        "AWS_SECRET_ACCESS_KEY": "ENV-SK",
        "AWS_SESSION_TOKEN": "ENV-T",
        "AWS_SECURITY_TOKEN": "ENV-S",
    },
    "partial": {"AWS_ACCESS_KEY_ID": "ENV-AK"},
    "secret-only": {"AWS_SECRET_ACCESS_KEY": "ENV-SK"},
    "empty-key": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "ENV-SK"},
    "empty-secret": {"AWS_ACCESS_KEY_ID": "ENV-AK", "AWS_SECRET_ACCESS_KEY": ""},
    "expiring": {
        "AWS_ACCESS_KEY_ID": "ENV-AK",
        "AWS_SECRET_ACCESS_KEY": "ENV-SK",
        "AWS_CREDENTIAL_EXPIRATION": FUTURE,
    },
    "expired": {
        "AWS_ACCESS_KEY_ID": "ENV-AK",
        "AWS_SECRET_ACCESS_KEY": "ENV-SK",
        "AWS_CREDENTIAL_EXPIRATION": PAST,
    },
}

_IMDS = {"AWS_EC2_METADATA_DISABLED": "false"}
_CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container/keys"}
MACHINES: dict[str, dict[str, str]] = {
    "bare": {},
    "container": _CONTAINER,
    "container-token": {**_CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "let me in"},
    "container-bad-token": {**_CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "let\nme in"},
    "container-no-token-file": {**_CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/nothing"},
    "container-broken": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container/broken"},
    "container-elsewhere": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://elsewhere.example/keys"},
    "container-lookalike": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.evil.example/keys"},
    "instance": {**_IMDS, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-v2"},
    "instance-slash": {**_IMDS, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-v2/"},
    "instance-v1": {**_IMDS, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-v1"},
    "instance-v1-disabled": {
        **_IMDS,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-v1",
        "AWS_EC2_METADATA_V1_DISABLED": "true",
    },
    "instance-400": {**_IMDS, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-400"},
    "instance-none": {**_IMDS, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-none"},
    "instance-refuses": {**_IMDS, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-code"},
    "instance-text": {
        **_IMDS,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-text",
        "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "2",
    },
    "instance-off": {
        "AWS_EC2_METADATA_DISABLED": "TRUE",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-v2",
    },
    "instance-bad-mode": {**_IMDS, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv5"},
    "instance-bad-url": {**_IMDS, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "not a url"},
    "instance-bad-timeout": {"AWS_METADATA_SERVICE_TIMEOUT": "soon"},
    "container-and-instance": {
        **_IMDS,
        **_CONTAINER,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-v2",
    },
    "ec2-file": {"AWS_CREDENTIAL_FILE": "{home}/ec2"},
    "ec2-file-partial": {"AWS_CREDENTIAL_FILE": "{home}/ec2-empty"},
    "ec2-file-missing": {"AWS_CREDENTIAL_FILE": "{home}/nothing"},
    "boto2": {"BOTO_CONFIG": "{home}/boto.cfg"},
    "boto2-partial": {"BOTO_CONFIG": "{home}/boto-partial.cfg"},
    "boto2-home": {"BOTO_CONFIG": "~/boto.cfg"},
    "ec2-boto2-container": {
        "AWS_CREDENTIAL_FILE": "{home}/ec2-empty",
        "BOTO_CONFIG": "{home}/boto.cfg",
        **_CONTAINER,
    },
    "web": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/jwt-env", "AWS_ROLE_ARN": _ROLE + "-env"},
    "web-named": {
        "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/jwt-env",
        "AWS_ROLE_ARN": _ROLE + "-env",
        "AWS_ROLE_SESSION_NAME": "pod",
    },
    "web-file-only": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/jwt-env"},
    "web-role-only": {"AWS_ROLE_ARN": _ROLE + "-env"},
    "web-empty": {"AWS_WEB_IDENTITY_TOKEN_FILE": "", "AWS_ROLE_ARN": _ROLE},
}
MACHINE_FILES = {
    "ec2": "AWSAccessKeyId=EC2-AK\nAWSSecretKey = EC2-SK\nnonsense\n",
    "ec2-empty": "nothing here\n",
    "boto.cfg": "[Credentials]\naws_access_key_id = BOTO-AK\naws_secret_access_key = BOTO-SK\n",
    "boto-partial.cfg": "[Credentials]\naws_access_key_id = BOTO-AK\n",
    "jwt-env": "d.e.f",
}

#: How the profile is chosen: its name, and where the name stands.
SELECTIONS = {
    "default": ("default", None),
    "variable": ("p", "AWS_PROFILE"),
    "older-variable": ("p", "AWS_DEFAULT_PROFILE"),
    "code": ("p", "code"),
    "code-default": ("default", "code"),
}


def combinations() -> list[tuple[str, str, str, str]]:
    """Selection, environment, profile, machine: every row of each with the plain ones of the others, and some at random."""
    found: dict[tuple[str, str, str, str], None] = {}
    for profile in PROFILES:
        for selection, environment in (
            ("default", "none"),
            ("variable", "none"),
            ("code", "keys"),
            ("variable", "keys"),
        ):
            found[selection, environment, profile, "bare"] = None
    for environment in ENVIRONMENTS:
        for selection in SELECTIONS:
            for profile in ("empty", "file", "role-environment"):
                found[selection, environment, profile, "bare"] = None
    for machine in MACHINES:
        for profile in ("absent", "config", "role-container", "role-instance"):
            found["default", "none", profile, machine] = None
        found["code", "keys", "empty", machine] = None
    pick = random.Random(20).choice
    while len(found) < 520:
        found[
            pick(list(SELECTIONS)), pick(list(ENVIRONMENTS)), pick(list(PROFILES)), pick(list(MACHINES))
        ] = None
    return list(found)
