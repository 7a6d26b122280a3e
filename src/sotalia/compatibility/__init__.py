"""Living beside boto3 and the tools around it: see ``docs/compatibility.md``.

:mod:`patching` puts sotalia behind boto3's names, :mod:`moto` makes the in-process ``mock_aws`` reach every client,
:mod:`opentelemetry` traces calls. Nothing else in sotalia imports this room.
"""

from __future__ import annotations

from sotalia.compatibility.patching import patch_boto3, unpatch_boto3

__all__ = ["patch_boto3", "unpatch_boto3"]
