# Written by `python -m sotalia.stubs.packaged`: change that instead.
# mypy: ignore-errors
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false, reportInvalidTypeForm=false, reportOverlappingOverload=false, reportUntypedBaseClass=false, reportUnknownMemberType=false

from sotalia.types import chosen as chosen
from sotalia.types.ours import Ours, Typed
from sotalia.types.pages import a, b, c, d, e, f, g, h, i, k, l, m, n, o, p, q, r, s, t, u, v, w, x

class AccessAnalyzerClient(Ours, chosen.AccessAnalyzerClient, Typed):
    get_paginator: a.AccessAnalyzerGetPaginator
class AccountClient(Ours, chosen.AccountClient, Typed):
    get_paginator: a.AccountGetPaginator
class AccountAccessClient(Ours, chosen.AccountAccessClient, Typed):
    get_paginator: a.AccountAccessGetPaginator
class AccountAccessRuntimeClient(Ours, chosen.AccountAccessRuntimeClient, Typed):
    get_paginator: a.AccountAccessRuntimeGetPaginator
class ACMClient(Ours, chosen.ACMClient, Typed):
    get_paginator: a.ACMGetPaginator
class ACMPCAClient(Ours, chosen.ACMPCAClient, Typed):
    get_paginator: a.ACMPCAGetPaginator
class AgentRegistryClient(Ours, chosen.AgentRegistryClient, Typed):
    get_paginator: a.AgentRegistryGetPaginator
class AgentRegistryControlClient(Ours, chosen.AgentRegistryControlClient, Typed):
    get_paginator: a.AgentRegistryControlGetPaginator
class AIOpsClient(Ours, chosen.AIOpsClient, Typed):
    get_paginator: a.AIOpsGetPaginator
class PrometheusServiceClient(Ours, chosen.PrometheusServiceClient, Typed):
    get_paginator: a.PrometheusServiceGetPaginator
class AmplifyClient(Ours, chosen.AmplifyClient, Typed):
    get_paginator: a.AmplifyGetPaginator
class AmplifyBackendClient(Ours, chosen.AmplifyBackendClient, Typed):
    get_paginator: a.AmplifyBackendGetPaginator
class AmplifyUIBuilderClient(Ours, chosen.AmplifyUIBuilderClient, Typed):
    get_paginator: a.AmplifyUIBuilderGetPaginator
class APIGatewayClient(Ours, chosen.APIGatewayClient, Typed):
    get_paginator: a.APIGatewayGetPaginator
class ApiGatewayManagementApiClient(Ours, chosen.ApiGatewayManagementApiClient, Typed): ...
class ApiGatewayV2Client(Ours, chosen.ApiGatewayV2Client, Typed):
    get_paginator: a.ApiGatewayV2GetPaginator
class AppConfigClient(Ours, chosen.AppConfigClient, Typed):
    get_paginator: a.AppConfigGetPaginator
class AppConfigDataClient(Ours, chosen.AppConfigDataClient, Typed): ...
class AppFabricClient(Ours, chosen.AppFabricClient, Typed):
    get_paginator: a.AppFabricGetPaginator
class AppflowClient(Ours, chosen.AppflowClient, Typed): ...
class AppIntegrationsServiceClient(Ours, chosen.AppIntegrationsServiceClient, Typed):
    get_paginator: a.AppIntegrationsServiceGetPaginator
class ApplicationAutoScalingClient(Ours, chosen.ApplicationAutoScalingClient, Typed):
    get_paginator: a.ApplicationAutoScalingGetPaginator
class ApplicationInsightsClient(Ours, chosen.ApplicationInsightsClient, Typed): ...
class CloudWatchApplicationSignalsClient(Ours, chosen.CloudWatchApplicationSignalsClient, Typed):
    get_paginator: a.CloudWatchApplicationSignalsGetPaginator
class ApplicationCostProfilerClient(Ours, chosen.ApplicationCostProfilerClient, Typed):
    get_paginator: a.ApplicationCostProfilerGetPaginator
class AppMeshClient(Ours, chosen.AppMeshClient, Typed):
    get_paginator: a.AppMeshGetPaginator
class AppRunnerClient(Ours, chosen.AppRunnerClient, Typed): ...
class AppStreamClient(Ours, chosen.AppStreamClient, Typed):
    get_paginator: a.AppStreamGetPaginator
class AppSyncClient(Ours, chosen.AppSyncClient, Typed):
    get_paginator: a.AppSyncGetPaginator
class ARCRegionswitchClient(Ours, chosen.ARCRegionswitchClient, Typed):
    get_paginator: a.ARCRegionswitchGetPaginator
class ARCZonalShiftClient(Ours, chosen.ARCZonalShiftClient, Typed):
    get_paginator: a.ARCZonalShiftGetPaginator
class ArtifactClient(Ours, chosen.ArtifactClient, Typed):
    get_paginator: a.ArtifactGetPaginator
class AthenaClient(Ours, chosen.AthenaClient, Typed):
    get_paginator: a.AthenaGetPaginator
class AuditManagerClient(Ours, chosen.AuditManagerClient, Typed): ...
class AutoScalingClient(Ours, chosen.AutoScalingClient, Typed):
    get_paginator: a.AutoScalingGetPaginator
class AutoScalingPlansClient(Ours, chosen.AutoScalingPlansClient, Typed):
    get_paginator: a.AutoScalingPlansGetPaginator
class B2BIClient(Ours, chosen.B2BIClient, Typed):
    get_paginator: b.B2BIGetPaginator
class BackupClient(Ours, chosen.BackupClient, Typed):
    get_paginator: b.BackupGetPaginator
class BackupGatewayClient(Ours, chosen.BackupGatewayClient, Typed):
    get_paginator: b.BackupGatewayGetPaginator
class BackupSearchClient(Ours, chosen.BackupSearchClient, Typed):
    get_paginator: b.BackupSearchGetPaginator
class BatchClient(Ours, chosen.BatchClient, Typed):
    get_paginator: b.BatchGetPaginator
class BillingandCostManagementDashboardsClient(Ours, chosen.BillingandCostManagementDashboardsClient, Typed):
    get_paginator: b.BillingandCostManagementDashboardsGetPaginator
class BillingandCostManagementDataExportsClient(Ours, chosen.BillingandCostManagementDataExportsClient, Typed):
    get_paginator: b.BillingandCostManagementDataExportsGetPaginator
class BillingandCostManagementPricingCalculatorClient(Ours, chosen.BillingandCostManagementPricingCalculatorClient, Typed):
    get_paginator: b.BillingandCostManagementPricingCalculatorGetPaginator
class BillingandCostManagementRecommendedActionsClient(Ours, chosen.BillingandCostManagementRecommendedActionsClient, Typed):
    get_paginator: b.BillingandCostManagementRecommendedActionsGetPaginator
class BedrockClient(Ours, chosen.BedrockClient, Typed):
    get_paginator: b.BedrockGetPaginator
class AgentsforBedrockClient(Ours, chosen.AgentsforBedrockClient, Typed):
    get_paginator: b.AgentsforBedrockGetPaginator
class AgentsforBedrockRuntimeClient(Ours, chosen.AgentsforBedrockRuntimeClient, Typed):
    get_paginator: b.AgentsforBedrockRuntimeGetPaginator
class BedrockAgentCoreClient(Ours, chosen.BedrockAgentCoreClient, Typed):
    get_paginator: b.BedrockAgentCoreGetPaginator
class BedrockAgentCoreControlClient(Ours, chosen.BedrockAgentCoreControlClient, Typed):
    get_paginator: b.BedrockAgentCoreControlGetPaginator
