# Written by `python -m sotalia.stubs.packaged`: change that instead.
# mypy: ignore-errors
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false, reportInvalidTypeForm=false, reportOverlappingOverload=false, reportUntypedBaseClass=false, reportUnknownMemberType=false

from sotalia.types import async_chosen as chosen
from sotalia.types.ours import AsyncOurs, AsyncTyped
from sotalia.types.async_pages import a, b, c, d, e, f, g, h, i, k, l, m, n, o, p, q, r, s, t, u, v, w, x

class AsyncAccessAnalyzerClient(AsyncOurs, chosen.AccessAnalyzerClient, AsyncTyped):
    get_paginator: a.AccessAnalyzerGetPaginator
class AsyncAccountClient(AsyncOurs, chosen.AccountClient, AsyncTyped):
    get_paginator: a.AccountGetPaginator
class AsyncAccountAccessClient(AsyncOurs, chosen.AccountAccessClient, AsyncTyped):
    get_paginator: a.AccountAccessGetPaginator
class AsyncAccountAccessRuntimeClient(AsyncOurs, chosen.AccountAccessRuntimeClient, AsyncTyped):
    get_paginator: a.AccountAccessRuntimeGetPaginator
class AsyncACMClient(AsyncOurs, chosen.ACMClient, AsyncTyped):
    get_paginator: a.ACMGetPaginator
class AsyncACMPCAClient(AsyncOurs, chosen.ACMPCAClient, AsyncTyped):
    get_paginator: a.ACMPCAGetPaginator
class AsyncAgentRegistryClient(AsyncOurs, chosen.AgentRegistryClient, AsyncTyped):
    get_paginator: a.AgentRegistryGetPaginator
class AsyncAgentRegistryControlClient(AsyncOurs, chosen.AgentRegistryControlClient, AsyncTyped):
    get_paginator: a.AgentRegistryControlGetPaginator
class AsyncAIOpsClient(AsyncOurs, chosen.AIOpsClient, AsyncTyped):
    get_paginator: a.AIOpsGetPaginator
class AsyncPrometheusServiceClient(AsyncOurs, chosen.PrometheusServiceClient, AsyncTyped):
    get_paginator: a.PrometheusServiceGetPaginator
class AsyncAmplifyClient(AsyncOurs, chosen.AmplifyClient, AsyncTyped):
    get_paginator: a.AmplifyGetPaginator
class AsyncAmplifyBackendClient(AsyncOurs, chosen.AmplifyBackendClient, AsyncTyped):
    get_paginator: a.AmplifyBackendGetPaginator
class AsyncAmplifyUIBuilderClient(AsyncOurs, chosen.AmplifyUIBuilderClient, AsyncTyped):
    get_paginator: a.AmplifyUIBuilderGetPaginator
class AsyncAPIGatewayClient(AsyncOurs, chosen.APIGatewayClient, AsyncTyped):
    get_paginator: a.APIGatewayGetPaginator
class AsyncApiGatewayManagementApiClient(AsyncOurs, chosen.ApiGatewayManagementApiClient, AsyncTyped): ...
class AsyncApiGatewayV2Client(AsyncOurs, chosen.ApiGatewayV2Client, AsyncTyped):
    get_paginator: a.ApiGatewayV2GetPaginator
class AsyncAppConfigClient(AsyncOurs, chosen.AppConfigClient, AsyncTyped):
    get_paginator: a.AppConfigGetPaginator
class AsyncAppConfigDataClient(AsyncOurs, chosen.AppConfigDataClient, AsyncTyped): ...
class AsyncAppFabricClient(AsyncOurs, chosen.AppFabricClient, AsyncTyped):
    get_paginator: a.AppFabricGetPaginator
class AsyncAppflowClient(AsyncOurs, chosen.AppflowClient, AsyncTyped): ...
class AsyncAppIntegrationsServiceClient(AsyncOurs, chosen.AppIntegrationsServiceClient, AsyncTyped):
    get_paginator: a.AppIntegrationsServiceGetPaginator
class AsyncApplicationAutoScalingClient(AsyncOurs, chosen.ApplicationAutoScalingClient, AsyncTyped):
    get_paginator: a.ApplicationAutoScalingGetPaginator
class AsyncApplicationInsightsClient(AsyncOurs, chosen.ApplicationInsightsClient, AsyncTyped): ...
class AsyncCloudWatchApplicationSignalsClient(AsyncOurs, chosen.CloudWatchApplicationSignalsClient, AsyncTyped):
    get_paginator: a.CloudWatchApplicationSignalsGetPaginator
class AsyncApplicationCostProfilerClient(AsyncOurs, chosen.ApplicationCostProfilerClient, AsyncTyped):
    get_paginator: a.ApplicationCostProfilerGetPaginator
class AsyncAppMeshClient(AsyncOurs, chosen.AppMeshClient, AsyncTyped):
    get_paginator: a.AppMeshGetPaginator
class AsyncAppRunnerClient(AsyncOurs, chosen.AppRunnerClient, AsyncTyped): ...
class AsyncAppStreamClient(AsyncOurs, chosen.AppStreamClient, AsyncTyped):
    get_paginator: a.AppStreamGetPaginator
class AsyncAppSyncClient(AsyncOurs, chosen.AppSyncClient, AsyncTyped):
    get_paginator: a.AppSyncGetPaginator
class AsyncARCRegionswitchClient(AsyncOurs, chosen.ARCRegionswitchClient, AsyncTyped):
    get_paginator: a.ARCRegionswitchGetPaginator
class AsyncARCZonalShiftClient(AsyncOurs, chosen.ARCZonalShiftClient, AsyncTyped):
    get_paginator: a.ARCZonalShiftGetPaginator
class AsyncArtifactClient(AsyncOurs, chosen.ArtifactClient, AsyncTyped):
    get_paginator: a.ArtifactGetPaginator
class AsyncAthenaClient(AsyncOurs, chosen.AthenaClient, AsyncTyped):
    get_paginator: a.AthenaGetPaginator
class AsyncAuditManagerClient(AsyncOurs, chosen.AuditManagerClient, AsyncTyped): ...
class AsyncAutoScalingClient(AsyncOurs, chosen.AutoScalingClient, AsyncTyped):
    get_paginator: a.AutoScalingGetPaginator
class AsyncAutoScalingPlansClient(AsyncOurs, chosen.AutoScalingPlansClient, AsyncTyped):
    get_paginator: a.AutoScalingPlansGetPaginator
class AsyncB2BIClient(AsyncOurs, chosen.B2BIClient, AsyncTyped):
    get_paginator: b.B2BIGetPaginator
class AsyncBackupClient(AsyncOurs, chosen.BackupClient, AsyncTyped):
    get_paginator: b.BackupGetPaginator
class AsyncBackupGatewayClient(AsyncOurs, chosen.BackupGatewayClient, AsyncTyped):
    get_paginator: b.BackupGatewayGetPaginator
class AsyncBackupSearchClient(AsyncOurs, chosen.BackupSearchClient, AsyncTyped):
    get_paginator: b.BackupSearchGetPaginator
class AsyncBatchClient(AsyncOurs, chosen.BatchClient, AsyncTyped):
    get_paginator: b.BatchGetPaginator
class AsyncBillingandCostManagementDashboardsClient(AsyncOurs, chosen.BillingandCostManagementDashboardsClient, AsyncTyped):
    get_paginator: b.BillingandCostManagementDashboardsGetPaginator
class AsyncBillingandCostManagementDataExportsClient(AsyncOurs, chosen.BillingandCostManagementDataExportsClient, AsyncTyped):
    get_paginator: b.BillingandCostManagementDataExportsGetPaginator
class AsyncBillingandCostManagementPricingCalculatorClient(AsyncOurs, chosen.BillingandCostManagementPricingCalculatorClient, AsyncTyped):
    get_paginator: b.BillingandCostManagementPricingCalculatorGetPaginator
class AsyncBillingandCostManagementRecommendedActionsClient(AsyncOurs, chosen.BillingandCostManagementRecommendedActionsClient, AsyncTyped):
    get_paginator: b.BillingandCostManagementRecommendedActionsGetPaginator
class AsyncBedrockClient(AsyncOurs, chosen.BedrockClient, AsyncTyped):
    get_paginator: b.BedrockGetPaginator
class AsyncAgentsforBedrockClient(AsyncOurs, chosen.AgentsforBedrockClient, AsyncTyped):
    get_paginator: b.AgentsforBedrockGetPaginator
class AsyncAgentsforBedrockRuntimeClient(AsyncOurs, chosen.AgentsforBedrockRuntimeClient, AsyncTyped):
    get_paginator: b.AgentsforBedrockRuntimeGetPaginator
class AsyncBedrockAgentCoreClient(AsyncOurs, chosen.BedrockAgentCoreClient, AsyncTyped):
    get_paginator: b.BedrockAgentCoreGetPaginator
class AsyncBedrockAgentCoreControlClient(AsyncOurs, chosen.BedrockAgentCoreControlClient, AsyncTyped):
    get_paginator: b.BedrockAgentCoreControlGetPaginator
class AsyncDataAutomationforBedrockClient(AsyncOurs, chosen.DataAutomationforBedrockClient, AsyncTyped):
    get_paginator: b.DataAutomationforBedrockGetPaginator
