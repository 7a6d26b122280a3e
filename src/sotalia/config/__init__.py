"""Configuration: shared files, environment, session values, and the options of one client."""

from sotalia.config.client_config import Config

__all__ = ["Config"]