class DataAutomationforBedrockClient(Ours, chosen.DataAutomationforBedrockClient, Typed):
    get_paginator: b.DataAutomationforBedrockGetPaginator
class RuntimeforBedrockDataAutomationClient(Ours, chosen.RuntimeforBedrockDataAutomationClient, Typed): ...
class BedrockRuntimeClient(Ours, chosen.BedrockRuntimeClient, Typed):
    get_paginator: b.BedrockRuntimeGetPaginator
class BillingClient(Ours, chosen.BillingClient, Typed):
    get_paginator: b.BillingGetPaginator
class BillingConductorClient(Ours, chosen.BillingConductorClient, Typed):
    get_paginator: b.BillingConductorGetPaginator
class BraketClient(Ours, chosen.BraketClient, Typed):
    get_paginator: b.BraketGetPaginator
class BudgetsClient(Ours, chosen.BudgetsClient, Typed):
    get_paginator: b.BudgetsGetPaginator
class CostExplorerClient(Ours, chosen.CostExplorerClient, Typed):
    get_paginator: c.CostExplorerGetPaginator
class ChatbotClient(Ours, chosen.ChatbotClient, Typed):
    get_paginator: c.ChatbotGetPaginator
class ChimeClient(Ours, chosen.ChimeClient, Typed):
    get_paginator: c.ChimeGetPaginator
class ChimeSDKIdentityClient(Ours, chosen.ChimeSDKIdentityClient, Typed): ...
class ChimeSDKMediaPipelinesClient(Ours, chosen.ChimeSDKMediaPipelinesClient, Typed): ...
class ChimeSDKMeetingsClient(Ours, chosen.ChimeSDKMeetingsClient, Typed): ...
class ChimeSDKMessagingClient(Ours, chosen.ChimeSDKMessagingClient, Typed): ...
class ChimeSDKVoiceClient(Ours, chosen.ChimeSDKVoiceClient, Typed):
    get_paginator: c.ChimeSDKVoiceGetPaginator
class CleanRoomsServiceClient(Ours, chosen.CleanRoomsServiceClient, Typed):
    get_paginator: c.CleanRoomsServiceGetPaginator
class CleanRoomsMLClient(Ours, chosen.CleanRoomsMLClient, Typed):
    get_paginator: c.CleanRoomsMLGetPaginator
class Cloud9Client(Ours, chosen.Cloud9Client, Typed):
    get_paginator: c.Cloud9GetPaginator
class CloudControlApiClient(Ours, chosen.CloudControlApiClient, Typed):
    get_paginator: c.CloudControlApiGetPaginator
class CloudDirectoryClient(Ours, chosen.CloudDirectoryClient, Typed):
    get_paginator: c.CloudDirectoryGetPaginator
class CloudFormationClient(Ours, chosen.CloudFormationClient, Typed):
    get_paginator: c.CloudFormationGetPaginator
class CloudFrontClient(Ours, chosen.CloudFrontClient, Typed):
    get_paginator: c.CloudFrontGetPaginator
class CloudFrontKeyValueStoreClient(Ours, chosen.CloudFrontKeyValueStoreClient, Typed):
    get_paginator: c.CloudFrontKeyValueStoreGetPaginator
class CloudHSMClient(Ours, chosen.CloudHSMClient, Typed):
    get_paginator: c.CloudHSMGetPaginator
class CloudHSMV2Client(Ours, chosen.CloudHSMV2Client, Typed):
    get_paginator: c.CloudHSMV2GetPaginator
class CloudSearchClient(Ours, chosen.CloudSearchClient, Typed): ...
class CloudSearchDomainClient(Ours, chosen.CloudSearchDomainClient, Typed): ...
class CloudTrailClient(Ours, chosen.CloudTrailClient, Typed):
    get_paginator: c.CloudTrailGetPaginator
class CloudTrailDataServiceClient(Ours, chosen.CloudTrailDataServiceClient, Typed): ...
class CloudWatchClient(Ours, chosen.CloudWatchClient, Typed):
    get_paginator: c.CloudWatchGetPaginator
class CloudWatchOmniClient(Ours, chosen.CloudWatchOmniClient, Typed):
    get_paginator: c.CloudWatchOmniGetPaginator
class CodeArtifactClient(Ours, chosen.CodeArtifactClient, Typed):
    get_paginator: c.CodeArtifactGetPaginator
class CodeBuildClient(Ours, chosen.CodeBuildClient, Typed):
    get_paginator: c.CodeBuildGetPaginator
class CodeCatalystClient(Ours, chosen.CodeCatalystClient, Typed):
    get_paginator: c.CodeCatalystGetPaginator
class CodeCommitClient(Ours, chosen.CodeCommitClient, Typed):
    get_paginator: c.CodeCommitGetPaginator
class CodeConnectionsClient(Ours, chosen.CodeConnectionsClient, Typed): ...
class CodeDeployClient(Ours, chosen.CodeDeployClient, Typed):
    get_paginator: c.CodeDeployGetPaginator
class CodeGuruReviewerClient(Ours, chosen.CodeGuruReviewerClient, Typed):
    get_paginator: c.CodeGuruReviewerGetPaginator
class CodeGuruSecurityClient(Ours, chosen.CodeGuruSecurityClient, Typed):
    get_paginator: c.CodeGuruSecurityGetPaginator
class CodeGuruProfilerClient(Ours, chosen.CodeGuruProfilerClient, Typed):
    get_paginator: c.CodeGuruProfilerGetPaginator
class CodePipelineClient(Ours, chosen.CodePipelineClient, Typed):
    get_paginator: c.CodePipelineGetPaginator
class CodeStarconnectionsClient(Ours, chosen.CodeStarconnectionsClient, Typed): ...
class CodeStarNotificationsClient(Ours, chosen.CodeStarNotificationsClient, Typed):
    get_paginator: c.CodeStarNotificationsGetPaginator
class CognitoIdentityClient(Ours, chosen.CognitoIdentityClient, Typed):
    get_paginator: c.CognitoIdentityGetPaginator
class CognitoIdentityProviderClient(Ours, chosen.CognitoIdentityProviderClient, Typed):
    get_paginator: c.CognitoIdentityProviderGetPaginator
class CognitoSyncClient(Ours, chosen.CognitoSyncClient, Typed): ...
class ComprehendClient(Ours, chosen.ComprehendClient, Typed):
    get_paginator: c.ComprehendGetPaginator
class ComprehendMedicalClient(Ours, chosen.ComprehendMedicalClient, Typed): ...
class ComputeOptimizerClient(Ours, chosen.ComputeOptimizerClient, Typed):
    get_paginator: c.ComputeOptimizerGetPaginator
class ComputeOptimizerAutomationClient(Ours, chosen.ComputeOptimizerAutomationClient, Typed):
    get_paginator: c.ComputeOptimizerAutomationGetPaginator
class ConfigServiceClient(Ours, chosen.ConfigServiceClient, Typed):
    get_paginator: c.ConfigServiceGetPaginator
class ConnectClient(Ours, chosen.ConnectClient, Typed):
    get_paginator: c.ConnectGetPaginator
class ConnectContactLensClient(Ours, chosen.ConnectContactLensClient, Typed): ...
class ConnectCampaignServiceClient(Ours, chosen.ConnectCampaignServiceClient, Typed):
    get_paginator: c.ConnectCampaignServiceGetPaginator
class ConnectCampaignServiceV2Client(Ours, chosen.ConnectCampaignServiceV2Client, Typed):
    get_paginator: c.ConnectCampaignServiceV2GetPaginator
class ConnectCasesClient(Ours, chosen.ConnectCasesClient, Typed):
    get_paginator: c.ConnectCasesGetPaginator
