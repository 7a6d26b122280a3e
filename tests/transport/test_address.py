"""What is taken out of a URL."""

from __future__ import annotations

import pytest

from sotalia.transport.address import origin


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://user:secret@h:1/path?query=secret#secret", "http://h:1"),
        ("HTTPS://h?query=secret", "https://h"),
        ("https://[::1]:8000/", "https://[::1]:8000"),
        ("http://user:secret@", ""),
        ("nothing", ""),
        ("", ""),
    ],
)
def test_origin_has_no_secret(url: str, expected: str) -> None:
    assert origin(url) == expected
