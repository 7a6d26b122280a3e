"""The place where a class of botocore's or boto3's stands among the bases of ours while boto3 is patched."""

from __future__ import annotations


class ReferenceBase:
    """A base that :mod:`sotalia.compatibility.joined_classes` exchanges for the reference's own class, and puts back.

    Python can exchange the bases of a class unless ``object`` is the only one, and only for one of the same layout:
    hence this class, and hence no ``__slots__`` in it.
    """
