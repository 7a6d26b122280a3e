"""Under the name of ``boto3.utils``: what handlers of ``creating-resource-class`` are written with."""

from __future__ import annotations

from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False

if not TYPE_CHECKING:
    # The context is the one that our handlers get; the functions are boto3's own.
    __getattr__, __dir__ = stand_in(
        __name__, shared=None, ServiceContext="sotalia.resources.factory:ServiceContext"
    )
