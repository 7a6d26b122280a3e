from collections.abc import Callable
from typing import Any

# Opens a file for reading or writing, ``mode="r"`` or ``"w"``.
compr: dict[str | None, Callable[..., Any]]
