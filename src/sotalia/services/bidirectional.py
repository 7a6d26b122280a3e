"""Operations that send a stream of events over HTTP/2 while they receive one: nothing here speaks that."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_METHODS = (
    "start_conversation",
    "chat",
    "invoke_model_with_bidirectional_stream",
    "start_medical_scribe_listening_session",
    "start_speech_synthesis_stream",
)


def remove_methods(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """Take the methods away, as the reference does."""
    for name in _METHODS:
        class_attributes.pop(name, None)
