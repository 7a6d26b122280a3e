"""Configuration: shared files, environment variables, the session's own values, and a client's options."""

from sotalia.config.client_config import Config

__all__ = ["Config"]