class AsyncRuntimeforBedrockDataAutomationClient(AsyncOurs, chosen.RuntimeforBedrockDataAutomationClient, AsyncTyped): ...
class AsyncBedrockRuntimeClient(AsyncOurs, chosen.BedrockRuntimeClient, AsyncTyped):
    get_paginator: b.BedrockRuntimeGetPaginator
class AsyncBillingClient(AsyncOurs, chosen.BillingClient, AsyncTyped):
    get_paginator: b.BillingGetPaginator
class AsyncBillingConductorClient(AsyncOurs, chosen.BillingConductorClient, AsyncTyped):
    get_paginator: b.BillingConductorGetPaginator
class AsyncBraketClient(AsyncOurs, chosen.BraketClient, AsyncTyped):
    get_paginator: b.BraketGetPaginator
class AsyncBudgetsClient(AsyncOurs, chosen.BudgetsClient, AsyncTyped):
    get_paginator: b.BudgetsGetPaginator
class AsyncCostExplorerClient(AsyncOurs, chosen.CostExplorerClient, AsyncTyped):
    get_paginator: c.CostExplorerGetPaginator
class AsyncChatbotClient(AsyncOurs, chosen.ChatbotClient, AsyncTyped):
    get_paginator: c.ChatbotGetPaginator
class AsyncChimeClient(AsyncOurs, chosen.ChimeClient, AsyncTyped):
    get_paginator: c.ChimeGetPaginator
class AsyncChimeSDKIdentityClient(AsyncOurs, chosen.ChimeSDKIdentityClient, AsyncTyped): ...
class AsyncChimeSDKMediaPipelinesClient(AsyncOurs, chosen.ChimeSDKMediaPipelinesClient, AsyncTyped): ...
class AsyncChimeSDKMeetingsClient(AsyncOurs, chosen.ChimeSDKMeetingsClient, AsyncTyped): ...
class AsyncChimeSDKMessagingClient(AsyncOurs, chosen.ChimeSDKMessagingClient, AsyncTyped): ...
class AsyncChimeSDKVoiceClient(AsyncOurs, chosen.ChimeSDKVoiceClient, AsyncTyped):
    get_paginator: c.ChimeSDKVoiceGetPaginator
class AsyncCleanRoomsServiceClient(AsyncOurs, chosen.CleanRoomsServiceClient, AsyncTyped):
    get_paginator: c.CleanRoomsServiceGetPaginator
class AsyncCleanRoomsMLClient(AsyncOurs, chosen.CleanRoomsMLClient, AsyncTyped):
    get_paginator: c.CleanRoomsMLGetPaginator
class AsyncCloud9Client(AsyncOurs, chosen.Cloud9Client, AsyncTyped):
    get_paginator: c.Cloud9GetPaginator
class AsyncCloudControlApiClient(AsyncOurs, chosen.CloudControlApiClient, AsyncTyped):
    get_paginator: c.CloudControlApiGetPaginator
class AsyncCloudDirectoryClient(AsyncOurs, chosen.CloudDirectoryClient, AsyncTyped):
    get_paginator: c.CloudDirectoryGetPaginator
class AsyncCloudFormationClient(AsyncOurs, chosen.CloudFormationClient, AsyncTyped):
    get_paginator: c.CloudFormationGetPaginator
class AsyncCloudFrontClient(AsyncOurs, chosen.CloudFrontClient, AsyncTyped):
    get_paginator: c.CloudFrontGetPaginator
class AsyncCloudFrontKeyValueStoreClient(AsyncOurs, chosen.CloudFrontKeyValueStoreClient, AsyncTyped):
    get_paginator: c.CloudFrontKeyValueStoreGetPaginator
class AsyncCloudHSMClient(AsyncOurs, chosen.CloudHSMClient, AsyncTyped):
    get_paginator: c.CloudHSMGetPaginator
class AsyncCloudHSMV2Client(AsyncOurs, chosen.CloudHSMV2Client, AsyncTyped):
    get_paginator: c.CloudHSMV2GetPaginator
class AsyncCloudSearchClient(AsyncOurs, chosen.CloudSearchClient, AsyncTyped): ...
class AsyncCloudSearchDomainClient(AsyncOurs, chosen.CloudSearchDomainClient, AsyncTyped): ...
class AsyncCloudTrailClient(AsyncOurs, chosen.CloudTrailClient, AsyncTyped):
    get_paginator: c.CloudTrailGetPaginator
class AsyncCloudTrailDataServiceClient(AsyncOurs, chosen.CloudTrailDataServiceClient, AsyncTyped): ...
class AsyncCloudWatchClient(AsyncOurs, chosen.CloudWatchClient, AsyncTyped):
    get_paginator: c.CloudWatchGetPaginator
class AsyncCloudWatchOmniClient(AsyncOurs, chosen.CloudWatchOmniClient, AsyncTyped):
    get_paginator: c.CloudWatchOmniGetPaginator
class AsyncCodeArtifactClient(AsyncOurs, chosen.CodeArtifactClient, AsyncTyped):
    get_paginator: c.CodeArtifactGetPaginator
class AsyncCodeBuildClient(AsyncOurs, chosen.CodeBuildClient, AsyncTyped):
    get_paginator: c.CodeBuildGetPaginator
class AsyncCodeCatalystClient(AsyncOurs, chosen.CodeCatalystClient, AsyncTyped):
    get_paginator: c.CodeCatalystGetPaginator
class AsyncCodeCommitClient(AsyncOurs, chosen.CodeCommitClient, AsyncTyped):
    get_paginator: c.CodeCommitGetPaginator
class AsyncCodeConnectionsClient(AsyncOurs, chosen.CodeConnectionsClient, AsyncTyped): ...
class AsyncCodeDeployClient(AsyncOurs, chosen.CodeDeployClient, AsyncTyped):
    get_paginator: c.CodeDeployGetPaginator
class AsyncCodeGuruReviewerClient(AsyncOurs, chosen.CodeGuruReviewerClient, AsyncTyped):
    get_paginator: c.CodeGuruReviewerGetPaginator
class AsyncCodeGuruSecurityClient(AsyncOurs, chosen.CodeGuruSecurityClient, AsyncTyped):
    get_paginator: c.CodeGuruSecurityGetPaginator
class AsyncCodeGuruProfilerClient(AsyncOurs, chosen.CodeGuruProfilerClient, AsyncTyped):
    get_paginator: c.CodeGuruProfilerGetPaginator
class AsyncCodePipelineClient(AsyncOurs, chosen.CodePipelineClient, AsyncTyped):
    get_paginator: c.CodePipelineGetPaginator
class AsyncCodeStarconnectionsClient(AsyncOurs, chosen.CodeStarconnectionsClient, AsyncTyped): ...
class AsyncCodeStarNotificationsClient(AsyncOurs, chosen.CodeStarNotificationsClient, AsyncTyped):
    get_paginator: c.CodeStarNotificationsGetPaginator
class AsyncCognitoIdentityClient(AsyncOurs, chosen.CognitoIdentityClient, AsyncTyped):
    get_paginator: c.CognitoIdentityGetPaginator
class AsyncCognitoIdentityProviderClient(AsyncOurs, chosen.CognitoIdentityProviderClient, AsyncTyped):
    get_paginator: c.CognitoIdentityProviderGetPaginator
class AsyncCognitoSyncClient(AsyncOurs, chosen.CognitoSyncClient, AsyncTyped): ...
class AsyncComprehendClient(AsyncOurs, chosen.ComprehendClient, AsyncTyped):
    get_paginator: c.ComprehendGetPaginator
class AsyncComprehendMedicalClient(AsyncOurs, chosen.ComprehendMedicalClient, AsyncTyped): ...
class AsyncComputeOptimizerClient(AsyncOurs, chosen.ComputeOptimizerClient, AsyncTyped):
    get_paginator: c.ComputeOptimizerGetPaginator
class AsyncComputeOptimizerAutomationClient(AsyncOurs, chosen.ComputeOptimizerAutomationClient, AsyncTyped):
    get_paginator: c.ComputeOptimizerAutomationGetPaginator
class AsyncConfigServiceClient(AsyncOurs, chosen.ConfigServiceClient, AsyncTyped):
    get_paginator: c.ConfigServiceGetPaginator
class AsyncConnectClient(AsyncOurs, chosen.ConnectClient, AsyncTyped):
    get_paginator: c.ConnectGetPaginator
class AsyncConnectContactLensClient(AsyncOurs, chosen.ConnectContactLensClient, AsyncTyped): ...
class AsyncConnectCampaignServiceClient(AsyncOurs, chosen.ConnectCampaignServiceClient, AsyncTyped):
    get_paginator: c.ConnectCampaignServiceGetPaginator
class AsyncConnectCampaignServiceV2Client(AsyncOurs, chosen.ConnectCampaignServiceV2Client, AsyncTyped):
    get_paginator: c.ConnectCampaignServiceV2GetPaginator
class AsyncConnectCasesClient(AsyncOurs, chosen.ConnectCasesClient, AsyncTyped):
    get_paginator: c.ConnectCasesGetPaginator
class AsyncConnectHealthClient(AsyncOurs, chosen.ConnectHealthClient, AsyncTyped):
    get_paginator: c.ConnectHealthGetPaginator
