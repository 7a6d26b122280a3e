"""Tests of services. botocore is compared without awscrt, also where no test runner saw to it."""

from __future__ import annotations

import tests.botocore_without_crt  # noqa: F401
