"""Which operations can change something: :func:`is_mutating`.

The model counts first: operations that it calls readonly, and those of a REST protocol that are sent by GET or HEAD, only
read. In other protocols everything is a POST, so the verb in the name counts: ``Get``, ``List``, ``Describe`` and their like, also
behind ``Batch``, ``Transact`` and ``Admin``. What is left is taken to change something. The tables below are reviewed exceptions: a
call reads if it leaves nothing changed that a later call could see; issuing credentials, encrypting, evaluating and asking
a model count as reading, taking a message or a task off a queue does not. ``tests/extensions/test_mutating.py`` holds them to the
models of all services.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from sotalia.model.service import OperationModel

#: Verbs of operations that only read.
READING_VERBS: Final = frozenset(
    "Calculate Check Count Describe Get Head Is List Lookup Query Scan Search Select".split()
)
VERB = re.compile("(?:Batch|Transact|Admin)?([A-Z][a-z]*)")

#: Operations that only read, though neither model nor name says so; operations by the service's hyphenized id.
READING: Final = {
    "accessanalyzer": "GenerateFindingRecommendation",
    "api-gateway": "TestInvokeAuthorizer",
    "appconfig": "ValidateConfiguration",
    "appsync": "EvaluateCode EvaluateMappingTemplate",
    "auditmanager": "ValidateAssessmentReportIntegrity",
    "b2bi": "TestConversion TestMapping TestParsing",
    "bedrock-agent-runtime": (
        "AgenticRetrieveStream GenerateQuery OptimizePrompt Rerank Retrieve RetrieveAndGenerate "
        "RetrieveAndGenerateStream"
    ),
    "bedrock-agentcore": "RetrieveMemoryRecords",
    "bedrock-runtime": (
        "ApplyGuardrail Converse ConverseStream InvokeGuardrailChecks InvokeModel "
        "InvokeModelWithBidirectionalStream InvokeModelWithResponseStream"
    ),
    "cleanrooms": "PreviewPrivacyImpact",
    "clouddirectory": "BatchRead",
    "cloudformation": "EstimateTemplateCost ValidateTemplate",
    "cloudfront": "TestConnectionFunction TestFunction VerifyDnsConfiguration",
    "cloudtrail": "GenerateQuery",
    "cloudwatch-logs": "FilterLogEvents StartLiveTail StartQuery StopQuery TestMetricFilter TestTransformer",
    "codecommit": "EvaluatePullRequestApprovalRules",
    "comprehend": (
        "BatchDetectDominantLanguage BatchDetectEntities BatchDetectKeyPhrases BatchDetectSentiment "
        "BatchDetectSyntax BatchDetectTargetedSentiment ClassifyDocument ContainsPiiEntities "
        "DetectDominantLanguage DetectEntities DetectKeyPhrases DetectPiiEntities DetectSentiment "
        "DetectSyntax DetectTargetedSentiment DetectToxicContent"
    ),
    "comprehendmedical": "DetectEntities DetectEntitiesV2 DetectPHI InferICD10CM InferRxNorm InferSNOMEDCT",
    "data-pipeline": "EvaluateExpression ValidatePipelineDefinition",
    "ec2": (
        "ExportClientVpnClientCertificateRevocationList ExportClientVpnClientConfiguration "
        "ExportVerifiedAccessInstanceClientConfiguration ValidateSecurityGroupQuotasForInterface"
    ),
    "ecr": "ValidatePullThroughCacheRule",
    "ecs": "DiscoverPollEndpoint",
    "eks-auth": "AssumeRoleForPodIdentity",
    "elastic-beanstalk": "RetrieveEnvironmentInfo ValidateConfigurationSettings",
    "eventbridge": "TestEventPattern",
    "gamelift": "ResolveAlias ValidateMatchmakingRuleSet",
    "greengrassv2": "ResolveComponentCandidates",
    "iam": "SimulateCustomPolicy SimulatePrincipalPolicy",
    "inspector": "PreviewAgents",
    "iot": "TestAuthorization TestInvokeAuthorizer ValidateSecurityProfileBehaviors",
    "iotsitewise": "ExecuteQuery",
    "iottwinmaker": "ExecuteQuery",
    "kendra": "Retrieve",
    "kendra-ranking": "Rescore",
    "kinesis": "SubscribeToShard",
    "kinesis-analytics": "DiscoverInputSchema",
    "kinesis-analytics-v2": "DiscoverInputSchema",
    "kms": (
        "Decapsulate Decrypt DeriveSharedSecret Encapsulate Encrypt GenerateDataKey GenerateDataKeyPair "
        "GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GenerateRandom "
        "ReEncrypt Sign Verify VerifyMac"
    ),
    "lakeformation": "AssumeDecoratedRoleWithSAML StartQueryPlanning",
    "lightsail": "DownloadDefaultKeyPair",
    "location": "VerifyDevicePosition",
    "machine-learning": "Predict",
    "macie2": "TestCustomDataIdentifier",
    "marketplace-metering": "ResolveCustomer",
    "mediaconvert": "Probe",
    "neptunedata": "ExecuteGremlinExplainQuery",
    "osis": "ValidatePipeline",
    "payment-cryptography-data": (
        "DecryptData EncryptData GenerateAs2805KekValidation GenerateAuthRequestCryptogram "
        "GenerateCardValidationData GenerateMac GenerateMacEmvPinChange GeneratePinData ReEncryptData "
        "TranslateKeyMaterial TranslatePinData VerifyAuthRequestCryptogram VerifyCardValidationData "
        "VerifyMac VerifyPinData"
    ),
    "pinpoint": "PhoneNumberValidate",
    "pinpoint-sms-voice-v2": "CarrierLookup",
    "polly": "SynthesizeSpeech",
    "qconnect": "RenderMessageTemplate",
    "quicksight": "PredictQAResults",
    "rds": "DownloadDBLogFilePortion",
    "rekognition": (
        "CompareFaces DetectCustomLabels DetectFaces DetectLabels DetectModerationLabels "
        "DetectProtectiveEquipment DetectText RecognizeCelebrities"
    ),
    "route-53-domains": "RetrieveDomainAuthCode ViewBilling",
    "sagemaker": "RenderUiTemplate",
    "secrets-manager": "ValidateResourcePolicy",
    "servicediscovery": "DiscoverInstances DiscoverInstancesRevision",
    "ses": "TestRenderTemplate",
    "sesv2": "TestRenderEmailTemplate",
    "sfn": "ValidateStateMachineDefinition",
    "signin": "CreateOAuth2Token",
    "simpledb": "DomainMetadata",
    "sso-oidc": "CreateToken CreateTokenWithIAM",
    "sts": "AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage",
    "textract": "AnalyzeDocument AnalyzeExpense AnalyzeID DetectDocumentText",
    "timestream-query": "PrepareQuery",
    "transfer": "TestIdentityProvider",
    "translate": "TranslateDocument TranslateText",
    "wafv2": "GenerateMobileSdkReleaseUrl",
    "workmail": "AssumeImpersonationRole",
}

#: Operations that change something, though the model or the name says otherwise.
MUTATING: Final = {
    "cognito-identity": "GetId GetOpenIdTokenForDeveloperIdentity",
    "cognito-identity-provider": "GetTokensFromRefreshToken GetUserAttributeVerificationCode",
    "iot": "ConfirmTopicRuleDestination",
    "ivs": "BatchStartViewerSessionRevocation StartViewerSessionRevocation",
    "license-manager": "CheckInLicense",
    "redshift": "GetClusterCredentials",
    "redshift-serverless": "GetCredentials",
    "sfn": "GetActivityTask",
}


def is_mutating(model: OperationModel) -> bool:
    """Whether calls of this operation can change something on the side of the service."""
    service = model.service_model
    service_id = service.service_id.hyphenize()
    if model.name in MUTATING.get(service_id, "").split():
        return True
    if model.is_readonly or model.name in READING.get(service_id, "").split():
        return False
    if service.resolved_protocol.startswith("rest-") and model.http.get("method") in ("GET", "HEAD"):
        return False
    verb = VERB.match(model.name)
    return verb is None or verb[1] not in READING_VERBS