class AsyncConnectParticipantClient(AsyncOurs, chosen.ConnectParticipantClient, AsyncTyped): ...
class AsyncConnectSchedulingClient(AsyncOurs, chosen.ConnectSchedulingClient, AsyncTyped): ...
class AsyncContinuumClient(AsyncOurs, chosen.ContinuumClient, AsyncTyped):
    get_paginator: c.ContinuumGetPaginator
class AsyncControlCatalogClient(AsyncOurs, chosen.ControlCatalogClient, AsyncTyped):
    get_paginator: c.ControlCatalogGetPaginator
class AsyncControlTowerClient(AsyncOurs, chosen.ControlTowerClient, AsyncTyped):
    get_paginator: c.ControlTowerGetPaginator
class AsyncCostOptimizationHubClient(AsyncOurs, chosen.CostOptimizationHubClient, AsyncTyped):
    get_paginator: c.CostOptimizationHubGetPaginator
class AsyncCostandUsageReportServiceClient(AsyncOurs, chosen.CostandUsageReportServiceClient, AsyncTyped):
    get_paginator: c.CostandUsageReportServiceGetPaginator
class AsyncCustomerProfilesClient(AsyncOurs, chosen.CustomerProfilesClient, AsyncTyped):
    get_paginator: c.CustomerProfilesGetPaginator
class AsyncGlueDataBrewClient(AsyncOurs, chosen.GlueDataBrewClient, AsyncTyped):
    get_paginator: d.GlueDataBrewGetPaginator
class AsyncDataExchangeClient(AsyncOurs, chosen.DataExchangeClient, AsyncTyped):
    get_paginator: d.DataExchangeGetPaginator
class AsyncDataPipelineClient(AsyncOurs, chosen.DataPipelineClient, AsyncTyped):
    get_paginator: d.DataPipelineGetPaginator
class AsyncDataSyncClient(AsyncOurs, chosen.DataSyncClient, AsyncTyped):
    get_paginator: d.DataSyncGetPaginator
class AsyncDataZoneClient(AsyncOurs, chosen.DataZoneClient, AsyncTyped):
    get_paginator: d.DataZoneGetPaginator
class AsyncDAXClient(AsyncOurs, chosen.DAXClient, AsyncTyped):
    get_paginator: d.DAXGetPaginator
class AsyncDeadlineCloudClient(AsyncOurs, chosen.DeadlineCloudClient, AsyncTyped):
    get_paginator: d.DeadlineCloudGetPaginator
class AsyncDetectiveClient(AsyncOurs, chosen.DetectiveClient, AsyncTyped): ...
class AsyncDeviceFarmClient(AsyncOurs, chosen.DeviceFarmClient, AsyncTyped):
    get_paginator: d.DeviceFarmGetPaginator
class AsyncDevOpsAgentServiceClient(AsyncOurs, chosen.DevOpsAgentServiceClient, AsyncTyped):
    get_paginator: d.DevOpsAgentServiceGetPaginator
class AsyncDevOpsGuruClient(AsyncOurs, chosen.DevOpsGuruClient, AsyncTyped):
    get_paginator: d.DevOpsGuruGetPaginator
class AsyncDirectConnectClient(AsyncOurs, chosen.DirectConnectClient, AsyncTyped):
    get_paginator: d.DirectConnectGetPaginator
class AsyncApplicationDiscoveryServiceClient(AsyncOurs, chosen.ApplicationDiscoveryServiceClient, AsyncTyped):
    get_paginator: d.ApplicationDiscoveryServiceGetPaginator
class AsyncDLMClient(AsyncOurs, chosen.DLMClient, AsyncTyped): ...
class AsyncDatabaseMigrationServiceClient(AsyncOurs, chosen.DatabaseMigrationServiceClient, AsyncTyped):
    get_paginator: d.DatabaseMigrationServiceGetPaginator
class AsyncDocDBClient(AsyncOurs, chosen.DocDBClient, AsyncTyped):
    get_paginator: d.DocDBGetPaginator
class AsyncDocDBElasticClient(AsyncOurs, chosen.DocDBElasticClient, AsyncTyped):
    get_paginator: d.DocDBElasticGetPaginator
class AsyncDrsClient(AsyncOurs, chosen.DrsClient, AsyncTyped):
    get_paginator: d.DrsGetPaginator
class AsyncDirectoryServiceClient(AsyncOurs, chosen.DirectoryServiceClient, AsyncTyped):
    get_paginator: d.DirectoryServiceGetPaginator
class AsyncDirectoryServiceDataClient(AsyncOurs, chosen.DirectoryServiceDataClient, AsyncTyped):
    get_paginator: d.DirectoryServiceDataGetPaginator
class AsyncAuroraDSQLClient(AsyncOurs, chosen.AuroraDSQLClient, AsyncTyped):
    get_paginator: d.AuroraDSQLGetPaginator
class AsyncDynamoDBClient(AsyncOurs, chosen.DynamoDBClient, AsyncTyped):
    get_paginator: d.DynamoDBGetPaginator
class AsyncDynamoDBStreamsClient(AsyncOurs, chosen.DynamoDBStreamsClient, AsyncTyped): ...
class AsyncEBSClient(AsyncOurs, chosen.EBSClient, AsyncTyped): ...
class AsyncEC2Client(AsyncOurs, chosen.EC2Client, AsyncTyped):
    get_paginator: e.EC2GetPaginator
class AsyncEC2InstanceConnectClient(AsyncOurs, chosen.EC2InstanceConnectClient, AsyncTyped): ...
class AsyncECRClient(AsyncOurs, chosen.ECRClient, AsyncTyped):
    get_paginator: e.ECRGetPaginator
class AsyncECRPublicClient(AsyncOurs, chosen.ECRPublicClient, AsyncTyped):
    get_paginator: e.ECRPublicGetPaginator
class AsyncECSClient(AsyncOurs, chosen.ECSClient, AsyncTyped):
    get_paginator: e.ECSGetPaginator
class AsyncEFSClient(AsyncOurs, chosen.EFSClient, AsyncTyped):
    get_paginator: e.EFSGetPaginator
class AsyncEKSClient(AsyncOurs, chosen.EKSClient, AsyncTyped):
    get_paginator: e.EKSGetPaginator
class AsyncEKSAuthClient(AsyncOurs, chosen.EKSAuthClient, AsyncTyped): ...
class AsyncElastiCacheClient(AsyncOurs, chosen.ElastiCacheClient, AsyncTyped):
    get_paginator: e.ElastiCacheGetPaginator
class AsyncElasticBeanstalkClient(AsyncOurs, chosen.ElasticBeanstalkClient, AsyncTyped):
    get_paginator: e.ElasticBeanstalkGetPaginator
class AsyncElasticLoadBalancingClient(AsyncOurs, chosen.ElasticLoadBalancingClient, AsyncTyped):
    get_paginator: e.ElasticLoadBalancingGetPaginator
class AsyncElasticLoadBalancingv2Client(AsyncOurs, chosen.ElasticLoadBalancingv2Client, AsyncTyped):
    get_paginator: e.ElasticLoadBalancingv2GetPaginator
class AsyncElementalInferenceClient(AsyncOurs, chosen.ElementalInferenceClient, AsyncTyped):
    get_paginator: e.ElementalInferenceGetPaginator
class AsyncEMRClient(AsyncOurs, chosen.EMRClient, AsyncTyped):
    get_paginator: e.EMRGetPaginator
class AsyncEMRContainersClient(AsyncOurs, chosen.EMRContainersClient, AsyncTyped):
    get_paginator: e.EMRContainersGetPaginator
class AsyncEMRServerlessClient(AsyncOurs, chosen.EMRServerlessClient, AsyncTyped):
    get_paginator: e.EMRServerlessGetPaginator
class AsyncEndUserMessagingClient(AsyncOurs, chosen.EndUserMessagingClient, AsyncTyped):
    get_paginator: e.EndUserMessagingGetPaginator
class AsyncEntityResolutionClient(AsyncOurs, chosen.EntityResolutionClient, AsyncTyped):
    get_paginator: e.EntityResolutionGetPaginator
class AsyncElasticsearchServiceClient(AsyncOurs, chosen.ElasticsearchServiceClient, AsyncTyped):
    get_paginator: e.ElasticsearchServiceGetPaginator
class AsyncEventBridgeV2Client(AsyncOurs, chosen.EventBridgeV2Client, AsyncTyped):
    get_paginator: e.EventBridgeV2GetPaginator
class AsyncEventBridgeClient(AsyncOurs, chosen.EventBridgeClient, AsyncTyped):
    get_paginator: e.EventBridgeGetPaginator
class AsyncEVSClient(AsyncOurs, chosen.EVSClient, AsyncTyped):
    get_paginator: e.EVSGetPaginator
class AsyncFirehoseClient(AsyncOurs, chosen.FirehoseClient, AsyncTyped): ...
class AsyncFISClient(AsyncOurs, chosen.FISClient, AsyncTyped):
    get_paginator: f.FISGetPaginator
class AsyncFMSClient(AsyncOurs, chosen.FMSClient, AsyncTyped):
    get_paginator: f.FMSGetPaginator
