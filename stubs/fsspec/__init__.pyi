"""Types of what sotalia.fs uses of fsspec, which comes without; for our own checks, not shipped.

A method stands here when we call it or when what we override it with has its signature: s3fs has others for ``_ls``, ``_info``,
``_find`` and ``open``, and so have we.
"""
