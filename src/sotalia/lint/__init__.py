"""Registrations that can never do what they are meant for, found in source code: ``sotalia lint``.

The source is parsed and followed, never imported or run. See :mod:`~sotalia.lint.flow` for how, and
:mod:`~sotalia.lint.checks` for what is reported.
"""

from __future__ import annotations

from sotalia.lint.files import Linter, Report
from sotalia.lint.module import Problem

__all__ = ["Linter", "Problem", "Report"]