class AsyncForecastServiceClient(AsyncOurs, chosen.ForecastServiceClient, AsyncTyped):
    get_paginator: f.ForecastServiceGetPaginator
class AsyncForecastQueryServiceClient(AsyncOurs, chosen.ForecastQueryServiceClient, AsyncTyped): ...
class AsyncFraudDetectorClient(AsyncOurs, chosen.FraudDetectorClient, AsyncTyped): ...
class AsyncFreeTierClient(AsyncOurs, chosen.FreeTierClient, AsyncTyped):
    get_paginator: f.FreeTierGetPaginator
class AsyncFSxClient(AsyncOurs, chosen.FSxClient, AsyncTyped):
    get_paginator: f.FSxGetPaginator
class AsyncGameLiftClient(AsyncOurs, chosen.GameLiftClient, AsyncTyped):
    get_paginator: g.GameLiftGetPaginator
class AsyncGameLiftStreamsClient(AsyncOurs, chosen.GameLiftStreamsClient, AsyncTyped):
    get_paginator: g.GameLiftStreamsGetPaginator
class AsyncLocationServiceMapsV2Client(AsyncOurs, chosen.LocationServiceMapsV2Client, AsyncTyped): ...
class AsyncLocationServicePlacesV2Client(AsyncOurs, chosen.LocationServicePlacesV2Client, AsyncTyped): ...
class AsyncLocationServiceRoutesV2Client(AsyncOurs, chosen.LocationServiceRoutesV2Client, AsyncTyped): ...
class AsyncGlacierClient(AsyncOurs, chosen.GlacierClient, AsyncTyped):
    get_paginator: g.GlacierGetPaginator
class AsyncGlobalAcceleratorClient(AsyncOurs, chosen.GlobalAcceleratorClient, AsyncTyped):
    get_paginator: g.GlobalAcceleratorGetPaginator
class AsyncGlueClient(AsyncOurs, chosen.GlueClient, AsyncTyped):
    get_paginator: g.GlueGetPaginator
class AsyncManagedGrafanaClient(AsyncOurs, chosen.ManagedGrafanaClient, AsyncTyped):
    get_paginator: g.ManagedGrafanaGetPaginator
class AsyncGreengrassClient(AsyncOurs, chosen.GreengrassClient, AsyncTyped):
    get_paginator: g.GreengrassGetPaginator
class AsyncGreengrassV2Client(AsyncOurs, chosen.GreengrassV2Client, AsyncTyped):
    get_paginator: g.GreengrassV2GetPaginator
class AsyncGroundStationClient(AsyncOurs, chosen.GroundStationClient, AsyncTyped):
    get_paginator: g.GroundStationGetPaginator
class AsyncGuardDutyClient(AsyncOurs, chosen.GuardDutyClient, AsyncTyped):
    get_paginator: g.GuardDutyGetPaginator
class AsyncHealthClient(AsyncOurs, chosen.HealthClient, AsyncTyped):
    get_paginator: h.HealthGetPaginator
class AsyncHealthLakeClient(AsyncOurs, chosen.HealthLakeClient, AsyncTyped):
    get_paginator: h.HealthLakeGetPaginator
class AsyncIAMClient(AsyncOurs, chosen.IAMClient, AsyncTyped):
    get_paginator: i.IAMGetPaginator
class AsyncIAMToolboxPreviewClient(AsyncOurs, chosen.IAMToolboxPreviewClient, AsyncTyped):
    get_paginator: i.IAMToolboxPreviewGetPaginator
class AsyncIdentityStoreClient(AsyncOurs, chosen.IdentityStoreClient, AsyncTyped):
    get_paginator: i.IdentityStoreGetPaginator
class AsyncImagebuilderClient(AsyncOurs, chosen.ImagebuilderClient, AsyncTyped):
    get_paginator: i.ImagebuilderGetPaginator
class AsyncImportExportClient(AsyncOurs, chosen.ImportExportClient, AsyncTyped):
    get_paginator: i.ImportExportGetPaginator
class AsyncInspectorClient(AsyncOurs, chosen.InspectorClient, AsyncTyped):
    get_paginator: i.InspectorGetPaginator
class AsyncInspectorscanClient(AsyncOurs, chosen.InspectorscanClient, AsyncTyped): ...
class AsyncInspector2Client(AsyncOurs, chosen.Inspector2Client, AsyncTyped):
    get_paginator: i.Inspector2GetPaginator
class AsyncInterconnectClient(AsyncOurs, chosen.InterconnectClient, AsyncTyped):
    get_paginator: i.InterconnectGetPaginator
class AsyncCloudWatchInternetMonitorClient(AsyncOurs, chosen.CloudWatchInternetMonitorClient, AsyncTyped):
    get_paginator: i.CloudWatchInternetMonitorGetPaginator
class AsyncInvoicingClient(AsyncOurs, chosen.InvoicingClient, AsyncTyped):
    get_paginator: i.InvoicingGetPaginator
class AsyncIoTClient(AsyncOurs, chosen.IoTClient, AsyncTyped):
    get_paginator: i.IoTGetPaginator
class AsyncIoTDataPlaneClient(AsyncOurs, chosen.IoTDataPlaneClient, AsyncTyped):
    get_paginator: i.IoTDataPlaneGetPaginator
class AsyncIoTJobsDataPlaneClient(AsyncOurs, chosen.IoTJobsDataPlaneClient, AsyncTyped): ...
class AsyncManagedintegrationsforIoTDeviceManagementClient(AsyncOurs, chosen.ManagedintegrationsforIoTDeviceManagementClient, AsyncTyped):
    get_paginator: i.ManagedintegrationsforIoTDeviceManagementGetPaginator
class AsyncIoTDeviceAdvisorClient(AsyncOurs, chosen.IoTDeviceAdvisorClient, AsyncTyped): ...
class AsyncIoTFleetWiseClient(AsyncOurs, chosen.IoTFleetWiseClient, AsyncTyped):
    get_paginator: i.IoTFleetWiseGetPaginator
class AsyncIoTSecureTunnelingClient(AsyncOurs, chosen.IoTSecureTunnelingClient, AsyncTyped): ...
class AsyncIoTSiteWiseClient(AsyncOurs, chosen.IoTSiteWiseClient, AsyncTyped):
    get_paginator: i.IoTSiteWiseGetPaginator
class AsyncIoTThingsGraphClient(AsyncOurs, chosen.IoTThingsGraphClient, AsyncTyped):
    get_paginator: i.IoTThingsGraphGetPaginator
class AsyncIoTTwinMakerClient(AsyncOurs, chosen.IoTTwinMakerClient, AsyncTyped): ...
class AsyncIoTWirelessClient(AsyncOurs, chosen.IoTWirelessClient, AsyncTyped): ...
class AsyncIVSClient(AsyncOurs, chosen.IVSClient, AsyncTyped):
    get_paginator: i.IVSGetPaginator
class AsyncIvsrealtimeClient(AsyncOurs, chosen.IvsrealtimeClient, AsyncTyped):
    get_paginator: i.IvsrealtimeGetPaginator
class AsyncIvschatClient(AsyncOurs, chosen.IvschatClient, AsyncTyped): ...
class AsyncKafkaClient(AsyncOurs, chosen.KafkaClient, AsyncTyped):
    get_paginator: k.KafkaGetPaginator
class AsyncKafkaConnectClient(AsyncOurs, chosen.KafkaConnectClient, AsyncTyped):
    get_paginator: k.KafkaConnectGetPaginator
class AsyncKendraClient(AsyncOurs, chosen.KendraClient, AsyncTyped): ...
class AsyncKendraRankingClient(AsyncOurs, chosen.KendraRankingClient, AsyncTyped): ...
class AsyncKeyspacesClient(AsyncOurs, chosen.KeyspacesClient, AsyncTyped):
    get_paginator: k.KeyspacesGetPaginator
class AsyncKeyspacesStreamsClient(AsyncOurs, chosen.KeyspacesStreamsClient, AsyncTyped):
    get_paginator: k.KeyspacesStreamsGetPaginator
class AsyncKinesisClient(AsyncOurs, chosen.KinesisClient, AsyncTyped):
    get_paginator: k.KinesisGetPaginator
class AsyncKinesisVideoArchivedMediaClient(AsyncOurs, chosen.KinesisVideoArchivedMediaClient, AsyncTyped):
    get_paginator: k.KinesisVideoArchivedMediaGetPaginator
class AsyncKinesisVideoMediaClient(AsyncOurs, chosen.KinesisVideoMediaClient, AsyncTyped): ...
class AsyncKinesisVideoSignalingChannelsClient(AsyncOurs, chosen.KinesisVideoSignalingChannelsClient, AsyncTyped): ...
class AsyncKinesisVideoWebRTCStorageClient(AsyncOurs, chosen.KinesisVideoWebRTCStorageClient, AsyncTyped): ...
class AsyncKinesisAnalyticsClient(AsyncOurs, chosen.KinesisAnalyticsClient, AsyncTyped): ...
class AsyncKinesisAnalyticsV2Client(AsyncOurs, chosen.KinesisAnalyticsV2Client, AsyncTyped):
    get_paginator: k.KinesisAnalyticsV2GetPaginator
