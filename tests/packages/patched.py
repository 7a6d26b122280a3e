"""A plugin of pytest (``-p patched``): from its import on, boto3 and botocore are sotalia."""

import sotalia

sotalia.patch_boto3(botocore=True)
