"""Other names under which a service's events may be registered and emitted.

An event carries the hyphenized service id (``before-call.cloudwatch-logs.PutLogEvents``). People know a service by the
name they pass to ``client()`` (``logs``), and older code by its endpoint prefix or signing name. The first table holds
those that the reference translates. The second closes its gap: client names for which a registration on boto3 never
fires, silently, because nobody translates them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCE_ALIASES = """
api.mediatailor=mediatailor api.pricing=pricing api.sagemaker=sagemaker apigateway=api-gateway
application-autoscaling=application-auto-scaling appstream2=appstream autoscaling=auto-scaling
autoscaling-plans=auto-scaling-plans ce=cost-explorer cloudhsmv2=cloudhsm-v2 cloudsearchdomain=cloudsearch-domain
cognito-idp=cognito-identity-provider config=config-service cur=cost-and-usage-report-service
data.iot=iot-data-plane data.jobs.iot=iot-jobs-data-plane data.mediastore=mediastore-data datapipeline=data-pipeline
devicefarm=device-farm directconnect=direct-connect discovery=application-discovery-service
dms=database-migration-service ds=directory-service dynamodbstreams=dynamodb-streams
elasticbeanstalk=elastic-beanstalk elasticfilesystem=efs elasticloadbalancing=elastic-load-balancing
elasticmapreduce=emr elb=elastic-load-balancing elbv2=elastic-load-balancing-v2 email=ses
entitlement.marketplace=marketplace-entitlement-service es=elasticsearch-service events=eventbridge
cloudwatch-events=eventbridge iot-data=iot-data-plane iot-jobs-data=iot-jobs-data-plane
kinesisanalytics=kinesis-analytics kinesisvideo=kinesis-video lex-models=lex-model-building-service
lex-runtime=lex-runtime-service logs=cloudwatch-logs machinelearning=machine-learning
marketplace-entitlement=marketplace-entitlement-service
marketplacecommerceanalytics=marketplace-commerce-analytics metering.marketplace=marketplace-metering
meteringmarketplace=marketplace-metering mgh=migration-hub models.lex=lex-model-building-service
monitoring=cloudwatch mturk-requester=mturk resourcegroupstaggingapi=resource-groups-tagging-api route53=route-53
route53domains=route-53-domains runtime.lex=lex-runtime-service runtime.sagemaker=sagemaker-runtime sdb=simpledb
secretsmanager=secrets-manager serverlessrepo=serverlessapplicationrepository servicecatalog=service-catalog
states=sfn stepfunctions=sfn storagegateway=storage-gateway streams.dynamodb=dynamodb-streams
tagging=resource-groups-tagging-api
"""

# Client names whose service id differs and which the reference does not translate.
_CLIENT_NAME_ALIASES = """
appmesh=app-mesh ds-data=directory-service-data globalaccelerator=global-accelerator iotwireless=iot-wireless
kinesisanalyticsv2=kinesis-analytics-v2 lexv2-models=lex-models-v2 lexv2-runtime=lex-runtime-v2
s3control=s3-control servicecatalog-appregistry=service-catalog-appregistry sms-voice=pinpoint-sms-voice
"""


def _table(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


#: alias -> hyphenized service id, in the order in which they are tried; only the first match is applied.
EVENT_ALIASES: dict[str, str] = _table(_REFERENCE_ALIASES) | _table(_CLIENT_NAME_ALIASES)


class AliasTable:
    """Aliases split into parts, in order, and the parts without which none of them can match."""

    __slots__ = ("rows", "triggers")

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.rows = tuple((old.split("."), new) for old, new in aliases.items())
        self.triggers = frozenset(parts[0] for parts, _ in self.rows)


def apply_alias(table: AliasTable, parts: list[str]) -> str | None:
    """The name with its first matching alias replaced; a dotted alias collapses a run of parts into one."""
    for old, new in table.rows:
        length = len(old)
        for start in range(len(parts) - length + 1):
            if parts[start : start + length] == old:
                return ".".join([*parts[:start], new, *parts[start + length :]])
    return None