class AsyncKinesisVideoClient(AsyncOurs, chosen.KinesisVideoClient, AsyncTyped):
    get_paginator: k.KinesisVideoGetPaginator
class AsyncKMSClient(AsyncOurs, chosen.KMSClient, AsyncTyped):
    get_paginator: k.KMSGetPaginator
class AsyncLakeFormationClient(AsyncOurs, chosen.LakeFormationClient, AsyncTyped):
    get_paginator: l.LakeFormationGetPaginator
class AsyncLambdaClient(AsyncOurs, chosen.LambdaClient, AsyncTyped):
    get_paginator: l.LambdaGetPaginator
class AsyncLambdaCoreClient(AsyncOurs, chosen.LambdaCoreClient, AsyncTyped):
    get_paginator: l.LambdaCoreGetPaginator
class AsyncLambdaMicroVMsClient(AsyncOurs, chosen.LambdaMicroVMsClient, AsyncTyped):
    get_paginator: l.LambdaMicroVMsGetPaginator
class AsyncLambdaWebClient(AsyncOurs, chosen.LambdaWebClient, AsyncTyped):
    get_paginator: l.LambdaWebGetPaginator
class AsyncLaunchWizardClient(AsyncOurs, chosen.LaunchWizardClient, AsyncTyped):
    get_paginator: l.LaunchWizardGetPaginator
class AsyncLexModelBuildingServiceClient(AsyncOurs, chosen.LexModelBuildingServiceClient, AsyncTyped):
    get_paginator: l.LexModelBuildingServiceGetPaginator
class AsyncLexRuntimeServiceClient(AsyncOurs, chosen.LexRuntimeServiceClient, AsyncTyped): ...
class AsyncLexModelsV2Client(AsyncOurs, chosen.LexModelsV2Client, AsyncTyped):
    get_paginator: l.LexModelsV2GetPaginator
class AsyncLexRuntimeV2Client(AsyncOurs, chosen.LexRuntimeV2Client, AsyncTyped): ...
class AsyncLicenseManagerClient(AsyncOurs, chosen.LicenseManagerClient, AsyncTyped):
    get_paginator: l.LicenseManagerGetPaginator
class AsyncLicenseManagerLinuxSubscriptionsClient(AsyncOurs, chosen.LicenseManagerLinuxSubscriptionsClient, AsyncTyped):
    get_paginator: l.LicenseManagerLinuxSubscriptionsGetPaginator
class AsyncLicenseManagerUserSubscriptionsClient(AsyncOurs, chosen.LicenseManagerUserSubscriptionsClient, AsyncTyped):
    get_paginator: l.LicenseManagerUserSubscriptionsGetPaginator
class AsyncLightsailClient(AsyncOurs, chosen.LightsailClient, AsyncTyped):
    get_paginator: l.LightsailGetPaginator
class AsyncLocationServiceClient(AsyncOurs, chosen.LocationServiceClient, AsyncTyped):
    get_paginator: l.LocationServiceGetPaginator
class AsyncCloudWatchLogsClient(AsyncOurs, chosen.CloudWatchLogsClient, AsyncTyped):
    get_paginator: l.CloudWatchLogsGetPaginator
class AsyncLookoutEquipmentClient(AsyncOurs, chosen.LookoutEquipmentClient, AsyncTyped): ...
class AsyncMainframeModernizationClient(AsyncOurs, chosen.MainframeModernizationClient, AsyncTyped):
    get_paginator: m.MainframeModernizationGetPaginator
class AsyncMachineLearningClient(AsyncOurs, chosen.MachineLearningClient, AsyncTyped):
    get_paginator: m.MachineLearningGetPaginator
class AsyncMacie2Client(AsyncOurs, chosen.Macie2Client, AsyncTyped):
    get_paginator: m.Macie2GetPaginator
class AsyncMailManagerClient(AsyncOurs, chosen.MailManagerClient, AsyncTyped):
    get_paginator: m.MailManagerGetPaginator
class AsyncManagedBlockchainClient(AsyncOurs, chosen.ManagedBlockchainClient, AsyncTyped):
    get_paginator: m.ManagedBlockchainGetPaginator
class AsyncManagedBlockchainQueryClient(AsyncOurs, chosen.ManagedBlockchainQueryClient, AsyncTyped):
    get_paginator: m.ManagedBlockchainQueryGetPaginator
class AsyncAgreementServiceClient(AsyncOurs, chosen.AgreementServiceClient, AsyncTyped):
    get_paginator: m.AgreementServiceGetPaginator
class AsyncMarketplaceCatalogClient(AsyncOurs, chosen.MarketplaceCatalogClient, AsyncTyped):
    get_paginator: m.MarketplaceCatalogGetPaginator
class AsyncMarketplaceDeploymentServiceClient(AsyncOurs, chosen.MarketplaceDeploymentServiceClient, AsyncTyped): ...
class AsyncMarketplaceDiscoveryClient(AsyncOurs, chosen.MarketplaceDiscoveryClient, AsyncTyped):
    get_paginator: m.MarketplaceDiscoveryGetPaginator
class AsyncMarketplaceEntitlementServiceClient(AsyncOurs, chosen.MarketplaceEntitlementServiceClient, AsyncTyped):
    get_paginator: m.MarketplaceEntitlementServiceGetPaginator
class AsyncMarketplaceReportingServiceClient(AsyncOurs, chosen.MarketplaceReportingServiceClient, AsyncTyped): ...
class AsyncMarketplaceCommerceAnalyticsClient(AsyncOurs, chosen.MarketplaceCommerceAnalyticsClient, AsyncTyped): ...
class AsyncMediaConnectClient(AsyncOurs, chosen.MediaConnectClient, AsyncTyped):
    get_paginator: m.MediaConnectGetPaginator
class AsyncMediaConvertClient(AsyncOurs, chosen.MediaConvertClient, AsyncTyped):
    get_paginator: m.MediaConvertGetPaginator
class AsyncMediaLiveClient(AsyncOurs, chosen.MediaLiveClient, AsyncTyped):
    get_paginator: m.MediaLiveGetPaginator
class AsyncMediaPackageClient(AsyncOurs, chosen.MediaPackageClient, AsyncTyped):
    get_paginator: m.MediaPackageGetPaginator
class AsyncMediaPackageVodClient(AsyncOurs, chosen.MediaPackageVodClient, AsyncTyped):
    get_paginator: m.MediaPackageVodGetPaginator
class AsyncMediapackagev2Client(AsyncOurs, chosen.Mediapackagev2Client, AsyncTyped):
    get_paginator: m.Mediapackagev2GetPaginator
class AsyncMediaStoreClient(AsyncOurs, chosen.MediaStoreClient, AsyncTyped):
    get_paginator: m.MediaStoreGetPaginator
class AsyncMediaStoreDataClient(AsyncOurs, chosen.MediaStoreDataClient, AsyncTyped):
    get_paginator: m.MediaStoreDataGetPaginator
class AsyncMediaTailorClient(AsyncOurs, chosen.MediaTailorClient, AsyncTyped):
    get_paginator: m.MediaTailorGetPaginator
class AsyncHealthImagingClient(AsyncOurs, chosen.HealthImagingClient, AsyncTyped):
    get_paginator: m.HealthImagingGetPaginator
class AsyncMemoryDBClient(AsyncOurs, chosen.MemoryDBClient, AsyncTyped):
    get_paginator: m.MemoryDBGetPaginator
class AsyncMarketplaceMeteringClient(AsyncOurs, chosen.MarketplaceMeteringClient, AsyncTyped): ...
class AsyncMigrationHubClient(AsyncOurs, chosen.MigrationHubClient, AsyncTyped):
    get_paginator: m.MigrationHubGetPaginator
class AsyncMgnClient(AsyncOurs, chosen.MgnClient, AsyncTyped):
    get_paginator: m.MgnGetPaginator
class AsyncMigrationHubRefactorSpacesClient(AsyncOurs, chosen.MigrationHubRefactorSpacesClient, AsyncTyped):
    get_paginator: m.MigrationHubRefactorSpacesGetPaginator
class AsyncMigrationHubConfigClient(AsyncOurs, chosen.MigrationHubConfigClient, AsyncTyped): ...
class AsyncMigrationHubOrchestratorClient(AsyncOurs, chosen.MigrationHubOrchestratorClient, AsyncTyped):
    get_paginator: m.MigrationHubOrchestratorGetPaginator
class AsyncMigrationHubStrategyRecommendationsClient(AsyncOurs, chosen.MigrationHubStrategyRecommendationsClient, AsyncTyped):
    get_paginator: m.MigrationHubStrategyRecommendationsGetPaginator
class AsyncMultipartyApprovalClient(AsyncOurs, chosen.MultipartyApprovalClient, AsyncTyped):
    get_paginator: m.MultipartyApprovalGetPaginator
class AsyncMQClient(AsyncOurs, chosen.MQClient, AsyncTyped):
    get_paginator: m.MQGetPaginator
class AsyncMTurkClient(AsyncOurs, chosen.MTurkClient, AsyncTyped):
    get_paginator: m.MTurkGetPaginator
class AsyncMWAAClient(AsyncOurs, chosen.MWAAClient, AsyncTyped):
    get_paginator: m.MWAAGetPaginator
