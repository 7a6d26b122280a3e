"""What the DynamoDB resource adds to the service: Python values for attributes, conditions, a batch writer.

:mod:`~sotalia.dynamodb.types` and :mod:`~sotalia.dynamodb.conditions` are of use without the resource too.
"""

from __future__ import annotations

from sotalia.runtime.reference_names import submodules

TYPE_CHECKING = False

if not TYPE_CHECKING:
    __getattr__ = submodules(__name__, "conditions", "table", "transform", "types")
