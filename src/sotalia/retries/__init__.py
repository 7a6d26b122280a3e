"""Retry modes, as handlers of ``needs-retry``: :mod:`standard` (the default), :mod:`adaptive` and :mod:`legacy`."""
