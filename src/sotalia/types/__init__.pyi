# Written by `python -m sotalia.stubs.packaged`: change that instead.
# mypy: ignore-errors
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false, reportInvalidTypeForm=false, reportOverlappingOverload=false, reportUntypedBaseClass=false, reportUnknownMemberType=false

from sotalia.types.async_clients import *
from sotalia.types.clients import *
from sotalia.types.literals import *
from sotalia.types.resources import *
