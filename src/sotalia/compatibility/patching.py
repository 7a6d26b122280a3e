"""Sotalia behind boto3's own names: for programs and libraries that say ``import boto3``.

Replaced are ``boto3.Session``, ``boto3.session.Session`` and ``boto3.DEFAULT_SESSION``. Nothing else needs to be:
``boto3.client``, ``boto3.resource`` and ``boto3.setup_default_session`` look these names up in their own module at each
call, so they make sotalia's clients even where they were imported (``from boto3 import client``) before the patch.
Replacements of ``botocore.client.BaseClient._make_api_call`` and of two methods of its endpoints reach these clients: see
:mod:`joined_methods`.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

from sotalia.runtime import ProcessLock

if TYPE_CHECKING:
    from types import TracebackType

    from sotalia.compatibility.joined_methods import JoinedMethod


class Boto3Patch:
    """What :func:`patch_boto3` returns; as a context manager it takes the patch back at the end of the block."""

    def __init__(self) -> None:
        self._is_plain = True

    def __enter__(self) -> Boto3Patch:
        with _patching.lock:
            if self._is_plain:
                self._is_plain = False
                _STATE.plain = max(0, _STATE.plain - 1)
            _STATE.blocks += 1
            _STATE.apply()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _patching.lock:
            _STATE.blocks -= 1
            _STATE.restore_if_unused()

    def __repr__(self) -> str:
        return f"<Boto3Patch {'applied' if _STATE.saved is not None else 'taken back'}>"


def patch_boto3() -> Boto3Patch:
    """Make boto3's names lead to sotalia, from now on or for a ``with`` block.

    A default session that boto3 has already is taken over with its settings, credentials and handlers. May be called
    again and from any thread. :func:`unpatch_boto3` takes plain calls back, however many; a block ends by itself, and the
    last one to end restores the names.
    """
    with _patching.lock:
        _STATE.plain += 1
        _STATE.apply()
        return Boto3Patch()


def unpatch_boto3() -> None:
    """Give boto3 its names back, exactly as they were. Within ``with patch_boto3():`` this waits for the block's end."""
    with _patching.lock:
        _STATE.plain = 0
        _STATE.restore_if_unused()


class _State:
    """Who wants the patch (``plain`` calls and open ``blocks``), and what was there before (``None``: not patched)."""

    def __init__(self) -> None:
        self.plain = 0
        self.blocks = 0
        self.saved: list[tuple[Any, str, Any]] | None = None
        self._joined: list[JoinedMethod] = []

    def apply(self) -> None:
        """Patch, unless that is done."""
        if self.saved is not None:
            return
        import boto3
        import boto3.session

        from sotalia.compatibility.joined_methods import join_all
        from sotalia.session import Session

        default = boto3.DEFAULT_SESSION
        if default is not None and not isinstance(default, Session):
            default = Session(botocore_session=default._session)
        replaced: list[tuple[Any, str, Any]] = [
            (boto3, "Session", Session),
            (boto3.session, "Session", Session),
            (boto3, "DEFAULT_SESSION", default),
        ]
        self.saved = [(module, name, getattr(module, name)) for module, name, _ in replaced]
        for module, name, value in replaced:
            setattr(module, name, value)
        self._joined = join_all()

    def restore_if_unused(self) -> None:
        """Put back what was there, when nobody wants the patch any more."""
        if self.saved is None or self.plain or self.blocks:
            return
        for module, name, value in self.saved:
            setattr(module, name, value)
        self.saved = None
        for method in self._joined:
            method.part()
        self._joined = []


_patching = ProcessLock(RLock)
_STATE = _State()
