"""Derive names: Python methods from operations, classes and event names from service ids.

The rules are the reference's. Irregular words list what the rules would tear apart (``WhatsApp`` is one word). A table
lists the class names that are older than the rules.
"""

from __future__ import annotations

# Words that the capital letters inside would tear apart.
_IRREGULAR_WORDS = {
    "CachediSCSI": "CachedIscsi",
    "StorediSCSI": "StoredIscsi",
    "ListHITsFor": "ListHitsFor",
    "PartiQL": "Partiql",
    "OAuth2": "Oauth2",
    "WhatsApp": "Whatsapp",
    "OTel": "Otel",
}
# The reference added this operation before its irregular word, and its method name has to stay.
_REGULAR = frozenset(("CreateOAuth2TokenWithTokenExchange",))
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BEFORE_A_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")

_cache: dict[tuple[str, str], str] = {}


def xform_name(name: str, sep: str = "_") -> str:
    """``ListObjectsV2`` -> ``list_objects_v2``. A name that has the separator is returned unchanged."""
    if sep in name:
        return name
    key = (name, sep)
    separated = _cache.get(key)
    if separated is None:
        separated = _cache[key] = _separated(name, sep)
    return separated


def _separated(name: str, sep: str) -> str:
    for irregular, word in _IRREGULAR_WORDS.items():
        if irregular in name and name not in _REGULAR:
            name = name.replace(irregular, word)
    if name.endswith("s"):
        stem = name[:-1].rstrip(_CAPITALS)
        if len(stem) < len(name) - 2:  # The plural of an acronym, such as ARNs.
            name = f"{stem}{sep}{name[len(stem) :].lower()}"
    # A capital begins a word after a small letter or digit, and before a small letter. No regular expressions: a client has
    # a hundred names, and on a plain connection nothing else of a start needs the module `re`.
    words: list[str] = []
    start, last = 0, len(name) - 1
    for i, character in enumerate(name):
        if (
            "A" <= character <= "Z"
            and i
            and (name[i - 1] in _BEFORE_A_WORD or (i < last and name[i + 1] in _LOWER))
        ):
            words.append(name[start:i])
            start = i
    words.append(name[start:])
    return sep.join(words).lower()


def hyphenize_service_id(service_id: str) -> str:
    """``CloudWatch Logs`` -> ``cloudwatch-logs``: the service's name in events and configuration."""
    return service_id.replace(" ", "-").lower()


def client_class_name(service_id: str) -> str:
    """The name of a service's client class: ``S3``, ``CloudWatchLogs``."""
    _, found, rest = _CLASS_NAMES.partition(f",{service_id}=")
    if found:
        return rest.partition(",")[0]
    return "".join(c for c in service_id if c.isalnum() or c == "_")


