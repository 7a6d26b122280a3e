"""The table of protocols: one row for each that may be spoken, and what a row names is there."""

from __future__ import annotations

import pytest

from sotalia.model.service import PROTOCOL_PREFERENCE
from sotalia.protocols import PROTOCOLS, implementation
from sotalia.protocols.response import OperationParser


def test_each_protocol_that_may_be_spoken_has_a_row() -> None:
    assert tuple(PROTOCOLS) == PROTOCOL_PREFERENCE


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_a_row_names_is_there(protocol: str) -> None:
    assert implementation(protocol, 0).__name__.startswith("compile_")
    assert issubclass(implementation(protocol, 1), OperationParser)


def test_a_protocol_without_a_row_is_spoken_as_rest_xml() -> None:
    assert implementation("telepathy", 1) is implementation("rest-xml", 1)