class AsyncMWAAServerlessClient(AsyncOurs, chosen.MWAAServerlessClient, AsyncTyped):
    get_paginator: m.MWAAServerlessGetPaginator
class AsyncNeptuneClient(AsyncOurs, chosen.NeptuneClient, AsyncTyped):
    get_paginator: n.NeptuneGetPaginator
class AsyncNeptuneGraphClient(AsyncOurs, chosen.NeptuneGraphClient, AsyncTyped):
    get_paginator: n.NeptuneGraphGetPaginator
class AsyncNeptuneDataClient(AsyncOurs, chosen.NeptuneDataClient, AsyncTyped): ...
class AsyncNetworkFirewallClient(AsyncOurs, chosen.NetworkFirewallClient, AsyncTyped):
    get_paginator: n.NetworkFirewallGetPaginator
class AsyncNetworkSecurityManagerCustomerAPIClient(AsyncOurs, chosen.NetworkSecurityManagerCustomerAPIClient, AsyncTyped):
    get_paginator: n.NetworkSecurityManagerCustomerAPIGetPaginator
class AsyncNetworkFlowMonitorClient(AsyncOurs, chosen.NetworkFlowMonitorClient, AsyncTyped):
    get_paginator: n.NetworkFlowMonitorGetPaginator
class AsyncNetworkManagerClient(AsyncOurs, chosen.NetworkManagerClient, AsyncTyped):
    get_paginator: n.NetworkManagerGetPaginator
class AsyncCloudWatchNetworkMonitorClient(AsyncOurs, chosen.CloudWatchNetworkMonitorClient, AsyncTyped):
    get_paginator: n.CloudWatchNetworkMonitorGetPaginator
class AsyncUserNotificationsClient(AsyncOurs, chosen.UserNotificationsClient, AsyncTyped):
    get_paginator: n.UserNotificationsGetPaginator
class AsyncUserNotificationsContactsClient(AsyncOurs, chosen.UserNotificationsContactsClient, AsyncTyped):
    get_paginator: n.UserNotificationsContactsGetPaginator
class AsyncNovaActServiceClient(AsyncOurs, chosen.NovaActServiceClient, AsyncTyped):
    get_paginator: n.NovaActServiceGetPaginator
class AsyncCloudWatchObservabilityAccessManagerClient(AsyncOurs, chosen.CloudWatchObservabilityAccessManagerClient, AsyncTyped):
    get_paginator: o.CloudWatchObservabilityAccessManagerGetPaginator
class AsyncCloudWatchObservabilityAdminServiceClient(AsyncOurs, chosen.CloudWatchObservabilityAdminServiceClient, AsyncTyped):
    get_paginator: o.CloudWatchObservabilityAdminServiceGetPaginator
class AsyncOdbClient(AsyncOurs, chosen.OdbClient, AsyncTyped):
    get_paginator: o.OdbGetPaginator
class AsyncOmicsClient(AsyncOurs, chosen.OmicsClient, AsyncTyped):
    get_paginator: o.OmicsGetPaginator
class AsyncOpenSearchServiceClient(AsyncOurs, chosen.OpenSearchServiceClient, AsyncTyped):
    get_paginator: o.OpenSearchServiceGetPaginator
class AsyncOpenSearchMemoryClient(AsyncOurs, chosen.OpenSearchMemoryClient, AsyncTyped):
    get_paginator: o.OpenSearchMemoryGetPaginator
class AsyncOpenSearchServiceServerlessClient(AsyncOurs, chosen.OpenSearchServiceServerlessClient, AsyncTyped):
    get_paginator: o.OpenSearchServiceServerlessGetPaginator
class AsyncOrganizationsClient(AsyncOurs, chosen.OrganizationsClient, AsyncTyped):
    get_paginator: o.OrganizationsGetPaginator
class AsyncOpenSearchIngestionClient(AsyncOurs, chosen.OpenSearchIngestionClient, AsyncTyped):
    get_paginator: o.OpenSearchIngestionGetPaginator
class AsyncOutpostsClient(AsyncOurs, chosen.OutpostsClient, AsyncTyped):
    get_paginator: o.OutpostsGetPaginator
class AsyncPartnerCentralAccountAPIClient(AsyncOurs, chosen.PartnerCentralAccountAPIClient, AsyncTyped):
    get_paginator: p.PartnerCentralAccountAPIGetPaginator
class AsyncPartnerCentralBenefitsClient(AsyncOurs, chosen.PartnerCentralBenefitsClient, AsyncTyped):
    get_paginator: p.PartnerCentralBenefitsGetPaginator
class AsyncPartnerCentralChannelAPIClient(AsyncOurs, chosen.PartnerCentralChannelAPIClient, AsyncTyped):
    get_paginator: p.PartnerCentralChannelAPIGetPaginator
class AsyncPartnerCentralRevenueMeasurementAPIClient(AsyncOurs, chosen.PartnerCentralRevenueMeasurementAPIClient, AsyncTyped):
    get_paginator: p.PartnerCentralRevenueMeasurementAPIGetPaginator
class AsyncPartnerCentralSellingAPIClient(AsyncOurs, chosen.PartnerCentralSellingAPIClient, AsyncTyped):
    get_paginator: p.PartnerCentralSellingAPIGetPaginator
class AsyncPaymentCryptographyControlPlaneClient(AsyncOurs, chosen.PaymentCryptographyControlPlaneClient, AsyncTyped):
    get_paginator: p.PaymentCryptographyControlPlaneGetPaginator
class AsyncPaymentCryptographyDataPlaneClient(AsyncOurs, chosen.PaymentCryptographyDataPlaneClient, AsyncTyped): ...
class AsyncPcaConnectorAdClient(AsyncOurs, chosen.PcaConnectorAdClient, AsyncTyped):
    get_paginator: p.PcaConnectorAdGetPaginator
class AsyncPrivateCAConnectorforSCEPClient(AsyncOurs, chosen.PrivateCAConnectorforSCEPClient, AsyncTyped):
    get_paginator: p.PrivateCAConnectorforSCEPGetPaginator
class AsyncParallelComputingServiceClient(AsyncOurs, chosen.ParallelComputingServiceClient, AsyncTyped):
    get_paginator: p.ParallelComputingServiceGetPaginator
class AsyncPersonalizeClient(AsyncOurs, chosen.PersonalizeClient, AsyncTyped):
    get_paginator: p.PersonalizeGetPaginator
class AsyncPersonalizeEventsClient(AsyncOurs, chosen.PersonalizeEventsClient, AsyncTyped): ...
class AsyncPersonalizeRuntimeClient(AsyncOurs, chosen.PersonalizeRuntimeClient, AsyncTyped): ...
class AsyncPIClient(AsyncOurs, chosen.PIClient, AsyncTyped):
    get_paginator: p.PIGetPaginator
class AsyncPinpointClient(AsyncOurs, chosen.PinpointClient, AsyncTyped): ...
class AsyncPinpointEmailClient(AsyncOurs, chosen.PinpointEmailClient, AsyncTyped):
    get_paginator: p.PinpointEmailGetPaginator
class AsyncPinpointSMSVoiceClient(AsyncOurs, chosen.PinpointSMSVoiceClient, AsyncTyped): ...
class AsyncPinpointSMSVoiceV2Client(AsyncOurs, chosen.PinpointSMSVoiceV2Client, AsyncTyped):
    get_paginator: p.PinpointSMSVoiceV2GetPaginator
class AsyncEventBridgePipesClient(AsyncOurs, chosen.EventBridgePipesClient, AsyncTyped):
    get_paginator: p.EventBridgePipesGetPaginator
class AsyncPollyClient(AsyncOurs, chosen.PollyClient, AsyncTyped):
    get_paginator: p.PollyGetPaginator
class AsyncPricingClient(AsyncOurs, chosen.PricingClient, AsyncTyped):
    get_paginator: p.PricingGetPaginator
class AsyncPricingPlanManagerClient(AsyncOurs, chosen.PricingPlanManagerClient, AsyncTyped):
    get_paginator: p.PricingPlanManagerGetPaginator
class AsyncProtonClient(AsyncOurs, chosen.ProtonClient, AsyncTyped):
    get_paginator: p.ProtonGetPaginator
class AsyncQAppsClient(AsyncOurs, chosen.QAppsClient, AsyncTyped):
    get_paginator: q.QAppsGetPaginator
class AsyncQBusinessClient(AsyncOurs, chosen.QBusinessClient, AsyncTyped):
    get_paginator: q.QBusinessGetPaginator
class AsyncQConnectClient(AsyncOurs, chosen.QConnectClient, AsyncTyped):
    get_paginator: q.QConnectGetPaginator
class AsyncQuickSightClient(AsyncOurs, chosen.QuickSightClient, AsyncTyped):
    get_paginator: q.QuickSightGetPaginator
class AsyncRAMClient(AsyncOurs, chosen.RAMClient, AsyncTyped):
    get_paginator: r.RAMGetPaginator
class AsyncRecycleBinClient(AsyncOurs, chosen.RecycleBinClient, AsyncTyped):
    get_paginator: r.RecycleBinGetPaginator
class AsyncRDSClient(AsyncOurs, chosen.RDSClient, AsyncTyped):
    get_paginator: r.RDSGetPaginator
