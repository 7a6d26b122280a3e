"""Classes of boto3's that parameters ask for in the packages of types: ours stand below them, so that they do as well.

Where `boto3-stubs` is not installed they are those of the fallback: see sotalia.stubs.packaged.
"""

# mypy: ignore-errors
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false, reportWildcardImportFromLibrary=false

from boto3.dynamodb.conditions import *
from boto3.dynamodb.types import *
from boto3.s3.transfer import *
from sotalia.types.reference_fallback import *
from boto3.dynamodb.conditions import *
from boto3.dynamodb.types import *
from boto3.s3.transfer import *
