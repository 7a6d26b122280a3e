"""Sotalia behind boto3's own names: for programs and libraries that say ``import boto3``.

Replaced are ``boto3.Session``, ``boto3.session.Session`` and ``boto3.DEFAULT_SESSION``. Nothing else needs to be:
``boto3.client``, ``boto3.resource`` and ``boto3.setup_default_session`` look these names up in their own module at each
call, so they make sotalia's clients even where they were imported (``from boto3 import client``) before the patch.
``botocore.session.Session`` is replaced where that is asked for; ``botocore.session.get_session`` looks it up likewise.
What others put in the place of botocore's methods reaches our clients (:mod:`joined_methods`), and ``isinstance`` with
botocore's classes is true of our objects (:mod:`joined_classes`).
"""

from __future__ import annotations

from threading import RLock

from sotalia.runtime import ProcessLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    Replacements = list[tuple[Any, str, Any]]


class Boto3Patch:
    """What :func:`patch_boto3` returns; as a context manager it takes the patch back at the end of the block."""

    def __init__(self, layers: list[_Layer]) -> None:
        self._layers = layers
        self._is_plain = True

    def __enter__(self) -> Boto3Patch:
        with _patching.lock:
            for layer in self._layers:
                if self._is_plain:
                    layer.plain = max(0, layer.plain - 1)
                layer.blocks += 1
                layer.apply()
            self._is_plain = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _patching.lock:
            for layer in reversed(self._layers):
                layer.blocks -= 1
                layer.restore_if_unused()

    def __repr__(self) -> str:
        return f"<Boto3Patch {'applied' if self._layers[0].is_applied else 'taken back'}>"


def patch_boto3(*, botocore: bool = False) -> Boto3Patch:
    """Make boto3's names lead to sotalia, from now on or for a ``with`` block.

    A default session that boto3 has already is taken over with its settings, credentials and handlers. ``botocore`` also
    replaces ``botocore.session.Session`` and what ``botocore.session.get_session()`` makes, for libraries that use botocore
    without boto3. May be called again and from any thread. :func:`unpatch_boto3` takes plain calls back, however many; a
    block ends by itself, and the last one to end restores the names.
    """
    with _patching.lock:
        layers = [_BOTO3, _BOTOCORE] if botocore else [_BOTO3]
        for layer in layers:
            layer.apply()
        for layer in layers:
            layer.plain += 1
        return Boto3Patch(layers)


def unpatch_boto3() -> None:
    """Give boto3 and botocore their names back, exactly as they were.

    Within ``with patch_boto3():`` this waits for the block's end.
    """
    with _patching.lock:
        for layer in (_BOTOCORE, _BOTO3):
            layer.plain = 0
            layer.restore_if_unused()


class _Layer:
    """Some names, who wants them replaced (``plain`` calls and open ``blocks``), and what was there before."""

    def __init__(self, replacements: Callable[[], Replacements], *, joins: bool) -> None:
        self.plain = 0
        self.blocks = 0
        self._replacements = replacements
        self._joins = joins
        self._saved: Replacements = []
        self._joined: list[Any] = []

    @property
    def is_applied(self) -> bool:
        """Whether the names lead to us."""
        return bool(self._saved)

    def apply(self) -> None:
        """Replace the names, unless that is done. All of them, or where that fails none."""
        if self.is_applied:
            return
        replacements = self._replacements()
        if self._joins:
            from sotalia.compatibility import joined_classes, joined_methods

            self._joined += joined_classes.join_all()
            try:
                self._joined += joined_methods.join_all()
            except BaseException:
                self.part()
                raise
        self._saved = [(module, name, vars(module)[name]) for module, name, _ in replacements]
        for module, name, value in replacements:
            setattr(module, name, value)

    def restore_if_unused(self) -> None:
        """Put back what was there, when nobody wants the patch any more."""
        if not self.is_applied or self.plain or self.blocks:
            return
        for module, name, value in self._saved:
            setattr(module, name, value)
        self._saved = []
        self.part()

    def part(self) -> None:
        while self._joined:
            self._joined.pop().part()


def _names_of_boto3() -> Replacements:
    import boto3
    import boto3.session

    from sotalia.session.session import AnySession, Session

    default = boto3.DEFAULT_SESSION
    if default is not None and not isinstance(default, AnySession):
        default = Session(botocore_session=default._session)
    return [
        (boto3, "Session", Session),
        (boto3.session, "Session", Session),
        (boto3, "DEFAULT_SESSION", default),
    ]


def _names_of_botocore() -> Replacements:
    import botocore.session

    from sotalia.compatibility.botocore_session import Session

    return [(botocore.session, "Session", Session)]


_patching = ProcessLock(RLock)
_BOTO3 = _Layer(_names_of_boto3, joins=True)
_BOTOCORE = _Layer(_names_of_botocore, joins=False)
