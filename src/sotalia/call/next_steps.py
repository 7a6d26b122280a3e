"""Notes on errors of calls: what was probably meant, and what to do. The errors' texts are the reference's, which programs compare."""

from __future__ import annotations

from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call.call import Call
    from sotalia.model.service import OperationModel


def note_misspelt_parameters(error: BaseException, model: OperationModel, parameters: dict[str, Any]) -> None:
    """On an error of validation: the parameters that were meant."""
    if model.input_shape is None:
        return
    known = list(model.input_shape.members)
    for name in parameters:
        meant = None if name in known else closest(name, known)
        if meant:
            error.add_note(f"Did you mean {meant!r} in place of {name!r}?")


def note_unknown_region(error: BaseException, call: Call) -> None:
    """On an error of connecting: that the client's region is none that the installed data know, and the one that was meant."""
    region = call.client.meta.region_name
    if not isinstance(region, str) or call.client.parts.request.endpoint_url is not None:
        return
    partitions: Any = call.client.parts.loader.partitions()["partitions"]
    known = [name for partition in partitions for name in partition["regions"]]
    if region not in known:
        meant = closest(region, known)
        hint = f"did you mean {meant!r}?" if meant else "is it spelled right?"
        error.add_note(f"No region {region!r} is known here; {hint}")