class ConnectHealthClient(Ours, chosen.ConnectHealthClient, Typed):
    get_paginator: c.ConnectHealthGetPaginator
class ConnectParticipantClient(Ours, chosen.ConnectParticipantClient, Typed): ...
class ConnectSchedulingClient(Ours, chosen.ConnectSchedulingClient, Typed): ...
class ContinuumClient(Ours, chosen.ContinuumClient, Typed):
    get_paginator: c.ContinuumGetPaginator
class ControlCatalogClient(Ours, chosen.ControlCatalogClient, Typed):
    get_paginator: c.ControlCatalogGetPaginator
class ControlTowerClient(Ours, chosen.ControlTowerClient, Typed):
    get_paginator: c.ControlTowerGetPaginator
class CostOptimizationHubClient(Ours, chosen.CostOptimizationHubClient, Typed):
    get_paginator: c.CostOptimizationHubGetPaginator
class CostandUsageReportServiceClient(Ours, chosen.CostandUsageReportServiceClient, Typed):
    get_paginator: c.CostandUsageReportServiceGetPaginator
class CustomerProfilesClient(Ours, chosen.CustomerProfilesClient, Typed):
    get_paginator: c.CustomerProfilesGetPaginator
class GlueDataBrewClient(Ours, chosen.GlueDataBrewClient, Typed):
    get_paginator: d.GlueDataBrewGetPaginator
class DataExchangeClient(Ours, chosen.DataExchangeClient, Typed):
    get_paginator: d.DataExchangeGetPaginator
class DataPipelineClient(Ours, chosen.DataPipelineClient, Typed):
    get_paginator: d.DataPipelineGetPaginator
class DataSyncClient(Ours, chosen.DataSyncClient, Typed):
    get_paginator: d.DataSyncGetPaginator
class DataZoneClient(Ours, chosen.DataZoneClient, Typed):
    get_paginator: d.DataZoneGetPaginator
class DAXClient(Ours, chosen.DAXClient, Typed):
    get_paginator: d.DAXGetPaginator
class DeadlineCloudClient(Ours, chosen.DeadlineCloudClient, Typed):
    get_paginator: d.DeadlineCloudGetPaginator
class DetectiveClient(Ours, chosen.DetectiveClient, Typed): ...
class DeviceFarmClient(Ours, chosen.DeviceFarmClient, Typed):
    get_paginator: d.DeviceFarmGetPaginator
class DevOpsAgentServiceClient(Ours, chosen.DevOpsAgentServiceClient, Typed):
    get_paginator: d.DevOpsAgentServiceGetPaginator
class DevOpsGuruClient(Ours, chosen.DevOpsGuruClient, Typed):
    get_paginator: d.DevOpsGuruGetPaginator
class DirectConnectClient(Ours, chosen.DirectConnectClient, Typed):
    get_paginator: d.DirectConnectGetPaginator
class ApplicationDiscoveryServiceClient(Ours, chosen.ApplicationDiscoveryServiceClient, Typed):
    get_paginator: d.ApplicationDiscoveryServiceGetPaginator
class DLMClient(Ours, chosen.DLMClient, Typed): ...
class DatabaseMigrationServiceClient(Ours, chosen.DatabaseMigrationServiceClient, Typed):
    get_paginator: d.DatabaseMigrationServiceGetPaginator
class DocDBClient(Ours, chosen.DocDBClient, Typed):
    get_paginator: d.DocDBGetPaginator
class DocDBElasticClient(Ours, chosen.DocDBElasticClient, Typed):
    get_paginator: d.DocDBElasticGetPaginator
class DrsClient(Ours, chosen.DrsClient, Typed):
    get_paginator: d.DrsGetPaginator
class DirectoryServiceClient(Ours, chosen.DirectoryServiceClient, Typed):
    get_paginator: d.DirectoryServiceGetPaginator
class DirectoryServiceDataClient(Ours, chosen.DirectoryServiceDataClient, Typed):
    get_paginator: d.DirectoryServiceDataGetPaginator
class AuroraDSQLClient(Ours, chosen.AuroraDSQLClient, Typed):
    get_paginator: d.AuroraDSQLGetPaginator
class DynamoDBClient(Ours, chosen.DynamoDBClient, Typed):
    get_paginator: d.DynamoDBGetPaginator
class DynamoDBStreamsClient(Ours, chosen.DynamoDBStreamsClient, Typed): ...
class EBSClient(Ours, chosen.EBSClient, Typed): ...
class EC2Client(Ours, chosen.EC2Client, Typed):
    get_paginator: e.EC2GetPaginator
class EC2InstanceConnectClient(Ours, chosen.EC2InstanceConnectClient, Typed): ...
class ECRClient(Ours, chosen.ECRClient, Typed):
    get_paginator: e.ECRGetPaginator
class ECRPublicClient(Ours, chosen.ECRPublicClient, Typed):
    get_paginator: e.ECRPublicGetPaginator
class ECSClient(Ours, chosen.ECSClient, Typed):
    get_paginator: e.ECSGetPaginator
class EFSClient(Ours, chosen.EFSClient, Typed):
    get_paginator: e.EFSGetPaginator
class EKSClient(Ours, chosen.EKSClient, Typed):
    get_paginator: e.EKSGetPaginator
class EKSAuthClient(Ours, chosen.EKSAuthClient, Typed): ...
class ElastiCacheClient(Ours, chosen.ElastiCacheClient, Typed):
    get_paginator: e.ElastiCacheGetPaginator
class ElasticBeanstalkClient(Ours, chosen.ElasticBeanstalkClient, Typed):
    get_paginator: e.ElasticBeanstalkGetPaginator
class ElasticLoadBalancingClient(Ours, chosen.ElasticLoadBalancingClient, Typed):
    get_paginator: e.ElasticLoadBalancingGetPaginator
class ElasticLoadBalancingv2Client(Ours, chosen.ElasticLoadBalancingv2Client, Typed):
    get_paginator: e.ElasticLoadBalancingv2GetPaginator
class ElementalInferenceClient(Ours, chosen.ElementalInferenceClient, Typed):
    get_paginator: e.ElementalInferenceGetPaginator
class EMRClient(Ours, chosen.EMRClient, Typed):
    get_paginator: e.EMRGetPaginator
class EMRContainersClient(Ours, chosen.EMRContainersClient, Typed):
    get_paginator: e.EMRContainersGetPaginator
class EMRServerlessClient(Ours, chosen.EMRServerlessClient, Typed):
    get_paginator: e.EMRServerlessGetPaginator
class EndUserMessagingClient(Ours, chosen.EndUserMessagingClient, Typed):
    get_paginator: e.EndUserMessagingGetPaginator
class EntityResolutionClient(Ours, chosen.EntityResolutionClient, Typed):
    get_paginator: e.EntityResolutionGetPaginator
class ElasticsearchServiceClient(Ours, chosen.ElasticsearchServiceClient, Typed):
    get_paginator: e.ElasticsearchServiceGetPaginator
class EventBridgeV2Client(Ours, chosen.EventBridgeV2Client, Typed):
    get_paginator: e.EventBridgeV2GetPaginator
class EventBridgeClient(Ours, chosen.EventBridgeClient, Typed):
    get_paginator: e.EventBridgeGetPaginator
class EVSClient(Ours, chosen.EVSClient, Typed):
    get_paginator: e.EVSGetPaginator
class FirehoseClient(Ours, chosen.FirehoseClient, Typed): ...
class FISClient(Ours, chosen.FISClient, Typed):
    get_paginator: f.FISGetPaginator
