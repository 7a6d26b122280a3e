"""Where installed packages are, as the import system itself says.

Never the first folder of that name on ``sys.path``: a folder ``./botocore`` without ``__init__.py`` in the working
directory is no package to ``import`` while there is a real one, and its data must not decide where signed requests go.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def package_file(package: str, *parts: str) -> str | None:
    """A file or directory inside an installed package, without importing it; ``None`` when it is not there."""
    spec = _spec(package)
    # A namespace package has no origin: it is whatever folder happens to bear the name.
    if spec is None or getattr(spec, "origin", None) is None:
        return None
    for directory in spec.submodule_search_locations or ():
        path = os.path.join(directory, *parts)
        if os.path.exists(path):
            return path
    return None


def _spec(package: str) -> Any:
    # What importlib.util.find_spec does, without the cost of importing importlib.util at each start.
    imported = getattr(sys.modules.get(package), "__spec__", None)
    if imported is not None:
        return imported
    for finder in sys.meta_path:
        find_spec = getattr(finder, "find_spec", None)
        spec = find_spec(package, None) if find_spec is not None else None
        if spec is not None:
            return spec
    return None
