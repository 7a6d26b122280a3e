# Written by `python -m sotalia.stubs.packaged`: change that instead.
# mypy: ignore-errors
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false, reportInvalidTypeForm=false, reportOverlappingOverload=false, reportUntypedBaseClass=false, reportUnknownMemberType=false

from sotalia.resources.base import ResourceMeta
from sotalia.types import chosen, clients
from sotalia.types.ours import TypedResource

class CloudFormationResourceMeta(ResourceMeta):
    client: clients.CloudFormationClient
class CloudFormationServiceResource(chosen.CloudFormationServiceResource, TypedResource):
    meta: CloudFormationResourceMeta
class CloudWatchResourceMeta(ResourceMeta):
    client: clients.CloudWatchClient
class CloudWatchServiceResource(chosen.CloudWatchServiceResource, TypedResource):
    meta: CloudWatchResourceMeta
class DynamoDBResourceMeta(ResourceMeta):
    client: clients.DynamoDBClient
class DynamoDBServiceResource(chosen.DynamoDBServiceResource, TypedResource):
    meta: DynamoDBResourceMeta
class EC2ResourceMeta(ResourceMeta):
    client: clients.EC2Client
class EC2ServiceResource(chosen.EC2ServiceResource, TypedResource):
    meta: EC2ResourceMeta
class GlacierResourceMeta(ResourceMeta):
    client: clients.GlacierClient
class GlacierServiceResource(chosen.GlacierServiceResource, TypedResource):
    meta: GlacierResourceMeta
class IAMResourceMeta(ResourceMeta):
    client: clients.IAMClient
class IAMServiceResource(chosen.IAMServiceResource, TypedResource):
    meta: IAMResourceMeta
class S3ResourceMeta(ResourceMeta):
    client: clients.S3Client
class S3ServiceResource(chosen.S3ServiceResource, TypedResource):
    meta: S3ResourceMeta
class SNSResourceMeta(ResourceMeta):
    client: clients.SNSClient
class SNSServiceResource(chosen.SNSServiceResource, TypedResource):
    meta: SNSResourceMeta
class SQSResourceMeta(ResourceMeta):
    client: clients.SQSClient
class SQSServiceResource(chosen.SQSServiceResource, TypedResource):
    meta: SQSResourceMeta
