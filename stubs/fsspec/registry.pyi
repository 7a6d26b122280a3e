from collections.abc import Mapping

from fsspec.spec import AbstractFileSystem

registry: Mapping[str, type[AbstractFileSystem]]

def register_implementation(
    name: str, cls: type[AbstractFileSystem] | str, clobber: bool = False, errtxt: str | None = None
) -> None: ...