class FMSClient(Ours, chosen.FMSClient, Typed):
    get_paginator: f.FMSGetPaginator
class ForecastServiceClient(Ours, chosen.ForecastServiceClient, Typed):
    get_paginator: f.ForecastServiceGetPaginator
class ForecastQueryServiceClient(Ours, chosen.ForecastQueryServiceClient, Typed): ...
class FraudDetectorClient(Ours, chosen.FraudDetectorClient, Typed): ...
class FreeTierClient(Ours, chosen.FreeTierClient, Typed):
    get_paginator: f.FreeTierGetPaginator
class FSxClient(Ours, chosen.FSxClient, Typed):
    get_paginator: f.FSxGetPaginator
class GameLiftClient(Ours, chosen.GameLiftClient, Typed):
    get_paginator: g.GameLiftGetPaginator
class GameLiftStreamsClient(Ours, chosen.GameLiftStreamsClient, Typed):
    get_paginator: g.GameLiftStreamsGetPaginator
class LocationServiceMapsV2Client(Ours, chosen.LocationServiceMapsV2Client, Typed): ...
class LocationServicePlacesV2Client(Ours, chosen.LocationServicePlacesV2Client, Typed): ...
class LocationServiceRoutesV2Client(Ours, chosen.LocationServiceRoutesV2Client, Typed): ...
class GlacierClient(Ours, chosen.GlacierClient, Typed):
    get_paginator: g.GlacierGetPaginator
class GlobalAcceleratorClient(Ours, chosen.GlobalAcceleratorClient, Typed):
    get_paginator: g.GlobalAcceleratorGetPaginator
class GlueClient(Ours, chosen.GlueClient, Typed):
    get_paginator: g.GlueGetPaginator
class ManagedGrafanaClient(Ours, chosen.ManagedGrafanaClient, Typed):
    get_paginator: g.ManagedGrafanaGetPaginator
class GreengrassClient(Ours, chosen.GreengrassClient, Typed):
    get_paginator: g.GreengrassGetPaginator
class GreengrassV2Client(Ours, chosen.GreengrassV2Client, Typed):
    get_paginator: g.GreengrassV2GetPaginator
class GroundStationClient(Ours, chosen.GroundStationClient, Typed):
    get_paginator: g.GroundStationGetPaginator
class GuardDutyClient(Ours, chosen.GuardDutyClient, Typed):
    get_paginator: g.GuardDutyGetPaginator
class HealthClient(Ours, chosen.HealthClient, Typed):
    get_paginator: h.HealthGetPaginator
class HealthLakeClient(Ours, chosen.HealthLakeClient, Typed):
    get_paginator: h.HealthLakeGetPaginator
class IAMClient(Ours, chosen.IAMClient, Typed):
    get_paginator: i.IAMGetPaginator
class IAMToolboxPreviewClient(Ours, chosen.IAMToolboxPreviewClient, Typed):
    get_paginator: i.IAMToolboxPreviewGetPaginator
class IdentityStoreClient(Ours, chosen.IdentityStoreClient, Typed):
    get_paginator: i.IdentityStoreGetPaginator
class ImagebuilderClient(Ours, chosen.ImagebuilderClient, Typed):
    get_paginator: i.ImagebuilderGetPaginator
class ImportExportClient(Ours, chosen.ImportExportClient, Typed):
    get_paginator: i.ImportExportGetPaginator
class InspectorClient(Ours, chosen.InspectorClient, Typed):
    get_paginator: i.InspectorGetPaginator
class InspectorscanClient(Ours, chosen.InspectorscanClient, Typed): ...
class Inspector2Client(Ours, chosen.Inspector2Client, Typed):
    get_paginator: i.Inspector2GetPaginator
class InterconnectClient(Ours, chosen.InterconnectClient, Typed):
    get_paginator: i.InterconnectGetPaginator
class CloudWatchInternetMonitorClient(Ours, chosen.CloudWatchInternetMonitorClient, Typed):
    get_paginator: i.CloudWatchInternetMonitorGetPaginator
class InvoicingClient(Ours, chosen.InvoicingClient, Typed):
    get_paginator: i.InvoicingGetPaginator
class IoTClient(Ours, chosen.IoTClient, Typed):
    get_paginator: i.IoTGetPaginator
class IoTDataPlaneClient(Ours, chosen.IoTDataPlaneClient, Typed):
    get_paginator: i.IoTDataPlaneGetPaginator
class IoTJobsDataPlaneClient(Ours, chosen.IoTJobsDataPlaneClient, Typed): ...
class ManagedintegrationsforIoTDeviceManagementClient(Ours, chosen.ManagedintegrationsforIoTDeviceManagementClient, Typed):
    get_paginator: i.ManagedintegrationsforIoTDeviceManagementGetPaginator
class IoTDeviceAdvisorClient(Ours, chosen.IoTDeviceAdvisorClient, Typed): ...
class IoTFleetWiseClient(Ours, chosen.IoTFleetWiseClient, Typed):
    get_paginator: i.IoTFleetWiseGetPaginator
class IoTSecureTunnelingClient(Ours, chosen.IoTSecureTunnelingClient, Typed): ...
class IoTSiteWiseClient(Ours, chosen.IoTSiteWiseClient, Typed):
    get_paginator: i.IoTSiteWiseGetPaginator
class IoTThingsGraphClient(Ours, chosen.IoTThingsGraphClient, Typed):
    get_paginator: i.IoTThingsGraphGetPaginator
class IoTTwinMakerClient(Ours, chosen.IoTTwinMakerClient, Typed): ...
class IoTWirelessClient(Ours, chosen.IoTWirelessClient, Typed): ...
class IVSClient(Ours, chosen.IVSClient, Typed):
    get_paginator: i.IVSGetPaginator
class IvsrealtimeClient(Ours, chosen.IvsrealtimeClient, Typed):
    get_paginator: i.IvsrealtimeGetPaginator
class IvschatClient(Ours, chosen.IvschatClient, Typed): ...
class KafkaClient(Ours, chosen.KafkaClient, Typed):
    get_paginator: k.KafkaGetPaginator
class KafkaConnectClient(Ours, chosen.KafkaConnectClient, Typed):
    get_paginator: k.KafkaConnectGetPaginator
class KendraClient(Ours, chosen.KendraClient, Typed): ...
class KendraRankingClient(Ours, chosen.KendraRankingClient, Typed): ...
class KeyspacesClient(Ours, chosen.KeyspacesClient, Typed):
    get_paginator: k.KeyspacesGetPaginator
class KeyspacesStreamsClient(Ours, chosen.KeyspacesStreamsClient, Typed):
    get_paginator: k.KeyspacesStreamsGetPaginator
class KinesisClient(Ours, chosen.KinesisClient, Typed):
    get_paginator: k.KinesisGetPaginator
class KinesisVideoArchivedMediaClient(Ours, chosen.KinesisVideoArchivedMediaClient, Typed):
    get_paginator: k.KinesisVideoArchivedMediaGetPaginator
class KinesisVideoMediaClient(Ours, chosen.KinesisVideoMediaClient, Typed): ...
class KinesisVideoSignalingChannelsClient(Ours, chosen.KinesisVideoSignalingChannelsClient, Typed): ...
class KinesisVideoWebRTCStorageClient(Ours, chosen.KinesisVideoWebRTCStorageClient, Typed): ...
class KinesisAnalyticsClient(Ours, chosen.KinesisAnalyticsClient, Typed): ...
class KinesisAnalyticsV2Client(Ours, chosen.KinesisAnalyticsV2Client, Typed):
    get_paginator: k.KinesisAnalyticsV2GetPaginator
