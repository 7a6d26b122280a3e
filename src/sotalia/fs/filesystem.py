"""S3 as a filesystem of fsspec: the names, arguments, results and errors of s3fs, on sotalia's async clients."""

from __future__ import annotations

from fsspec.asyn import sync_wrapper
from fsspec.registry import registry
from fsspec.utils import stringify_path

from sotalia.fs.attributes import S3Attributes
from sotalia.fs.copying import S3Copying
from sotalia.fs.deleting import S3Deleting
from sotalia.fs.file import S3File
from sotalia.fs.grouped import with_groups
from sotalia.fs.layers import CompressedFile, TextFile
from sotalia.fs.paths import OWN, PROTOCOLS, SHARED, names_version
from sotalia.fs.reading import S3Reading
from sotalia.fs.streamed import S3AsyncStreamedFile
from sotalia.fs.writing import S3Writing

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Mapping
    from typing import Any

    from sotalia.events import Extension

_TEXT = ("encoding", "errors", "newline")


@with_groups
class S3FileSystem(S3Reading, S3Writing, S3Copying, S3Deleting, S3Attributes):
    """S3 as files: ``S3FileSystem().ls("bucket")``, ``.open("bucket/key")``, and all else that fsspec's filesystems have.

    Credentials and region are found as by any client of sotalia, unless they are given.

    ``anon``: send unsigned requests · ``endpoint_url`` · ``key``, ``secret``, ``token`` (also ``username`` and ``password``):
    credentials · ``use_ssl`` · ``client_kwargs``: for ``session.client("s3", ...)`` · ``config_kwargs``: for ``Config`` ·
    ``session``: a :class:`~sotalia.AsyncSession` or :class:`~sotalia.Session`, whose handlers, settings and credentials are used, or
    one of boto3 or botocore · ``extensions``: installed on the clients (:mod:`sotalia.extensions`) · ``profile``, ``region_name``
    and others: for the session that is made where none is given · ``requester_pays`` · ``s3_additional_kwargs``: parameters of
    every call that has them (``ServerSideEncryption``, ``ACL``, ``SSECustomerKey``, ``ExpectedBucketOwner`` ...) ·
    ``default_block_size`` (50 MiB), ``default_cache_type`` (``"readahead"``), ``default_fill_cache``: for :meth:`open` ·
    ``version_aware``: know versions of objects, for which all versions are listed · ``max_concurrency`` (10): pieces of one object
    that are transferred at once · ``fixed_upload_size``: all parts but the last of one size, which Cloudflare R2 wants ·
    ``local_expiry_check``: see here, not at the server, whether an object changed while it is read · ``cache_regions``: kept, but
    clients always follow buckets to their regions, and remember them · ``asynchronous``: for use in coroutines ·
    ``use_listings_cache``, ``listings_expiry_time``, ``max_paths``, ``skip_instance_cache``, ``batch_size``: see fsspec.

    Raises ``KeyError`` for a key under two names, ``ValueError`` for a ``max_concurrency`` below 1.
    """

    root_marker = ""
    protocol = PROTOCOLS
    default_block_size = 50 * 2**20
    _extra_tokenize_attributes = ("default_block_size",)

    def __init__(
        self,
        anon: bool = False,
        endpoint_url: str | None = None,
        key: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        use_ssl: bool = True,
        client_kwargs: Mapping[str, Any] | None = None,
        requester_pays: bool = False,
        default_block_size: int | None = None,
        default_fill_cache: bool = True,
        default_cache_type: str = "readahead",
        version_aware: bool = False,
        config_kwargs: Mapping[str, Any] | None = None,
        s3_additional_kwargs: Mapping[str, Any] | None = None,
        session: Any = None,
        username: str | None = None,
        password: str | None = None,
        cache_regions: bool = False,
        asynchronous: bool = False,
        loop: asyncio.AbstractEventLoop | None = None,
        max_concurrency: int = 10,
        fixed_upload_size: bool = False,
        local_expiry_check: bool = False,
        extensions: Iterable[Extension | str] = (),
        **kwargs: Any,
    ) -> None:
        if key and username:
            raise KeyError("Supply either key or username, not both")
        if secret and password:
            raise KeyError("Supply secret or password, not both")
        if max_concurrency < 1:
            raise ValueError(f"max_concurrency must be >= 1, not {max_concurrency}")
        super().__init__(
            anon=anon,
            endpoint_url=endpoint_url,
            keys=(username or key, password or secret, token),
            use_ssl=use_ssl,
            client_kwargs=client_kwargs,
            config_kwargs=config_kwargs,
            s3_additional_kwargs=s3_additional_kwargs,
            requester_pays=requester_pays,
            session=session,
            extensions=extensions,
            asynchronous=asynchronous,
            loop=loop,
            settings=kwargs,
        )
        self.default_block_size = default_block_size or self.default_block_size
        self.default_fill_cache = default_fill_cache
        self.default_cache_type = default_cache_type
        self.version_aware = version_aware
        self.cache_regions = cache_regions
        self.max_concurrency = max_concurrency
        self.fixed_upload_size = fixed_upload_size
        self.local_expiry_check = local_expiry_check

    # -- paths -------------------------------------------------------------------------------------------------------

    @staticmethod
    def _get_kwargs_from_urls(path: str) -> dict[str, bool]:
        """A URL that names a version wants a filesystem that knows versions."""
        return {"version_aware": True} if names_version(path) else {}

    def unstrip_protocol(self, name: str) -> str:
        """The path as a URL that is opened by this filesystem again: ``s3://`` once registered, else ``sotalia://``."""
        text: str = stringify_path(name)
        if text.startswith(tuple(f"{protocol}://" for protocol in PROTOCOLS)):
            return text
        return f"{SHARED[0] if registry.get(SHARED[0]) is type(self) else OWN}://{text}"

    # -- files -------------------------------------------------------------------------------------------------------

    def open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        cache_options: dict[str, Any] | None = None,
        compression: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Open an object as a file, as builtin ``open`` does: ``r``, ``w``, ``a`` or ``x``, with ``b`` or as text.

        An object appears when its file is closed; none does when a ``with`` block is left by an exception. ``block_size``,
        ``cache_type``, ``cache_options``, ``fill_cache``: how reading is buffered; ``block_size`` is also the size of parts when
        writing · ``compression``: a name that fsspec knows, or ``"infer"`` · ``acl``, ``version_id``, ``requester_pays`` ·
        ``encoding``, ``errors``, ``newline``: of text · others: parameters of S3's calls, such as ``ContentType``.
        """
        if "b" not in mode:
            text = {name: kwargs.pop(name) for name in _TEXT if name in kwargs}
            binary = mode.replace("t", "") + "b"
            return TextFile(self.open(path, binary, block_size, cache_options, compression, **kwargs), **text)
        if compression is None or "r" in mode:
            return super().open(path, mode, block_size, cache_options, compression, **kwargs)
        from fsspec.compression import compr
        from fsspec.core import get_compression

        name = get_compression(self._strip_protocol(path), compression)
        raw = super().open(path, mode, block_size, cache_options, None, **kwargs)
        return raw if name is None else CompressedFile(compr[name](raw, mode=mode[0]), raw)

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        acl: bool | str = False,
        version_id: str | None = None,
        fill_cache: bool | None = None,
        cache_type: str | None = None,
        autocommit: bool = True,
        size: int | None = None,
        requester_pays: bool | None = None,
        cache_options: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> S3File:
        if version_id and not self.version_aware:
            raise ValueError("version_id needs a filesystem with version_aware=True")
        return S3File(
            self,
            path,
            mode,
            block_size=self.default_block_size if block_size is None else block_size,
            acl=acl or self.s3_additional_kwargs.get("ACL") or self.s3_additional_kwargs.get("acl") or False,
            version_id=version_id,
            fill_cache=self.default_fill_cache if fill_cache is None else fill_cache,
            s3_additional_kwargs={**self.s3_additional_kwargs, **kwargs},
            cache_type=self.default_cache_type if cache_type is None else cache_type,
            autocommit=autocommit,
            requester_pays=self.requester_pays if requester_pays is None else requester_pays,
            cache_options=cache_options,
            size=size,
        )

    async def open_async(self, path: str, mode: str = "rb", **kwargs: Any) -> S3AsyncStreamedFile:
        """Open an object whose ``read`` or ``write`` is awaited: bytes only, from start to end.

        Raises ``ValueError`` for text and for compression.
        """
        if "b" not in mode or kwargs.get("compression"):
            raise ValueError(
                f"open_async gives bytes as they are: mode {mode!r} and compression are for open"
            )
        return S3AsyncStreamedFile(self, path, mode, **kwargs)

    # -- regions -----------------------------------------------------------------------------------------------------

    async def _invalidate_region_cache(self) -> None:
        """Forget which regions buckets are in: clients are made anew, and find out again."""
        self._clients.forget()

    invalidate_region_cache = sync_wrapper(_invalidate_region_cache)
