# Written by `python -m sotalia.stubs.packaged`: change that instead.
# mypy: ignore-errors
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false, reportInvalidTypeForm=false, reportOverlappingOverload=false, reportUntypedBaseClass=false, reportUnknownMemberType=false

from typing import Any, Literal, Self, overload

import types_aiobotocore_uxc.literals as uxc_literals
import types_aiobotocore_uxc.paginator as uxc_paginator

from sotalia.types.ours import AsyncGetPaginator, AsyncPager, AsyncUntyped, async_paged
from sotalia.pagination.pages import AsyncPaginator
class UserExperienceCustomization_ListServicesPaginator(uxc_paginator.ListServicesPaginator, AsyncPager):
    @async_paged(uxc_paginator.ListServicesPaginator.paginate)
    def paginate(self) -> None: ...
class UserExperienceCustomizationGetPaginator:
    @overload
    def __get__(self, client: AsyncUntyped, owner: Any = ...) -> AsyncGetPaginator: ...
    @overload
    def __get__(self, client: object, owner: Any = ...) -> Self: ...
    @overload
    def __call__(self, operation_name: Literal['list_services']) -> UserExperienceCustomization_ListServicesPaginator: ...
    @overload
    def __call__(self, operation_name: uxc_literals.PaginatorName) -> AsyncPaginator: ...
