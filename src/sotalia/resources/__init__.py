"""Resources: classes around what a service keeps, generated from the installed boto3's definitions.

>>> s3 = sotalia.resource("s3")
>>> s3.Bucket("name").Object("key").put(Body=b"...")
"""

from __future__ import annotations

from sotalia.runtime.reference_names import submodules

TYPE_CHECKING = False

if not TYPE_CHECKING:
    __getattr__ = submodules(
        __name__, "action", "base", "collection", "factory", "model", "params", "response"
    )
