"""Which handlers retry the calls of a client: those of its retry mode."""

from __future__ import annotations

from sotalia.events.tree import MIDDLE
from sotalia.retries.standard import StandardRetries, default_max_attempts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.config.client_config import Config
    from sotalia.events import EventRegistry
    from sotalia.model.loader import Loader
    from sotalia.model.service import ServiceModel
    from sotalia.runtime import Runtime


def install_retries(
    events: EventRegistry, model: ServiceModel, config: Config, runtime: Runtime, loader: Loader
) -> None:
    """Add the handlers of ``config.retries["mode"]`` to a client's events."""
    service_id = model.service_id.hyphenize()
    assert config.retries is not None
    mode, total = config.retries["mode"], config.retries.get("total_max_attempts")
    if mode == "legacy":
        from sotalia.retries.legacy_retries import LegacyRetries, legacy_rules

        rules = legacy_rules(loader.load_data("_retry"), model.endpoint_prefix)
        handler = LegacyRetries(rules, total).needs_retry
        events.install(f"needs-retry.{service_id}", handler, MIDDLE, f"retry-config-{service_id}")
        return
    if total is None:
        total = default_max_attempts(service_id)
    retries = StandardRetries(service_id, total, runtime)
    events.install(f"request-created.{service_id}", retries.seed, MIDDLE, f"seed-max-attempts-{service_id}")
    events.install(f"after-call.{service_id}", retries.release_quota, MIDDLE)
    events.install(f"needs-retry.{service_id}", retries.needs_retry, MIDDLE, f"retry-config-{service_id}")
    if mode == "adaptive":
        from sotalia.retries.adaptive import RateLimiter

        limiter = RateLimiter(runtime, runtime.now)
        events.install("before-send", limiter.before_send, MIDDLE)
        events.install("needs-retry", limiter.measure, MIDDLE)
