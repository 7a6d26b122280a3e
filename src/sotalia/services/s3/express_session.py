"""The credentials of one S3 Express bucket, which refresh themselves."""

from __future__ import annotations

from sotalia.credentials.refreshable import DeferredRefreshableCredentials


class ExpressSession(DeferredRefreshableCredentials):
    """The credentials of one bucket's session. Sessions last 5 minutes, so the limits are the reference's for them."""

    _advisory_refresh_timeout = 45
    _mandatory_refresh_timeout = 10
