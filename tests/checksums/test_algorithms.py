"""The algorithms against published check values, and what is said where awscrt is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.checksums.algorithms import PRIORITY, as_text, checksum, is_supported, verify
from sotalia.transport.scripted import answer
from tests.absence import without_awscrt
from tests.client_kinds import Kind

# Of b"123456789": the check values of the CRC catalogue and FIPS 180-4; of XXHash, its own tools' output.
CHECKS = {
    "crc32": "cbf43926",
    "crc32c": "e3069283",
    "crc64nvme": "ae8b14860a799888",
    "sha1": "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
    "sha256": "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
    "sha512": (
        "d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274a"
        "d27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85"
    ),
    "xxhash64": "8cb841db40e6ae83",
}
NATIVE = {"crc32c", "crc64nvme", "xxhash64", "xxhash3", "xxhash128"}

# Of nothing: the sanity checks of xxHash itself.
EMPTY = {
    "xxhash64": "ef46db3751d8e999",
    "xxhash3": "2d06800538d394c2",
    "xxhash128": "99aa06d3014798d86001c324468d497f",
}
PIECES = ["", "a" * 1000, "bc"]


@pytest.fixture(scope="module")
def references() -> dict[str, str]:
    """The digests of ``PIECES`` by botocore, in a process where it uses awscrt."""
    code = (
        "import json, botocore.httpchecksum as theirs\n"
        "found = {}\n"
        f"for name in {PRIORITY!r}:\n"
        "    started = theirs._CHECKSUM_CLS[name]()\n"
        f"    for piece in {PIECES!r}:\n"
        "        started.update(piece.encode())\n"
        "    found[name] = started.digest().hex()\n"
        "print(json.dumps(found))\n"
    )
    environ = {name: value for name, value in os.environ.items() if name != "BOTO_DISABLE_CRT"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", EMPTY)
def test_values_of_nothing(name: str) -> None:
    assert checksum(name).digest().hex() == EMPTY[name]


@pytest.mark.parametrize("name", CHECKS)
def test_check_values_however_the_data_is_cut(name: str) -> None:
    for size in (1, 4, 9):
        started = checksum(name)
        for start in range(0, 9, size):
            started.update(b"123456789"[start : start + size])
        assert started.digest().hex() == CHECKS[name]


@pytest.mark.parametrize("name", PRIORITY)
def test_algorithms_equal_the_references(name: str, references: dict[str, str]) -> None:
    started = checksum(name)
    for piece in PIECES:
        started.update(piece.encode())
    assert started.digest().hex() == references[name]


def test_with_awscrt_all_are_supported_and_without_it_those_of_the_standard_library() -> None:
    assert {name for name in PRIORITY if not is_supported(name)} == set()
    with without_awscrt():
        assert {name for name in PRIORITY if not is_supported(name)} == NATIVE


def test_without_awscrt_the_error_says_what_to_install() -> None:
    code = (
        "from sotalia.checksums.algorithms import checksum\n"
        f"for name in {sorted(NATIVE)}:\n"
        "    try:\n        checksum(name)\n"
        "    except Exception as error:\n        print(type(error).__name__, error)\n"
    )
    environ = {**os.environ, "BOTO_DISABLE_CRT": "true"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert len(lines) == len(NATIVE)
    assert all(line.startswith("MissingDependencyException") and "sotalia[crt]" in line for line in lines)


@pytest.mark.parametrize(
    "name", ["CRC32", "SHA1", "SHA256", "CRC32C", "CRC64NVME", "XXHASH64", "XXHASH3", "XXHASH128"]
)
def test_objects_are_sent_and_checked_with_each(name: str, client_kind: Kind) -> None:
    started = checksum(name.lower())
    started.update(b"content")
    text = as_text(started.digest())
    header = f"x-amz-checksum-{name.lower()}"
    s3 = client_kind.scripted(
        "s3",
        [answer(), answer(200, {header: text}, b"content"), answer(200, {header: text}, b"damaged")],
        endpoint_url="http://localhost:1",
    )
    s3.put_object(Bucket="b", Key="k", Body=b"content", ChecksumAlgorithm=name)
    assert s3.transport.requests[0].headers[header] == text.encode()
    assert s3.get_object(Bucket="b", Key="k")["Body"].read() == b"content"
    with pytest.raises(exceptions.FlexibleChecksumError, match="did not match"):
        s3.get_object(Bucket="b", Key="k")["Body"].read()


@pytest.mark.parametrize("name", sorted(NATIVE))
def test_streams_are_checked_however_they_are_read(name: str, client_kind: Kind) -> None:
    content = bytes(range(256)) * 40
    started = checksum(name)
    started.update(content)
    headers = {f"x-amz-checksum-{name}": as_text(started.digest())}
    damaged = content[:5000] + b"?" + content[5001:]

    def in_pieces(body: Any) -> bytes:
        found = b""
        while piece := body.read(999):
            found += piece
        return found

    readings: list[Callable[[Any], bytes]] = [
        lambda body: body.read(),
        in_pieces,
        lambda body: b"".join(body.iter_chunks(1000)),
    ]
    for read in readings:
        s3 = client_kind.scripted("s3", [answer(200, headers, content), answer(200, headers, damaged)])
        response = s3.get_object(Bucket="b", Key="k")
        assert read(response["Body"]) == content
        s3_damaged = s3.get_object(Bucket="b", Key="k")
        with pytest.raises(exceptions.FlexibleChecksumError, match="did not match"):
            read(s3_damaged["Body"])


@pytest.mark.parametrize("name", sorted(NATIVE))
def test_bodies_in_memory_are_checked(name: str) -> None:
    started = checksum(name)
    started.update(b"content")
    verify(started, as_text(started.digest()))
    other = checksum(name)
    other.update(b"damaged")
    with pytest.raises(exceptions.FlexibleChecksumError, match="did not match"):
        verify(other, as_text(started.digest()))
