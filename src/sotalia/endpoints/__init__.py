"""Where requests go.

:mod:`ruleset` and :mod:`functions` evaluate rule sets, :mod:`resolver` and :mod:`builtins` supply their parameters, and
:mod:`auth_schemes` chooses how to sign. The legacy data (:mod:`legacy_endpoints`, :mod:`client_endpoint`) still decides
regions and signing names.
"""
