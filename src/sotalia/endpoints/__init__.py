"""Where requests go: rule sets (:mod:`ruleset`, :mod:`functions`), where their parameters come from (:mod:`resolver`,
:mod:`builtins`), which signature an endpoint wants (:mod:`auth_schemes`), and the host names of old
(:mod:`legacy`, :mod:`client_endpoint`), which still decide regions and signing names.
"""
