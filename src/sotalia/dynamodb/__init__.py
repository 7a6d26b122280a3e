"""What the DynamoDB resource adds to the service: Python values for attributes, conditions, a batch writer.

:mod:`~sotalia.dynamodb.types` and :mod:`~sotalia.dynamodb.conditions` are of use without the resource too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sotalia.runtime.reference_names import submodules

if not TYPE_CHECKING:
    __getattr__ = submodules(__name__, "conditions", "table", "transform", "types")
