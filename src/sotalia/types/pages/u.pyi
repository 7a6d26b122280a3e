# Written by `python -m sotalia.stubs.packaged`: change that instead.
# mypy: ignore-errors
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false, reportInvalidTypeForm=false, reportOverlappingOverload=false, reportUntypedBaseClass=false, reportUnknownMemberType=false

from typing import Any, Literal, Self, overload

import mypy_boto3_uxc.literals as uxc_literals
import mypy_boto3_uxc.paginator as uxc_paginator

from sotalia.types.ours import GetPaginator, Pager, Untyped, paged
from sotalia.pagination.pages import Paginator
class UserExperienceCustomization_ListServicesPaginator(uxc_paginator.ListServicesPaginator, Pager):
    @paged(uxc_paginator.ListServicesPaginator.paginate)
    def paginate(self) -> None: ...
class UserExperienceCustomizationGetPaginator:
    @overload
    def __get__(self, client: Untyped, owner: Any = ...) -> GetPaginator: ...
    @overload
    def __get__(self, client: object, owner: Any = ...) -> Self: ...
    @overload
    def __call__(self, operation_name: Literal['list_services']) -> UserExperienceCustomization_ListServicesPaginator: ...
    @overload
    def __call__(self, operation_name: uxc_literals.PaginatorName) -> Paginator: ...