class KinesisVideoClient(Ours, chosen.KinesisVideoClient, Typed):
    get_paginator: k.KinesisVideoGetPaginator
class KMSClient(Ours, chosen.KMSClient, Typed):
    get_paginator: k.KMSGetPaginator
class LakeFormationClient(Ours, chosen.LakeFormationClient, Typed):
    get_paginator: l.LakeFormationGetPaginator
class LambdaClient(Ours, chosen.LambdaClient, Typed):
    get_paginator: l.LambdaGetPaginator
class LambdaCoreClient(Ours, chosen.LambdaCoreClient, Typed):
    get_paginator: l.LambdaCoreGetPaginator
class LambdaMicroVMsClient(Ours, chosen.LambdaMicroVMsClient, Typed):
    get_paginator: l.LambdaMicroVMsGetPaginator
class LambdaWebClient(Ours, chosen.LambdaWebClient, Typed):
    get_paginator: l.LambdaWebGetPaginator
class LaunchWizardClient(Ours, chosen.LaunchWizardClient, Typed):
    get_paginator: l.LaunchWizardGetPaginator
class LexModelBuildingServiceClient(Ours, chosen.LexModelBuildingServiceClient, Typed):
    get_paginator: l.LexModelBuildingServiceGetPaginator
class LexRuntimeServiceClient(Ours, chosen.LexRuntimeServiceClient, Typed): ...
class LexModelsV2Client(Ours, chosen.LexModelsV2Client, Typed):
    get_paginator: l.LexModelsV2GetPaginator
class LexRuntimeV2Client(Ours, chosen.LexRuntimeV2Client, Typed): ...
class LicenseManagerClient(Ours, chosen.LicenseManagerClient, Typed):
    get_paginator: l.LicenseManagerGetPaginator
class LicenseManagerLinuxSubscriptionsClient(Ours, chosen.LicenseManagerLinuxSubscriptionsClient, Typed):
    get_paginator: l.LicenseManagerLinuxSubscriptionsGetPaginator
class LicenseManagerUserSubscriptionsClient(Ours, chosen.LicenseManagerUserSubscriptionsClient, Typed):
    get_paginator: l.LicenseManagerUserSubscriptionsGetPaginator
class LightsailClient(Ours, chosen.LightsailClient, Typed):
    get_paginator: l.LightsailGetPaginator
class LocationServiceClient(Ours, chosen.LocationServiceClient, Typed):
    get_paginator: l.LocationServiceGetPaginator
class CloudWatchLogsClient(Ours, chosen.CloudWatchLogsClient, Typed):
    get_paginator: l.CloudWatchLogsGetPaginator
class LookoutEquipmentClient(Ours, chosen.LookoutEquipmentClient, Typed): ...
class MainframeModernizationClient(Ours, chosen.MainframeModernizationClient, Typed):
    get_paginator: m.MainframeModernizationGetPaginator
class MachineLearningClient(Ours, chosen.MachineLearningClient, Typed):
    get_paginator: m.MachineLearningGetPaginator
class Macie2Client(Ours, chosen.Macie2Client, Typed):
    get_paginator: m.Macie2GetPaginator
class MailManagerClient(Ours, chosen.MailManagerClient, Typed):
    get_paginator: m.MailManagerGetPaginator
class ManagedBlockchainClient(Ours, chosen.ManagedBlockchainClient, Typed):
    get_paginator: m.ManagedBlockchainGetPaginator
class ManagedBlockchainQueryClient(Ours, chosen.ManagedBlockchainQueryClient, Typed):
    get_paginator: m.ManagedBlockchainQueryGetPaginator
class AgreementServiceClient(Ours, chosen.AgreementServiceClient, Typed):
    get_paginator: m.AgreementServiceGetPaginator
class MarketplaceCatalogClient(Ours, chosen.MarketplaceCatalogClient, Typed):
    get_paginator: m.MarketplaceCatalogGetPaginator
class MarketplaceDeploymentServiceClient(Ours, chosen.MarketplaceDeploymentServiceClient, Typed): ...
class MarketplaceDiscoveryClient(Ours, chosen.MarketplaceDiscoveryClient, Typed):
    get_paginator: m.MarketplaceDiscoveryGetPaginator
class MarketplaceEntitlementServiceClient(Ours, chosen.MarketplaceEntitlementServiceClient, Typed):
    get_paginator: m.MarketplaceEntitlementServiceGetPaginator
class MarketplaceReportingServiceClient(Ours, chosen.MarketplaceReportingServiceClient, Typed): ...
class MarketplaceCommerceAnalyticsClient(Ours, chosen.MarketplaceCommerceAnalyticsClient, Typed): ...
class MediaConnectClient(Ours, chosen.MediaConnectClient, Typed):
    get_paginator: m.MediaConnectGetPaginator
class MediaConvertClient(Ours, chosen.MediaConvertClient, Typed):
    get_paginator: m.MediaConvertGetPaginator
class MediaLiveClient(Ours, chosen.MediaLiveClient, Typed):
    get_paginator: m.MediaLiveGetPaginator
class MediaPackageClient(Ours, chosen.MediaPackageClient, Typed):
    get_paginator: m.MediaPackageGetPaginator
class MediaPackageVodClient(Ours, chosen.MediaPackageVodClient, Typed):
    get_paginator: m.MediaPackageVodGetPaginator
class Mediapackagev2Client(Ours, chosen.Mediapackagev2Client, Typed):
    get_paginator: m.Mediapackagev2GetPaginator
class MediaStoreClient(Ours, chosen.MediaStoreClient, Typed):
    get_paginator: m.MediaStoreGetPaginator
class MediaStoreDataClient(Ours, chosen.MediaStoreDataClient, Typed):
    get_paginator: m.MediaStoreDataGetPaginator
class MediaTailorClient(Ours, chosen.MediaTailorClient, Typed):
    get_paginator: m.MediaTailorGetPaginator
class HealthImagingClient(Ours, chosen.HealthImagingClient, Typed):
    get_paginator: m.HealthImagingGetPaginator
class MemoryDBClient(Ours, chosen.MemoryDBClient, Typed):
    get_paginator: m.MemoryDBGetPaginator
class MarketplaceMeteringClient(Ours, chosen.MarketplaceMeteringClient, Typed): ...
class MigrationHubClient(Ours, chosen.MigrationHubClient, Typed):
    get_paginator: m.MigrationHubGetPaginator
class MgnClient(Ours, chosen.MgnClient, Typed):
    get_paginator: m.MgnGetPaginator
class MigrationHubRefactorSpacesClient(Ours, chosen.MigrationHubRefactorSpacesClient, Typed):
    get_paginator: m.MigrationHubRefactorSpacesGetPaginator
class MigrationHubConfigClient(Ours, chosen.MigrationHubConfigClient, Typed): ...
class MigrationHubOrchestratorClient(Ours, chosen.MigrationHubOrchestratorClient, Typed):
    get_paginator: m.MigrationHubOrchestratorGetPaginator
class MigrationHubStrategyRecommendationsClient(Ours, chosen.MigrationHubStrategyRecommendationsClient, Typed):
    get_paginator: m.MigrationHubStrategyRecommendationsGetPaginator
class MultipartyApprovalClient(Ours, chosen.MultipartyApprovalClient, Typed):
    get_paginator: m.MultipartyApprovalGetPaginator
class MQClient(Ours, chosen.MQClient, Typed):
    get_paginator: m.MQGetPaginator
class MTurkClient(Ours, chosen.MTurkClient, Typed):
    get_paginator: m.MTurkGetPaginator
class MWAAClient(Ours, chosen.MWAAClient, Typed):
    get_paginator: m.MWAAGetPaginator
