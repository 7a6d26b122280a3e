"""Credentials: what they are (:mod:`objects`), where they come from (one provider a module), in which order
(:mod:`chain`).
"""
