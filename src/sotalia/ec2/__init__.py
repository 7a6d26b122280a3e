"""Under the name of ``boto3.ec2``: tags of EC2 resources."""

from __future__ import annotations

from sotalia.runtime.reference_names import submodules

TYPE_CHECKING = False

if not TYPE_CHECKING:
    __getattr__ = submodules(__name__, "createtags", "deletetags")