class MWAAServerlessClient(Ours, chosen.MWAAServerlessClient, Typed):
    get_paginator: m.MWAAServerlessGetPaginator
class NeptuneClient(Ours, chosen.NeptuneClient, Typed):
    get_paginator: n.NeptuneGetPaginator
class NeptuneGraphClient(Ours, chosen.NeptuneGraphClient, Typed):
    get_paginator: n.NeptuneGraphGetPaginator
class NeptuneDataClient(Ours, chosen.NeptuneDataClient, Typed): ...
class NetworkFirewallClient(Ours, chosen.NetworkFirewallClient, Typed):
    get_paginator: n.NetworkFirewallGetPaginator
class NetworkSecurityManagerCustomerAPIClient(Ours, chosen.NetworkSecurityManagerCustomerAPIClient, Typed):
    get_paginator: n.NetworkSecurityManagerCustomerAPIGetPaginator
class NetworkFlowMonitorClient(Ours, chosen.NetworkFlowMonitorClient, Typed):
    get_paginator: n.NetworkFlowMonitorGetPaginator
class NetworkManagerClient(Ours, chosen.NetworkManagerClient, Typed):
    get_paginator: n.NetworkManagerGetPaginator
class CloudWatchNetworkMonitorClient(Ours, chosen.CloudWatchNetworkMonitorClient, Typed):
    get_paginator: n.CloudWatchNetworkMonitorGetPaginator
class UserNotificationsClient(Ours, chosen.UserNotificationsClient, Typed):
    get_paginator: n.UserNotificationsGetPaginator
class UserNotificationsContactsClient(Ours, chosen.UserNotificationsContactsClient, Typed):
    get_paginator: n.UserNotificationsContactsGetPaginator
class NovaActServiceClient(Ours, chosen.NovaActServiceClient, Typed):
    get_paginator: n.NovaActServiceGetPaginator
class CloudWatchObservabilityAccessManagerClient(Ours, chosen.CloudWatchObservabilityAccessManagerClient, Typed):
    get_paginator: o.CloudWatchObservabilityAccessManagerGetPaginator
class CloudWatchObservabilityAdminServiceClient(Ours, chosen.CloudWatchObservabilityAdminServiceClient, Typed):
    get_paginator: o.CloudWatchObservabilityAdminServiceGetPaginator
class OdbClient(Ours, chosen.OdbClient, Typed):
    get_paginator: o.OdbGetPaginator
class OmicsClient(Ours, chosen.OmicsClient, Typed):
    get_paginator: o.OmicsGetPaginator
class OpenSearchServiceClient(Ours, chosen.OpenSearchServiceClient, Typed):
    get_paginator: o.OpenSearchServiceGetPaginator
class OpenSearchMemoryClient(Ours, chosen.OpenSearchMemoryClient, Typed):
    get_paginator: o.OpenSearchMemoryGetPaginator
class OpenSearchServiceServerlessClient(Ours, chosen.OpenSearchServiceServerlessClient, Typed):
    get_paginator: o.OpenSearchServiceServerlessGetPaginator
class OrganizationsClient(Ours, chosen.OrganizationsClient, Typed):
    get_paginator: o.OrganizationsGetPaginator
class OpenSearchIngestionClient(Ours, chosen.OpenSearchIngestionClient, Typed):
    get_paginator: o.OpenSearchIngestionGetPaginator
class OutpostsClient(Ours, chosen.OutpostsClient, Typed):
    get_paginator: o.OutpostsGetPaginator
class PartnerCentralAccountAPIClient(Ours, chosen.PartnerCentralAccountAPIClient, Typed):
    get_paginator: p.PartnerCentralAccountAPIGetPaginator
class PartnerCentralBenefitsClient(Ours, chosen.PartnerCentralBenefitsClient, Typed):
    get_paginator: p.PartnerCentralBenefitsGetPaginator
class PartnerCentralChannelAPIClient(Ours, chosen.PartnerCentralChannelAPIClient, Typed):
    get_paginator: p.PartnerCentralChannelAPIGetPaginator
class PartnerCentralRevenueMeasurementAPIClient(Ours, chosen.PartnerCentralRevenueMeasurementAPIClient, Typed):
    get_paginator: p.PartnerCentralRevenueMeasurementAPIGetPaginator
class PartnerCentralSellingAPIClient(Ours, chosen.PartnerCentralSellingAPIClient, Typed):
    get_paginator: p.PartnerCentralSellingAPIGetPaginator
class PaymentCryptographyControlPlaneClient(Ours, chosen.PaymentCryptographyControlPlaneClient, Typed):
    get_paginator: p.PaymentCryptographyControlPlaneGetPaginator
class PaymentCryptographyDataPlaneClient(Ours, chosen.PaymentCryptographyDataPlaneClient, Typed): ...
class PcaConnectorAdClient(Ours, chosen.PcaConnectorAdClient, Typed):
    get_paginator: p.PcaConnectorAdGetPaginator
class PrivateCAConnectorforSCEPClient(Ours, chosen.PrivateCAConnectorforSCEPClient, Typed):
    get_paginator: p.PrivateCAConnectorforSCEPGetPaginator
class ParallelComputingServiceClient(Ours, chosen.ParallelComputingServiceClient, Typed):
    get_paginator: p.ParallelComputingServiceGetPaginator
class PersonalizeClient(Ours, chosen.PersonalizeClient, Typed):
    get_paginator: p.PersonalizeGetPaginator
class PersonalizeEventsClient(Ours, chosen.PersonalizeEventsClient, Typed): ...
class PersonalizeRuntimeClient(Ours, chosen.PersonalizeRuntimeClient, Typed): ...
class PIClient(Ours, chosen.PIClient, Typed):
    get_paginator: p.PIGetPaginator
class PinpointClient(Ours, chosen.PinpointClient, Typed): ...
class PinpointEmailClient(Ours, chosen.PinpointEmailClient, Typed):
    get_paginator: p.PinpointEmailGetPaginator
class PinpointSMSVoiceClient(Ours, chosen.PinpointSMSVoiceClient, Typed): ...
class PinpointSMSVoiceV2Client(Ours, chosen.PinpointSMSVoiceV2Client, Typed):
    get_paginator: p.PinpointSMSVoiceV2GetPaginator
class EventBridgePipesClient(Ours, chosen.EventBridgePipesClient, Typed):
    get_paginator: p.EventBridgePipesGetPaginator
class PollyClient(Ours, chosen.PollyClient, Typed):
    get_paginator: p.PollyGetPaginator
class PricingClient(Ours, chosen.PricingClient, Typed):
    get_paginator: p.PricingGetPaginator
class PricingPlanManagerClient(Ours, chosen.PricingPlanManagerClient, Typed):
    get_paginator: p.PricingPlanManagerGetPaginator
class ProtonClient(Ours, chosen.ProtonClient, Typed):
    get_paginator: p.ProtonGetPaginator
class QAppsClient(Ours, chosen.QAppsClient, Typed):
    get_paginator: q.QAppsGetPaginator
class QBusinessClient(Ours, chosen.QBusinessClient, Typed):
    get_paginator: q.QBusinessGetPaginator
class QConnectClient(Ours, chosen.QConnectClient, Typed):
    get_paginator: q.QConnectGetPaginator
class QuickSightClient(Ours, chosen.QuickSightClient, Typed):
    get_paginator: q.QuickSightGetPaginator
class RAMClient(Ours, chosen.RAMClient, Typed):
    get_paginator: r.RAMGetPaginator
class RecycleBinClient(Ours, chosen.RecycleBinClient, Typed):
    get_paginator: r.RecycleBinGetPaginator
