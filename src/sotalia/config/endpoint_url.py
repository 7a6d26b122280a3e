"""The endpoint URL that you have configured for a service: in the environment or the profile.

See "Service-specific endpoints" in the AWS SDKs and Tools Reference Guide.
"""

from __future__ import annotations

import os

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

SERVICE_NAME_ALIASES = {"runtime.sagemaker": "sagemaker-runtime"}
# Client names whose service id differs in more than case (``CLIENT_NAME_TO_HYPHENIZED_SERVICE_ID_OVERRIDES``).
_SERVICE_IDS = {
    pair.partition("=")[0]: pair.partition("=")[2]
    for pair in """
    apigateway=api-gateway application-autoscaling=application-auto-scaling appmesh=app-mesh autoscaling=auto-scaling
    autoscaling-plans=auto-scaling-plans ce=cost-explorer cloudhsmv2=cloudhsm-v2 cloudsearchdomain=cloudsearch-domain
    cognito-idp=cognito-identity-provider config=config-service cur=cost-and-usage-report-service
    datapipeline=data-pipeline directconnect=direct-connect devicefarm=device-farm
    discovery=application-discovery-service dms=database-migration-service ds=directory-service ds-data=directory-service-data
    dynamodbstreams=dynamodb-streams elasticbeanstalk=elastic-beanstalk elb=elastic-load-balancing
    elbv2=elastic-load-balancing-v2 es=elasticsearch-service events=eventbridge globalaccelerator=global-accelerator
    iot-data=iot-data-plane iot-jobs-data=iot-jobs-data-plane iotwireless=iot-wireless kinesisanalytics=kinesis-analytics
    kinesisanalyticsv2=kinesis-analytics-v2 kinesisvideo=kinesis-video lex-models=lex-model-building-service
    lexv2-models=lex-models-v2 lex-runtime=lex-runtime-service lexv2-runtime=lex-runtime-v2 logs=cloudwatch-logs
    machinelearning=machine-learning marketplacecommerceanalytics=marketplace-commerce-analytics
    marketplace-entitlement=marketplace-entitlement-service meteringmarketplace=marketplace-metering mgh=migration-hub
    sms-voice=pinpoint-sms-voice resourcegroupstaggingapi=resource-groups-tagging-api route53=route-53
    route53domains=route-53-domains s3control=s3-control sdb=simpledb secretsmanager=secrets-manager
    serverlessrepo=serverlessapplicationrepository servicecatalog=service-catalog
    servicecatalog-appregistry=service-catalog-appregistry stepfunctions=sfn storagegateway=storage-gateway
    """.split()
}


def configured_endpoint_url(
    client_name: str,
    scoped_config: Mapping[str, Any],
    full_config: Mapping[str, Any],
    environ: Mapping[str, str] = os.environ,
) -> str | None:
    """The configured URL, or ``None``. The service's goes before the one for all, the environment before the profile.

    Raises ``InvalidConfigError`` if the profile names a ``services`` section that does not exist.
    """
    service_id = _key_of(client_name)
    for name in _variables(service_id):
        if environ.get(name):
            return environ[name]
    if "services" in scoped_config:
        section = scoped_config["services"]
        services = full_config.get("services", {}).get(section)
        if not services:
            raise exceptions.InvalidConfigError(
                error_msg=f'The profile is configured to use the services section but the "{section}" services '
                "configuration does not exist."
            )
        block: dict[str, Any] | str | None = services.get(service_id.lower())
        if isinstance(block, dict) and block.get("endpoint_url"):
            return str(block["endpoint_url"])
    url: str | None = scoped_config.get("endpoint_url") or None
    return url


def endpoint_url_origin(
    client_name: str,
    scoped_config: Mapping[str, Any],
    full_config: Mapping[str, Any],
    where: Callable[[str], str],
    config_file: str | None,
    environ: Mapping[str, str] = os.environ,
) -> str:
    """Describe the place of :func:`configured_endpoint_url`'s result. ``where`` describes that of a profile's key."""
    service_id = _key_of(client_name)
    for name in _variables(service_id):
        if environ.get(name):
            return f"environment variable {name}"
    section = scoped_config.get("services")
    block: dict[str, Any] | str | None = (
        full_config.get("services", {}).get(section, {}).get(service_id.lower())
    )
    if not (isinstance(block, dict) and block.get("endpoint_url")):
        return where("endpoint_url")
    from sotalia.config.mistakes import line_of

    key = service_id.lower()
    for header in (f"services {section}", f'services "{section}"', f"services '{section}'"):
        line = None if config_file is None else line_of(config_file, header, key, "endpoint_url")
        if line is not None:
            return f"{config_file}, line {line}, key endpoint_url in the block {key} of [{header}]"
    return f"key endpoint_url in the block {key} of [services {section}]"


def _key_of(client_name: str) -> str:
    """The service's name in variables and ``services`` sections."""
    client_name = SERVICE_NAME_ALIASES.get(client_name, client_name)
    return _SERVICE_IDS.get(client_name, client_name).replace("-", "_")


def _variables(service_id: str) -> tuple[str, str]:
    return f"AWS_ENDPOINT_URL_{service_id.upper()}", "AWS_ENDPOINT_URL"
