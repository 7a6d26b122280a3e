"""Secrets planted in parameters and results that the model, or a name, calls sensitive."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.recorded_secrets import (
    KEY_ID,
    LEAKS,
    MARK,
    SECRET_KEY,
    TOKEN,
    Scene,
    b64,
    escaped,
    js,
    xml,
)

# -- members that the model or a name calls sensitive ---------------------------------------------------------------------

# Service, method, parameters, response.
MEMBERS: dict[str, tuple[str, str, dict[str, Any], Any]] = {
    "a_secret": ("secretsmanager", "put_secret_value", {"SecretId": "s", "SecretString": MARK}, js({})),
    "a_binary_secret": (
        "secretsmanager",
        "put_secret_value",
        {"SecretId": "s", "SecretBinary": MARK.encode()},
        js({}),
    ),
    "a_secret_that_is_a_document": (
        "secretsmanager",
        "create_secret",
        {"Name": "s", "SecretString": json.dumps({"user": "u", "password": MARK})},
        js({}),
    ),
    "a_secret_in_a_result": (
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "s"},
        js({"Name": "s", "SecretString": MARK, "SecretBinary": b64(MARK)}),
    ),
    "secrets_in_a_batch": (
        "secretsmanager",
        "batch_get_secret_value",
        {"SecretIdList": ["s"]},
        js({"SecretValues": [{"Name": "s", "SecretString": MARK}]}),
    ),
    "a_parameter": (
        "ssm",
        "put_parameter",
        {"Name": "p", "Value": MARK, "Type": "SecureString"},
        js({"Version": 1}),
    ),
    "a_parameter_in_a_result": (
        "ssm",
        "get_parameter",
        {"Name": "p", "WithDecryption": True},
        js({"Parameter": {"Name": "p", "Value": MARK}}),
    ),
    "parameters_of_a_path": (
        "ssm",
        "get_parameters_by_path",
        {"Path": "/p"},
        js({"Parameters": [{"Name": "p", "Value": MARK}]}),
    ),
    "a_password_of_a_user": (
        "cognito-idp",
        "sign_up",
        {"ClientId": "c", "Username": "u", "Password": MARK, "SecretHash": b64(MARK)},
        js({}),
    ),
    "a_login_of_a_user": (
        "cognito-idp",
        "initiate_auth",
        {"ClientId": "c", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"PASSWORD": MARK}},
        js({"AuthenticationResult": {"AccessToken": MARK, "IdToken": MARK, "RefreshToken": MARK}}),
    ),
    "a_new_access_key": (
        "iam",
        "create_access_key",
        {},
        xml(
            f"<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><AccessKeyId>{KEY_ID}</AccessKeyId>"
            f"<SecretAccessKey>{escaped(MARK)}</SecretAccessKey></AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>"
        ),
    ),
    "a_login_profile": (
        "iam",
        "create_login_profile",
        {"UserName": "u", "Password": MARK},
        xml("<CreateLoginProfileResponse/>"),
    ),
    "what_kms_encrypts": (
        "kms",
        "encrypt",
        {"KeyId": "k", "Plaintext": MARK.encode()},
        js({"CiphertextBlob": "AAAA"}),
    ),
    "what_kms_decrypts": ("kms", "decrypt", {"CiphertextBlob": b"x"}, js({"Plaintext": b64(MARK)})),
    "a_data_key": (
        "kms",
        "generate_data_key_pair",
        {"KeyId": "k", "KeyPairSpec": "RSA_2048"},
        js({"PrivateKeyPlaintext": b64(MARK)}),
    ),
    "a_role_by_web_identity": (
        "sts",
        "assume_role_with_web_identity",
        {"RoleArn": "arn:aws:iam::1:role/abcdefgh", "RoleSessionName": "xx", "WebIdentityToken": MARK},
        xml(
            "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
            f"<SecretAccessKey>{SECRET_KEY}</SecretAccessKey><SessionToken>{TOKEN}</SessionToken>"
            "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
        ),
    ),
    "the_environment_of_a_function": (
        "lambda",
        "update_function_configuration",
        {"FunctionName": "f", "Environment": {"Variables": {"DB": MARK}}},
        js({"Environment": {"Variables": {"DB": MARK}}}),
    ),
    "the_payload_of_a_function": (
        "lambda",
        "invoke",
        {"FunctionName": "f", "Payload": json.dumps({"password": MARK}).encode()},
        js({"token": MARK}),
    ),
    "the_password_of_a_database": (
        "rds",
        "create_db_instance",
        {"DBInstanceIdentifier": "d", "DBInstanceClass": "c", "Engine": "e", "MasterUserPassword": MARK},
        xml(
            "<CreateDBInstanceResponse><CreateDBInstanceResult><DBInstance><PendingModifiedValues>"
            f"<MasterUserPassword>{escaped(MARK)}</MasterUserPassword></PendingModifiedValues></DBInstance></CreateDBInstanceResult></CreateDBInstanceResponse>"
        ),
    ),
    "user_data_of_a_machine": (
        "ec2",
        "run_instances",
        {"ImageId": "ami", "MinCount": 1, "MaxCount": 1, "UserData": f"#!/bin/sh\nexport A={MARK}\n"},
        xml("<RunInstancesResponse/>"),
    ),
    "the_password_of_a_machine": (
        "ec2",
        "get_password_data",
        {"InstanceId": "i"},
        xml(f"<GetPasswordDataResponse><passwordData>{b64(MARK)}</passwordData></GetPasswordDataResponse>"),
    ),
    "a_key_pair": (
        "ec2",
        "create_key_pair",
        {"KeyName": "k"},
        xml(f"<CreateKeyPairResponse><keyMaterial>{escaped(MARK)}</keyMaterial></CreateKeyPairResponse>"),
    ),
    "an_item_with_a_password": (
        "dynamodb",
        "put_item",
        {
            "TableName": "t",
            "Item": {"id": {"S": "1"}, "password": {"S": MARK}, "api_key": {"M": {"x": {"S": MARK}}}},
        },
        js({}),
    ),
    "an_item_with_a_password_in_a_result": (
        "dynamodb",
        "get_item",
        {"TableName": "t", "Key": {"id": {"S": "1"}}},
        js({"Item": {"id": {"S": "1"}, "password": {"S": MARK}, "clientSecret": {"B": b64(MARK)}}}),
    ),
    "a_login_of_a_registry": (
        "ecr",
        "get_authorization_token",
        {},
        js({"authorizationData": [{"authorizationToken": b64(f"AWS:{MARK}"), "proxyEndpoint": "https://x"}]}),
    ),
    "keys_of_a_single_sign_on": (
        "sso",
        "get_role_credentials",
        {"roleName": "r", "accountId": "1", "accessToken": "Zq7headKdXmid9QxW"},
        js({"roleCredentials": {"secretAccessKey": SECRET_KEY, "sessionToken": TOKEN}}),
    ),
    "keys_of_an_identity": (
        "cognito-identity",
        "get_credentials_for_identity",
        {"IdentityId": "i", "Logins": {"provider": MARK}},
        js({"Credentials": {"AccessKeyId": KEY_ID, "SecretKey": SECRET_KEY, "SessionToken": TOKEN}}),
    ),
    "a_private_key": (
        "acm",
        "import_certificate",
        {"Certificate": b"c", "PrivateKey": MARK.encode()},
        js({}),
    ),
    "credentials_of_a_cluster": (
        "redshift",
        "get_cluster_credentials",
        {"DbUser": "u", "ClusterIdentifier": "c"},
        xml(
            "<GetClusterCredentialsResponse><GetClusterCredentialsResult>"
            f"<DbPassword>{escaped(MARK)}</DbPassword></GetClusterCredentialsResult></GetClusterCredentialsResponse>"
        ),
    ),
    "the_input_of_a_state_machine": (
        "stepfunctions",
        "start_execution",
        {"stateMachineArn": "arn:aws:states:us-west-2:1:stateMachine:m", "input": json.dumps({"x": MARK})},
        js({}),
    ),
    "a_document_in_a_message": (
        "sqs",
        "send_message",
        {"QueueUrl": "https://q/1/q", "MessageBody": json.dumps({"db": {"password": MARK}})},
        js({}),
    ),
    "a_document_in_a_document": (
        "sns",
        "publish",
        {
            "TopicArn": "arn:aws:sns:us-west-2:1:t",
            "Message": json.dumps({"default": json.dumps({"password": MARK})}),
        },
        xml("<PublishResponse/>"),
    ),
    "a_token_of_a_client": (
        "sso-oidc",
        "create_token",
        {"clientId": "i", "clientSecret": MARK, "grantType": "g", "refreshToken": MARK},
        js({"accessToken": MARK, "idToken": MARK}),
    ),
    "a_prompt_of_a_model": (
        "bedrock-runtime",
        "invoke_model",
        {"modelId": "m", "body": json.dumps({"prompt": MARK}).encode()},
        js({"completion": MARK}),
    ),
}


def _member(service: str, method: str, parameters: dict[str, Any], response: Any) -> Callable[[Scene], Any]:
    def run(scene: Scene) -> None:
        result = getattr(scene.client(service, response), method)(**parameters)
        for body in (result.get("Payload"), result.get("body")):
            if body is not None:
                scene.kind.run(body.read())

    return run


LEAKS.update((name, _member(*row)) for name, row in MEMBERS.items())
