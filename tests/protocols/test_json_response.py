"""Readers of decoded JSON that are made ready while they are used."""

from __future__ import annotations

from threading import Thread
from typing import Any

from sotalia.model.shapes import ShapeResolver
from sotalia.protocols.json_response import DecodedReader

SHAPES = {
    "Pair": {"type": "structure", "members": {"First": {"shape": "Text"}, "Second": {"shape": "Count"}}},
    "Text": {"type": "string"},
    "Count": {"type": "integer"},
}


def test_a_thread_that_reads_while_another_prepares_gets_all_members():
    found: list[Any] = []
    value = {"First": "a", "Second": 2}

    class Interrupted(DecodedReader):
        def scalar(self, shape: Any) -> Any:
            if shape.type_name == "integer" and not found:
                found.append(None)
                thread = Thread(target=lambda: found.append(read(value)))
                thread.start()
                thread.join()
            return super().scalar(shape)

    reader = Interrupted(str, bytes, coerces=False)
    read = reader.of(ShapeResolver(SHAPES).get_shape_by_name("Pair"))
    assert read(value) == value
    assert found[1] == value
