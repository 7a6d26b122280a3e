"""Retry modes, as handlers of ``needs-retry``: :mod:`standard` (the default), :mod:`adaptive` and :mod:`legacy`.

What decides is pure and stands apart: :mod:`conditions` (is this answer worth a retry?), :mod:`backoff` (how long to wait),
:mod:`quota` (may the client afford it?) and :mod:`rate` (how fast may the client send?). :mod:`clock_skew` retries what was
refused because the local clock is wrong.
"""