class AsyncRDSDataServiceClient(AsyncOurs, chosen.RDSDataServiceClient, AsyncTyped): ...
class AsyncRedshiftClient(AsyncOurs, chosen.RedshiftClient, AsyncTyped):
    get_paginator: r.RedshiftGetPaginator
class AsyncRedshiftDataAPIServiceClient(AsyncOurs, chosen.RedshiftDataAPIServiceClient, AsyncTyped):
    get_paginator: r.RedshiftDataAPIServiceGetPaginator
class AsyncRedshiftServerlessClient(AsyncOurs, chosen.RedshiftServerlessClient, AsyncTyped):
    get_paginator: r.RedshiftServerlessGetPaginator
class AsyncRekognitionClient(AsyncOurs, chosen.RekognitionClient, AsyncTyped):
    get_paginator: r.RekognitionGetPaginator
class AsyncRePostPrivateClient(AsyncOurs, chosen.RePostPrivateClient, AsyncTyped):
    get_paginator: r.RePostPrivateGetPaginator
class AsyncResilienceHubClient(AsyncOurs, chosen.ResilienceHubClient, AsyncTyped):
    get_paginator: r.ResilienceHubGetPaginator
class AsyncResilienceHubV2Client(AsyncOurs, chosen.ResilienceHubV2Client, AsyncTyped):
    get_paginator: r.ResilienceHubV2GetPaginator
class AsyncResourceExplorerClient(AsyncOurs, chosen.ResourceExplorerClient, AsyncTyped):
    get_paginator: r.ResourceExplorerGetPaginator
class AsyncResourceGroupsClient(AsyncOurs, chosen.ResourceGroupsClient, AsyncTyped):
    get_paginator: r.ResourceGroupsGetPaginator
class AsyncResourceGroupsTaggingAPIClient(AsyncOurs, chosen.ResourceGroupsTaggingAPIClient, AsyncTyped):
    get_paginator: r.ResourceGroupsTaggingAPIGetPaginator
class AsyncIAMRolesAnywhereClient(AsyncOurs, chosen.IAMRolesAnywhereClient, AsyncTyped):
    get_paginator: r.IAMRolesAnywhereGetPaginator
class AsyncRoute53Client(AsyncOurs, chosen.Route53Client, AsyncTyped):
    get_paginator: r.Route53GetPaginator
class AsyncRoute53RecoveryClusterClient(AsyncOurs, chosen.Route53RecoveryClusterClient, AsyncTyped):
    get_paginator: r.Route53RecoveryClusterGetPaginator
class AsyncRoute53RecoveryControlConfigClient(AsyncOurs, chosen.Route53RecoveryControlConfigClient, AsyncTyped):
    get_paginator: r.Route53RecoveryControlConfigGetPaginator
class AsyncRoute53RecoveryReadinessClient(AsyncOurs, chosen.Route53RecoveryReadinessClient, AsyncTyped):
    get_paginator: r.Route53RecoveryReadinessGetPaginator
class AsyncRoute53DomainsClient(AsyncOurs, chosen.Route53DomainsClient, AsyncTyped):
    get_paginator: r.Route53DomainsGetPaginator
class AsyncRoute53GlobalResolverClient(AsyncOurs, chosen.Route53GlobalResolverClient, AsyncTyped):
    get_paginator: r.Route53GlobalResolverGetPaginator
class AsyncRoute53ProfilesClient(AsyncOurs, chosen.Route53ProfilesClient, AsyncTyped):
    get_paginator: r.Route53ProfilesGetPaginator
class AsyncRoute53ResolverClient(AsyncOurs, chosen.Route53ResolverClient, AsyncTyped):
    get_paginator: r.Route53ResolverGetPaginator
class AsyncRTBFabricClient(AsyncOurs, chosen.RTBFabricClient, AsyncTyped):
    get_paginator: r.RTBFabricGetPaginator
class AsyncCloudWatchRUMClient(AsyncOurs, chosen.CloudWatchRUMClient, AsyncTyped):
    get_paginator: r.CloudWatchRUMGetPaginator
class AsyncS3Client(AsyncOurs, chosen.S3Client, AsyncTyped):
    get_paginator: s.S3GetPaginator
class AsyncS3ControlClient(AsyncOurs, chosen.S3ControlClient, AsyncTyped):
    get_paginator: s.S3ControlGetPaginator
class AsyncS3FilesClient(AsyncOurs, chosen.S3FilesClient, AsyncTyped):
    get_paginator: s.S3FilesGetPaginator
class AsyncS3OutpostsClient(AsyncOurs, chosen.S3OutpostsClient, AsyncTyped):
    get_paginator: s.S3OutpostsGetPaginator
class AsyncS3TablesClient(AsyncOurs, chosen.S3TablesClient, AsyncTyped):
    get_paginator: s.S3TablesGetPaginator
class AsyncS3VectorsClient(AsyncOurs, chosen.S3VectorsClient, AsyncTyped):
    get_paginator: s.S3VectorsGetPaginator
class AsyncSageMakerClient(AsyncOurs, chosen.SageMakerClient, AsyncTyped):
    get_paginator: s.SageMakerGetPaginator
class AsyncAugmentedAIRuntimeClient(AsyncOurs, chosen.AugmentedAIRuntimeClient, AsyncTyped):
    get_paginator: s.AugmentedAIRuntimeGetPaginator
class AsyncSagemakerEdgeManagerClient(AsyncOurs, chosen.SagemakerEdgeManagerClient, AsyncTyped): ...
class AsyncSageMakerFeatureStoreRuntimeClient(AsyncOurs, chosen.SageMakerFeatureStoreRuntimeClient, AsyncTyped):
    get_paginator: s.SageMakerFeatureStoreRuntimeGetPaginator
class AsyncSageMakergeospatialcapabilitiesClient(AsyncOurs, chosen.SageMakergeospatialcapabilitiesClient, AsyncTyped):
    get_paginator: s.SageMakergeospatialcapabilitiesGetPaginator
class AsyncSageMakerInferenceRouterRuntimeClient(AsyncOurs, chosen.SageMakerInferenceRouterRuntimeClient, AsyncTyped): ...
class AsyncSageMakerMetricsClient(AsyncOurs, chosen.SageMakerMetricsClient, AsyncTyped): ...
class AsyncSageMakerRuntimeClient(AsyncOurs, chosen.SageMakerRuntimeClient, AsyncTyped): ...
class AsyncSagemakerJobRuntimeServiceClient(AsyncOurs, chosen.SagemakerJobRuntimeServiceClient, AsyncTyped): ...
class AsyncSageMakerTrainingSessionRuntimeClient(AsyncOurs, chosen.SageMakerTrainingSessionRuntimeClient, AsyncTyped): ...
class AsyncSavingsPlansClient(AsyncOurs, chosen.SavingsPlansClient, AsyncTyped): ...
class AsyncEventBridgeSchedulerClient(AsyncOurs, chosen.EventBridgeSchedulerClient, AsyncTyped):
    get_paginator: s.EventBridgeSchedulerGetPaginator
class AsyncSchemasClient(AsyncOurs, chosen.SchemasClient, AsyncTyped):
    get_paginator: s.SchemasGetPaginator
class AsyncSimpleDBClient(AsyncOurs, chosen.SimpleDBClient, AsyncTyped):
    get_paginator: s.SimpleDBGetPaginator
class AsyncSecretsManagerClient(AsyncOurs, chosen.SecretsManagerClient, AsyncTyped):
    get_paginator: s.SecretsManagerGetPaginator
class AsyncSecurityIncidentResponseClient(AsyncOurs, chosen.SecurityIncidentResponseClient, AsyncTyped):
    get_paginator: s.SecurityIncidentResponseGetPaginator
class AsyncSecurityAgentClient(AsyncOurs, chosen.SecurityAgentClient, AsyncTyped):
    get_paginator: s.SecurityAgentGetPaginator
class AsyncSecurityHubClient(AsyncOurs, chosen.SecurityHubClient, AsyncTyped):
    get_paginator: s.SecurityHubGetPaginator
class AsyncSecurityLakeClient(AsyncOurs, chosen.SecurityLakeClient, AsyncTyped):
    get_paginator: s.SecurityLakeGetPaginator
class AsyncServerlessApplicationRepositoryClient(AsyncOurs, chosen.ServerlessApplicationRepositoryClient, AsyncTyped):
    get_paginator: s.ServerlessApplicationRepositoryGetPaginator
class AsyncServiceQuotasClient(AsyncOurs, chosen.ServiceQuotasClient, AsyncTyped):
    get_paginator: s.ServiceQuotasGetPaginator
class AsyncServiceCatalogClient(AsyncOurs, chosen.ServiceCatalogClient, AsyncTyped):
    get_paginator: s.ServiceCatalogGetPaginator
class AsyncAppRegistryClient(AsyncOurs, chosen.AppRegistryClient, AsyncTyped):
    get_paginator: s.AppRegistryGetPaginator
class AsyncServiceDiscoveryClient(AsyncOurs, chosen.ServiceDiscoveryClient, AsyncTyped):
    get_paginator: s.ServiceDiscoveryGetPaginator
class AsyncSESClient(AsyncOurs, chosen.SESClient, AsyncTyped):
    get_paginator: s.SESGetPaginator
