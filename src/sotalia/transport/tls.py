"""TLS contexts with the reference's settings, cached by settings and versions of the files."""

from __future__ import annotations

import os
import stat
from functools import lru_cache

from sotalia.runtime.installed import package_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

_BUNDLE_SETTINGS = (
    "check the argument 'verify', AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE or 'ca_bundle' of the profile"
)
_CERT_SETTINGS = "check 'client_cert' of the Config"
_PROXY_SETTINGS = "check '{}' of 'proxies_config' in the Config"
_KEY_LOG = "SSLKEYLOGFILE"

# What changes when a file does: device, inode, size, and the times of the content and of the entry.
_Version = tuple[int, int, int, int, int]
_Versions = tuple[_Version, ...]


class _UnusableFileError(Exception):
    """A file of certificates or keys that cannot be used: the text names the file and the setting it comes from."""


def tls_context(
    verify: bool | str, client_cert: str | tuple[str, ...] | None, url: str, *, is_proxy: bool = False
) -> ssl.SSLContext:
    """The context for these settings and the files as they are now; shared, since loading a CA bundle takes 20 ms.

    ``verify``: ``True`` trusts :func:`default_bundle`, a path that file or directory, ``False`` anybody. For a file that
    cannot be used, raises what the reference raises, with the file and its setting in the text: ``SSLError`` for this
    ``url``, or for a proxy ``HTTPClientError``.
    """
    try:
        return _current_context(verify, client_cert, is_proxy)
    except _UnusableFileError as error:
        from sotalia import exceptions

        if is_proxy:
            raise exceptions.HTTPClientError(error=error) from error
        raise exceptions.SSLError(endpoint_url=url, error=error) from error


def _current_context(
    verify: bool | str, client_cert: str | tuple[str, ...] | None, is_proxy: bool
) -> ssl.SSLContext:
    bundle = None if verify is False else default_bundle() if verify is True else verify
    files = () if not client_cert else (client_cert,) if isinstance(client_cert, str) else tuple(client_cert)
    bundle_settings = _PROXY_SETTINGS.format("proxy_ca_bundle") if is_proxy else _BUNDLE_SETTINGS
    cert_settings = _PROXY_SETTINGS.format("proxy_client_cert") if is_proxy else _CERT_SETTINGS
    versions: _Versions = ()
    if bundle is not None:
        versions += _versions("CA bundle", bundle, bundle_settings)
    for kind, path in zip(("client certificate", "key of the client certificate"), files, strict=False):
        versions += _versions(kind, path, cert_settings)
    return _context(
        bundle, files, os.environ.get(_KEY_LOG) or None, (bundle_settings, cert_settings), versions
    )


@lru_cache(maxsize=32)
def _context(
    bundle: str | None,
    files: tuple[str, ...],
    key_log: str | None,
    settings: tuple[str, str],
    versions: _Versions,
) -> ssl.SSLContext:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_TICKET
    if bundle is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        try:
            kind = "capath" if os.path.isdir(bundle) else "cafile"
            context.load_verify_locations(**{kind: bundle})
        except OSError as error:
            raise _unusable("CA bundle", bundle, error, settings[0]) from error
    if files:
        _load_client_cert(context, files, settings[1])
    if key_log is not None:
        try:
            if os.path.exists(key_log) and stat.S_ISFIFO(os.stat(key_log).st_mode):
                raise OSError("a FIFO, where writing may wait for ever")
            context.keylog_filename = key_log
        except OSError as error:
            raise _unusable("key log", key_log, error, f"check {_KEY_LOG}") from error
    return context


def _load_client_cert(context: ssl.SSLContext, files: tuple[str, ...], settings: str) -> None:
    def refuse_password() -> str:
        # Without this, OpenSSL asks at the terminal and the program stands still.
        raise _UnusableFileError(
            f"the key of the client certificate {files[-1]!r} is encrypted with a password, which cannot be given: "
            f"decrypt it (openssl pkey -in ... -out ...) or {settings}"
        )

    try:
        context.load_cert_chain(files[0], files[-1], password=refuse_password)
    except OSError as error:
        raise _unusable("client certificate", " with key ".join(files), error, settings) from error


def _versions(kind: str, path: str, settings: str) -> _Versions:
    """The versions of a file, or of a directory and what is in it. Raises ``_UnusableFileError`` for what is neither."""
    try:
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode):
            return (_version(status),)
        if kind == "CA bundle" and stat.S_ISDIR(status.st_mode):
            # OpenSSL reads them one by one when it looks for an issuer, and keeps what it has read.
            with os.scandir(path) as entries:
                return (
                    _version(status),
                    *sorted(_version(entry.stat()) for entry in entries if entry.is_file()),
                )
        # A FIFO would hang, a device never end.
        raise OSError(f"not a file{' or directory' if kind == 'CA bundle' else ''}")
    except (OSError, ValueError) as error:
        raise _unusable(kind, path, error, settings) from error


def _version(status: os.stat_result) -> _Version:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _unusable(kind: str, path: str, error: Exception, settings: str) -> _UnusableFileError:
    reason = getattr(error, "strerror", None) or error
    return _UnusableFileError(f"the {kind} {path!r} cannot be used ({reason}): {settings}")


def default_bundle() -> str:
    """Certifi's CA bundle where it is installed, else the one that botocore brings, else the system's."""
    bundle = package_file("certifi", "cacert.pem") or package_file("botocore", "cacert.pem")
    if bundle is None:
        import ssl

        bundle = ssl.get_default_verify_paths().cafile or ""
    return bundle
