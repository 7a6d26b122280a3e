"""Retry modes, as handlers of ``needs-retry``: :mod:`standard` (the default), :mod:`adaptive` and :mod:`legacy_retries`.

The decisions are pure functions: :mod:`conditions` (retry this response?), :mod:`backoff` (how long to wait?),
:mod:`quota` (can the client afford it?) and :mod:`rate` (how fast may the client send?). :mod:`clock_skew` retries
requests that a service refused because the local clock is wrong.
"""