class RDSClient(Ours, chosen.RDSClient, Typed):
    get_paginator: r.RDSGetPaginator
class RDSDataServiceClient(Ours, chosen.RDSDataServiceClient, Typed): ...
class RedshiftClient(Ours, chosen.RedshiftClient, Typed):
    get_paginator: r.RedshiftGetPaginator
class RedshiftDataAPIServiceClient(Ours, chosen.RedshiftDataAPIServiceClient, Typed):
    get_paginator: r.RedshiftDataAPIServiceGetPaginator
class RedshiftServerlessClient(Ours, chosen.RedshiftServerlessClient, Typed):
    get_paginator: r.RedshiftServerlessGetPaginator
class RekognitionClient(Ours, chosen.RekognitionClient, Typed):
    get_paginator: r.RekognitionGetPaginator
class RePostPrivateClient(Ours, chosen.RePostPrivateClient, Typed):
    get_paginator: r.RePostPrivateGetPaginator
class ResilienceHubClient(Ours, chosen.ResilienceHubClient, Typed):
    get_paginator: r.ResilienceHubGetPaginator
class ResilienceHubV2Client(Ours, chosen.ResilienceHubV2Client, Typed):
    get_paginator: r.ResilienceHubV2GetPaginator
class ResourceExplorerClient(Ours, chosen.ResourceExplorerClient, Typed):
    get_paginator: r.ResourceExplorerGetPaginator
class ResourceGroupsClient(Ours, chosen.ResourceGroupsClient, Typed):
    get_paginator: r.ResourceGroupsGetPaginator
class ResourceGroupsTaggingAPIClient(Ours, chosen.ResourceGroupsTaggingAPIClient, Typed):
    get_paginator: r.ResourceGroupsTaggingAPIGetPaginator
class IAMRolesAnywhereClient(Ours, chosen.IAMRolesAnywhereClient, Typed):
    get_paginator: r.IAMRolesAnywhereGetPaginator
class Route53Client(Ours, chosen.Route53Client, Typed):
    get_paginator: r.Route53GetPaginator
class Route53RecoveryClusterClient(Ours, chosen.Route53RecoveryClusterClient, Typed):
    get_paginator: r.Route53RecoveryClusterGetPaginator
class Route53RecoveryControlConfigClient(Ours, chosen.Route53RecoveryControlConfigClient, Typed):
    get_paginator: r.Route53RecoveryControlConfigGetPaginator
class Route53RecoveryReadinessClient(Ours, chosen.Route53RecoveryReadinessClient, Typed):
    get_paginator: r.Route53RecoveryReadinessGetPaginator
class Route53DomainsClient(Ours, chosen.Route53DomainsClient, Typed):
    get_paginator: r.Route53DomainsGetPaginator
class Route53GlobalResolverClient(Ours, chosen.Route53GlobalResolverClient, Typed):
    get_paginator: r.Route53GlobalResolverGetPaginator
class Route53ProfilesClient(Ours, chosen.Route53ProfilesClient, Typed):
    get_paginator: r.Route53ProfilesGetPaginator
class Route53ResolverClient(Ours, chosen.Route53ResolverClient, Typed):
    get_paginator: r.Route53ResolverGetPaginator
class RTBFabricClient(Ours, chosen.RTBFabricClient, Typed):
    get_paginator: r.RTBFabricGetPaginator
class CloudWatchRUMClient(Ours, chosen.CloudWatchRUMClient, Typed):
    get_paginator: r.CloudWatchRUMGetPaginator
class S3Client(Ours, chosen.S3Client, Typed):
    get_paginator: s.S3GetPaginator
class S3ControlClient(Ours, chosen.S3ControlClient, Typed):
    get_paginator: s.S3ControlGetPaginator
class S3FilesClient(Ours, chosen.S3FilesClient, Typed):
    get_paginator: s.S3FilesGetPaginator
class S3OutpostsClient(Ours, chosen.S3OutpostsClient, Typed):
    get_paginator: s.S3OutpostsGetPaginator
class S3TablesClient(Ours, chosen.S3TablesClient, Typed):
    get_paginator: s.S3TablesGetPaginator
class S3VectorsClient(Ours, chosen.S3VectorsClient, Typed):
    get_paginator: s.S3VectorsGetPaginator
class SageMakerClient(Ours, chosen.SageMakerClient, Typed):
    get_paginator: s.SageMakerGetPaginator
class AugmentedAIRuntimeClient(Ours, chosen.AugmentedAIRuntimeClient, Typed):
    get_paginator: s.AugmentedAIRuntimeGetPaginator
class SagemakerEdgeManagerClient(Ours, chosen.SagemakerEdgeManagerClient, Typed): ...
class SageMakerFeatureStoreRuntimeClient(Ours, chosen.SageMakerFeatureStoreRuntimeClient, Typed):
    get_paginator: s.SageMakerFeatureStoreRuntimeGetPaginator
class SageMakergeospatialcapabilitiesClient(Ours, chosen.SageMakergeospatialcapabilitiesClient, Typed):
    get_paginator: s.SageMakergeospatialcapabilitiesGetPaginator
class SageMakerInferenceRouterRuntimeClient(Ours, chosen.SageMakerInferenceRouterRuntimeClient, Typed): ...
class SageMakerMetricsClient(Ours, chosen.SageMakerMetricsClient, Typed): ...
class SageMakerRuntimeClient(Ours, chosen.SageMakerRuntimeClient, Typed): ...
class SagemakerJobRuntimeServiceClient(Ours, chosen.SagemakerJobRuntimeServiceClient, Typed): ...
class SageMakerTrainingSessionRuntimeClient(Ours, chosen.SageMakerTrainingSessionRuntimeClient, Typed): ...
class SavingsPlansClient(Ours, chosen.SavingsPlansClient, Typed): ...
class EventBridgeSchedulerClient(Ours, chosen.EventBridgeSchedulerClient, Typed):
    get_paginator: s.EventBridgeSchedulerGetPaginator
class SchemasClient(Ours, chosen.SchemasClient, Typed):
    get_paginator: s.SchemasGetPaginator
class SimpleDBClient(Ours, chosen.SimpleDBClient, Typed):
    get_paginator: s.SimpleDBGetPaginator
class SecretsManagerClient(Ours, chosen.SecretsManagerClient, Typed):
    get_paginator: s.SecretsManagerGetPaginator
class SecurityIncidentResponseClient(Ours, chosen.SecurityIncidentResponseClient, Typed):
    get_paginator: s.SecurityIncidentResponseGetPaginator
class SecurityAgentClient(Ours, chosen.SecurityAgentClient, Typed):
    get_paginator: s.SecurityAgentGetPaginator
class SecurityHubClient(Ours, chosen.SecurityHubClient, Typed):
    get_paginator: s.SecurityHubGetPaginator
class SecurityLakeClient(Ours, chosen.SecurityLakeClient, Typed):
    get_paginator: s.SecurityLakeGetPaginator
class ServerlessApplicationRepositoryClient(Ours, chosen.ServerlessApplicationRepositoryClient, Typed):
    get_paginator: s.ServerlessApplicationRepositoryGetPaginator
class ServiceQuotasClient(Ours, chosen.ServiceQuotasClient, Typed):
    get_paginator: s.ServiceQuotasGetPaginator
class ServiceCatalogClient(Ours, chosen.ServiceCatalogClient, Typed):
    get_paginator: s.ServiceCatalogGetPaginator
class AppRegistryClient(Ours, chosen.AppRegistryClient, Typed):
    get_paginator: s.AppRegistryGetPaginator
class ServiceDiscoveryClient(Ours, chosen.ServiceDiscoveryClient, Typed):
    get_paginator: s.ServiceDiscoveryGetPaginator
