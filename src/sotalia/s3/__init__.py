"""Transfers of files to and from S3, in parts where they are large: see :mod:`sotalia.s3.transfer`."""

from __future__ import annotations