# Class names that do not follow from the service id. They are part of the public interface (help pages, type stubs,
# class names in logs), so they stay as they have been. Searched as text: a client asks for one of them.
_CLASS_NAMES = (
    ",amp=PrometheusService,AppIntegrations=AppIntegrationsService,Application Signals=CloudWatchApplicationSignals,"
    "b2bi=B2BI,BCM Dashboards=BillingandCostManagementDashboards,BCM Data Exports=BillingandCostManagementDataExports,"
    "BCM Pricing Calculator=BillingandCostManagementPricingCalculator,"
    "BCM Recommended Actions=BillingandCostManagementRecommendedActions,Bedrock Agent=AgentsforBedrock,"
    "Bedrock Agent Runtime=AgentsforBedrockRuntime,Bedrock Data Automation=DataAutomationforBedrock,"
    "Bedrock Data Automation Runtime=RuntimeforBedrockDataAutomation,billingconductor=BillingConductor,chatbot=Chatbot,"
    "CleanRooms=CleanRoomsService,CloudControl=CloudControlApi,CloudTrail Data=CloudTrailDataService,"
    "codeartifact=CodeArtifact,codestar notifications=CodeStarNotifications,ConnectCampaigns=ConnectCampaignService,"
    "ConnectCampaignsV2=ConnectCampaignServiceV2,DataBrew=GlueDataBrew,deadline=DeadlineCloud,"
    "DevOps Agent=DevOpsAgentService,DSQL=AuroraDSQL,ECR PUBLIC=ECRPublic,EMR containers=EMRContainers,evs=EVS,fis=FIS,"
    "forecast=ForecastService,forecastquery=ForecastQueryService,Geo Maps=LocationServiceMapsV2,"
    "Geo Places=LocationServicePlacesV2,Geo Routes=LocationServiceRoutesV2,grafana=ManagedGrafana,"
    "IAM Toolbox=IAMToolboxPreview,identitystore=IdentityStore,Inspector Scan=inspectorscan,"
    "InternetMonitor=CloudWatchInternetMonitor,IoT Managed Integrations=ManagedintegrationsforIoTDeviceManagement,"
    "IotDeviceAdvisor=IoTDeviceAdvisor,ivs=IVS,IVS RealTime=ivsrealtime,"
    "Kinesis Video Signaling=KinesisVideoSignalingChannels,Lambda Microvms=LambdaMicroVMs,Location=LocationService,"
    "m2=MainframeModernization,Marketplace Agreement=AgreementService,"
    "Marketplace Deployment=MarketplaceDeploymentService,Marketplace Reporting=MarketplaceReportingService,"
    "MediaPackageV2=mediapackagev2,Medical Imaging=HealthImaging,"
    "MigrationHubStrategy=MigrationHubStrategyRecommendations,MPA=MultipartyApproval,mq=MQ,neptunedata=NeptuneData,"
    "Network Security Manager=NetworkSecurityManagerCustomerAPI,NetworkMonitor=CloudWatchNetworkMonitor,"
    "Notifications=UserNotifications,NotificationsContacts=UserNotificationsContacts,Nova Act=NovaActService,"
    "OAM=CloudWatchObservabilityAccessManager,ObservabilityAdmin=CloudWatchObservabilityAdminService,"
    "OpenSearch=OpenSearchService,OpenSearchServerless=OpenSearchServiceServerless,OSIS=OpenSearchIngestion,"
    "PartnerCentral Account=PartnerCentralAccountAPI,PartnerCentral Channel=PartnerCentralChannelAPI,"
    "PartnerCentral Revenue Measurement=PartnerCentralRevenueMeasurementAPI,"
    "PartnerCentral Selling=PartnerCentralSellingAPI,Payment Cryptography=PaymentCryptographyControlPlane,"
    "Payment Cryptography Data=PaymentCryptographyDataPlane,Pca Connector Scep=PrivateCAConnectorforSCEP,"
    "PCS=ParallelComputingService,Pipes=EventBridgePipes,rbin=RecycleBin,RDS Data=RDSDataService,"
    "Redshift Data=RedshiftDataAPIService,repostspace=rePostPrivate,resiliencehub=ResilienceHub,"
    "resiliencehubv2=ResilienceHubV2,Resource Explorer 2=ResourceExplorer,RolesAnywhere=IAMRolesAnywhere,"
    "RUM=CloudWatchRUM,SageMaker A2I Runtime=AugmentedAIRuntime,Sagemaker Edge=SagemakerEdgeManager,"
    "SageMaker Geospatial=SageMakergeospatialcapabilities,SagemakerJobRuntime=SagemakerJobRuntimeService,"
    "savingsplans=SavingsPlans,Scheduler=EventBridgeScheduler,schemas=Schemas,Security IR=SecurityIncidentResponse,"
    "Service Catalog AppRegistry=AppRegistry,SESv2=SESV2,Signer Data=SignerDataPlane,Signin=SignInService,"
    "SocialMessaging=EndUserMessagingSocial,SSM GuiConnect=SSMGUIConnect,SSM QuickSetup=SystemsManagerQuickSetup,"
    "synthetics=Synthetics,Transcribe=TranscribeService,TrustedAdvisor=TrustedAdvisorPublicAPI,"
    "uxc=UserExperienceCustomization,Wickr=WickrAdminAPI,Wisdom=ConnectWisdomService,"
)
