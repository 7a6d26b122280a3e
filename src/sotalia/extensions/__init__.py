"""What hangs on calls by public hooks only: OpenTelemetry."""
