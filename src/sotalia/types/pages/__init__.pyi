# Written by `python -m sotalia.stubs.packaged`: change that instead.
# mypy: ignore-errors
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false, reportInvalidTypeForm=false, reportOverlappingOverload=false, reportUntypedBaseClass=false, reportUnknownMemberType=false