class AsyncSESV2Client(AsyncOurs, chosen.SESV2Client, AsyncTyped):
    get_paginator: s.SESV2GetPaginator
class AsyncShieldClient(AsyncOurs, chosen.ShieldClient, AsyncTyped):
    get_paginator: s.ShieldGetPaginator
class AsyncSignerClient(AsyncOurs, chosen.SignerClient, AsyncTyped):
    get_paginator: s.SignerGetPaginator
class AsyncSignerDataPlaneClient(AsyncOurs, chosen.SignerDataPlaneClient, AsyncTyped): ...
class AsyncSignInServiceClient(AsyncOurs, chosen.SignInServiceClient, AsyncTyped):
    get_paginator: s.SignInServiceGetPaginator
class AsyncSimpleDBv2Client(AsyncOurs, chosen.SimpleDBv2Client, AsyncTyped):
    get_paginator: s.SimpleDBv2GetPaginator
class AsyncPinpointSMSVoiceClient(AsyncOurs, chosen.PinpointSMSVoiceClient, AsyncTyped): ...
class AsyncSnowDeviceManagementClient(AsyncOurs, chosen.SnowDeviceManagementClient, AsyncTyped):
    get_paginator: s.SnowDeviceManagementGetPaginator
class AsyncSnowballClient(AsyncOurs, chosen.SnowballClient, AsyncTyped):
    get_paginator: s.SnowballGetPaginator
class AsyncSNSClient(AsyncOurs, chosen.SNSClient, AsyncTyped):
    get_paginator: s.SNSGetPaginator
class AsyncEndUserMessagingSocialClient(AsyncOurs, chosen.EndUserMessagingSocialClient, AsyncTyped):
    get_paginator: s.EndUserMessagingSocialGetPaginator
class AsyncSQSClient(AsyncOurs, chosen.SQSClient, AsyncTyped):
    get_paginator: s.SQSGetPaginator
class AsyncSSMClient(AsyncOurs, chosen.SSMClient, AsyncTyped):
    get_paginator: s.SSMGetPaginator
class AsyncSSMContactsClient(AsyncOurs, chosen.SSMContactsClient, AsyncTyped):
    get_paginator: s.SSMContactsGetPaginator
class AsyncSSMGUIConnectClient(AsyncOurs, chosen.SSMGUIConnectClient, AsyncTyped): ...
class AsyncSSMIncidentsClient(AsyncOurs, chosen.SSMIncidentsClient, AsyncTyped):
    get_paginator: s.SSMIncidentsGetPaginator
class AsyncSystemsManagerQuickSetupClient(AsyncOurs, chosen.SystemsManagerQuickSetupClient, AsyncTyped):
    get_paginator: s.SystemsManagerQuickSetupGetPaginator
class AsyncSsmSapClient(AsyncOurs, chosen.SsmSapClient, AsyncTyped):
    get_paginator: s.SsmSapGetPaginator
class AsyncSSOClient(AsyncOurs, chosen.SSOClient, AsyncTyped):
    get_paginator: s.SSOGetPaginator
class AsyncSSOAdminClient(AsyncOurs, chosen.SSOAdminClient, AsyncTyped):
    get_paginator: s.SSOAdminGetPaginator
class AsyncSSOOIDCClient(AsyncOurs, chosen.SSOOIDCClient, AsyncTyped): ...
class AsyncSFNClient(AsyncOurs, chosen.SFNClient, AsyncTyped):
    get_paginator: s.SFNGetPaginator
class AsyncStorageGatewayClient(AsyncOurs, chosen.StorageGatewayClient, AsyncTyped):
    get_paginator: s.StorageGatewayGetPaginator
class AsyncSTSClient(AsyncOurs, chosen.STSClient, AsyncTyped): ...
class AsyncSupplyChainClient(AsyncOurs, chosen.SupplyChainClient, AsyncTyped):
    get_paginator: s.SupplyChainGetPaginator
class AsyncSupportClient(AsyncOurs, chosen.SupportClient, AsyncTyped):
    get_paginator: s.SupportGetPaginator
class AsyncSupportAppClient(AsyncOurs, chosen.SupportAppClient, AsyncTyped): ...
class AsyncSupportAuthZClient(AsyncOurs, chosen.SupportAuthZClient, AsyncTyped):
    get_paginator: s.SupportAuthZGetPaginator
class AsyncSustainabilityClient(AsyncOurs, chosen.SustainabilityClient, AsyncTyped):
    get_paginator: s.SustainabilityGetPaginator
class AsyncSWFClient(AsyncOurs, chosen.SWFClient, AsyncTyped):
    get_paginator: s.SWFGetPaginator
class AsyncSyntheticsClient(AsyncOurs, chosen.SyntheticsClient, AsyncTyped): ...
class AsyncTaxSettingsClient(AsyncOurs, chosen.TaxSettingsClient, AsyncTyped):
    get_paginator: t.TaxSettingsGetPaginator
class AsyncTextractClient(AsyncOurs, chosen.TextractClient, AsyncTyped):
    get_paginator: t.TextractGetPaginator
class AsyncTimestreamInfluxDBClient(AsyncOurs, chosen.TimestreamInfluxDBClient, AsyncTyped):
    get_paginator: t.TimestreamInfluxDBGetPaginator
class AsyncTimestreamQueryClient(AsyncOurs, chosen.TimestreamQueryClient, AsyncTyped):
    get_paginator: t.TimestreamQueryGetPaginator
class AsyncTimestreamWriteClient(AsyncOurs, chosen.TimestreamWriteClient, AsyncTyped): ...
class AsyncTranscribeServiceClient(AsyncOurs, chosen.TranscribeServiceClient, AsyncTyped): ...
class AsyncTransferClient(AsyncOurs, chosen.TransferClient, AsyncTyped):
    get_paginator: t.TransferGetPaginator
class AsyncTranslateClient(AsyncOurs, chosen.TranslateClient, AsyncTyped):
    get_paginator: t.TranslateGetPaginator
class AsyncTrustedAdvisorPublicAPIClient(AsyncOurs, chosen.TrustedAdvisorPublicAPIClient, AsyncTyped):
    get_paginator: t.TrustedAdvisorPublicAPIGetPaginator
class AsyncUserExperienceCustomizationClient(AsyncOurs, chosen.UserExperienceCustomizationClient, AsyncTyped):
    get_paginator: u.UserExperienceCustomizationGetPaginator
class AsyncVerifiedPermissionsClient(AsyncOurs, chosen.VerifiedPermissionsClient, AsyncTyped):
    get_paginator: v.VerifiedPermissionsGetPaginator
class AsyncVoiceIDClient(AsyncOurs, chosen.VoiceIDClient, AsyncTyped):
    get_paginator: v.VoiceIDGetPaginator
class AsyncVPCLatticeClient(AsyncOurs, chosen.VPCLatticeClient, AsyncTyped):
    get_paginator: v.VPCLatticeGetPaginator
class AsyncWAFClient(AsyncOurs, chosen.WAFClient, AsyncTyped):
    get_paginator: w.WAFGetPaginator
class AsyncWAFRegionalClient(AsyncOurs, chosen.WAFRegionalClient, AsyncTyped): ...
class AsyncWAFV2Client(AsyncOurs, chosen.WAFV2Client, AsyncTyped): ...
class AsyncWellArchitectedClient(AsyncOurs, chosen.WellArchitectedClient, AsyncTyped):
    get_paginator: w.WellArchitectedGetPaginator
class AsyncWickrAdminAPIClient(AsyncOurs, chosen.WickrAdminAPIClient, AsyncTyped):
    get_paginator: w.WickrAdminAPIGetPaginator
class AsyncConnectWisdomServiceClient(AsyncOurs, chosen.ConnectWisdomServiceClient, AsyncTyped):
    get_paginator: w.ConnectWisdomServiceGetPaginator
class AsyncWorkDocsClient(AsyncOurs, chosen.WorkDocsClient, AsyncTyped):
    get_paginator: w.WorkDocsGetPaginator
class AsyncWorkMailClient(AsyncOurs, chosen.WorkMailClient, AsyncTyped):
    get_paginator: w.WorkMailGetPaginator
class AsyncWorkMailMessageFlowClient(AsyncOurs, chosen.WorkMailMessageFlowClient, AsyncTyped): ...
class AsyncWorkSpacesClient(AsyncOurs, chosen.WorkSpacesClient, AsyncTyped):
    get_paginator: w.WorkSpacesGetPaginator
class AsyncWorkspacesInstancesClient(AsyncOurs, chosen.WorkspacesInstancesClient, AsyncTyped):
    get_paginator: w.WorkspacesInstancesGetPaginator
class AsyncWorkSpacesThinClientClient(AsyncOurs, chosen.WorkSpacesThinClientClient, AsyncTyped):
    get_paginator: w.WorkSpacesThinClientGetPaginator
class AsyncWorkSpacesWebClient(AsyncOurs, chosen.WorkSpacesWebClient, AsyncTyped):
    get_paginator: w.WorkSpacesWebGetPaginator
class AsyncXRayClient(AsyncOurs, chosen.XRayClient, AsyncTyped):
    get_paginator: x.XRayGetPaginator
