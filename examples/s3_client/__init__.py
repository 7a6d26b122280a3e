"""The extensibility guide's demo app: S3 operations with handlers on sotalia's events."""
