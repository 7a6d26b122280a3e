"""Other packages' own tests, on boto3 and on sotalia side by side: ``python -m tests.packages``."""