class SESClient(Ours, chosen.SESClient, Typed):
    get_paginator: s.SESGetPaginator
class SESV2Client(Ours, chosen.SESV2Client, Typed):
    get_paginator: s.SESV2GetPaginator
class ShieldClient(Ours, chosen.ShieldClient, Typed):
    get_paginator: s.ShieldGetPaginator
class SignerClient(Ours, chosen.SignerClient, Typed):
    get_paginator: s.SignerGetPaginator
class SignerDataPlaneClient(Ours, chosen.SignerDataPlaneClient, Typed): ...
class SignInServiceClient(Ours, chosen.SignInServiceClient, Typed):
    get_paginator: s.SignInServiceGetPaginator
class SimpleDBv2Client(Ours, chosen.SimpleDBv2Client, Typed):
    get_paginator: s.SimpleDBv2GetPaginator
class PinpointSMSVoiceClient(Ours, chosen.PinpointSMSVoiceClient, Typed): ...
class SnowDeviceManagementClient(Ours, chosen.SnowDeviceManagementClient, Typed):
    get_paginator: s.SnowDeviceManagementGetPaginator
class SnowballClient(Ours, chosen.SnowballClient, Typed):
    get_paginator: s.SnowballGetPaginator
class SNSClient(Ours, chosen.SNSClient, Typed):
    get_paginator: s.SNSGetPaginator
class EndUserMessagingSocialClient(Ours, chosen.EndUserMessagingSocialClient, Typed):
    get_paginator: s.EndUserMessagingSocialGetPaginator
class SQSClient(Ours, chosen.SQSClient, Typed):
    get_paginator: s.SQSGetPaginator
class SSMClient(Ours, chosen.SSMClient, Typed):
    get_paginator: s.SSMGetPaginator
class SSMContactsClient(Ours, chosen.SSMContactsClient, Typed):
    get_paginator: s.SSMContactsGetPaginator
class SSMGUIConnectClient(Ours, chosen.SSMGUIConnectClient, Typed): ...
class SSMIncidentsClient(Ours, chosen.SSMIncidentsClient, Typed):
    get_paginator: s.SSMIncidentsGetPaginator
class SystemsManagerQuickSetupClient(Ours, chosen.SystemsManagerQuickSetupClient, Typed):
    get_paginator: s.SystemsManagerQuickSetupGetPaginator
class SsmSapClient(Ours, chosen.SsmSapClient, Typed):
    get_paginator: s.SsmSapGetPaginator
class SSOClient(Ours, chosen.SSOClient, Typed):
    get_paginator: s.SSOGetPaginator
class SSOAdminClient(Ours, chosen.SSOAdminClient, Typed):
    get_paginator: s.SSOAdminGetPaginator
class SSOOIDCClient(Ours, chosen.SSOOIDCClient, Typed): ...
class SFNClient(Ours, chosen.SFNClient, Typed):
    get_paginator: s.SFNGetPaginator
class StorageGatewayClient(Ours, chosen.StorageGatewayClient, Typed):
    get_paginator: s.StorageGatewayGetPaginator
class STSClient(Ours, chosen.STSClient, Typed): ...
class SupplyChainClient(Ours, chosen.SupplyChainClient, Typed):
    get_paginator: s.SupplyChainGetPaginator
class SupportClient(Ours, chosen.SupportClient, Typed):
    get_paginator: s.SupportGetPaginator
class SupportAppClient(Ours, chosen.SupportAppClient, Typed): ...
class SupportAuthZClient(Ours, chosen.SupportAuthZClient, Typed):
    get_paginator: s.SupportAuthZGetPaginator
class SustainabilityClient(Ours, chosen.SustainabilityClient, Typed):
    get_paginator: s.SustainabilityGetPaginator
class SWFClient(Ours, chosen.SWFClient, Typed):
    get_paginator: s.SWFGetPaginator
class SyntheticsClient(Ours, chosen.SyntheticsClient, Typed): ...
class TaxSettingsClient(Ours, chosen.TaxSettingsClient, Typed):
    get_paginator: t.TaxSettingsGetPaginator
class TextractClient(Ours, chosen.TextractClient, Typed):
    get_paginator: t.TextractGetPaginator
class TimestreamInfluxDBClient(Ours, chosen.TimestreamInfluxDBClient, Typed):
    get_paginator: t.TimestreamInfluxDBGetPaginator
class TimestreamQueryClient(Ours, chosen.TimestreamQueryClient, Typed):
    get_paginator: t.TimestreamQueryGetPaginator
class TimestreamWriteClient(Ours, chosen.TimestreamWriteClient, Typed): ...
class TranscribeServiceClient(Ours, chosen.TranscribeServiceClient, Typed): ...
class TransferClient(Ours, chosen.TransferClient, Typed):
    get_paginator: t.TransferGetPaginator
class TranslateClient(Ours, chosen.TranslateClient, Typed):
    get_paginator: t.TranslateGetPaginator
class TrustedAdvisorPublicAPIClient(Ours, chosen.TrustedAdvisorPublicAPIClient, Typed):
    get_paginator: t.TrustedAdvisorPublicAPIGetPaginator
class UserExperienceCustomizationClient(Ours, chosen.UserExperienceCustomizationClient, Typed):
    get_paginator: u.UserExperienceCustomizationGetPaginator
class VerifiedPermissionsClient(Ours, chosen.VerifiedPermissionsClient, Typed):
    get_paginator: v.VerifiedPermissionsGetPaginator
class VoiceIDClient(Ours, chosen.VoiceIDClient, Typed):
    get_paginator: v.VoiceIDGetPaginator
class VPCLatticeClient(Ours, chosen.VPCLatticeClient, Typed):
    get_paginator: v.VPCLatticeGetPaginator
class WAFClient(Ours, chosen.WAFClient, Typed):
    get_paginator: w.WAFGetPaginator
class WAFRegionalClient(Ours, chosen.WAFRegionalClient, Typed): ...
class WAFV2Client(Ours, chosen.WAFV2Client, Typed): ...
class WellArchitectedClient(Ours, chosen.WellArchitectedClient, Typed):
    get_paginator: w.WellArchitectedGetPaginator
class WickrAdminAPIClient(Ours, chosen.WickrAdminAPIClient, Typed):
    get_paginator: w.WickrAdminAPIGetPaginator
class ConnectWisdomServiceClient(Ours, chosen.ConnectWisdomServiceClient, Typed):
    get_paginator: w.ConnectWisdomServiceGetPaginator
class WorkDocsClient(Ours, chosen.WorkDocsClient, Typed):
    get_paginator: w.WorkDocsGetPaginator
class WorkMailClient(Ours, chosen.WorkMailClient, Typed):
    get_paginator: w.WorkMailGetPaginator
class WorkMailMessageFlowClient(Ours, chosen.WorkMailMessageFlowClient, Typed): ...
class WorkSpacesClient(Ours, chosen.WorkSpacesClient, Typed):
    get_paginator: w.WorkSpacesGetPaginator
class WorkspacesInstancesClient(Ours, chosen.WorkspacesInstancesClient, Typed):
    get_paginator: w.WorkspacesInstancesGetPaginator
class WorkSpacesThinClientClient(Ours, chosen.WorkSpacesThinClientClient, Typed):
    get_paginator: w.WorkSpacesThinClientGetPaginator
class WorkSpacesWebClient(Ours, chosen.WorkSpacesWebClient, Typed):
    get_paginator: w.WorkSpacesWebGetPaginator
class XRayClient(Ours, chosen.XRayClient, Typed):
    get_paginator: x.XRayGetPaginator
