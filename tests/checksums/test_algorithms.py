"""The algorithms against published check values, and what is said where awscrt is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.checksums.algorithms import PRIORITY, checksum, is_supported
from sotalia.transport.scripted import answer
from tests.colours import Colour

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


def begun(name: str) -> Any:
    if name in NATIVE and not is_supported(name):
        pytest.skip("awscrt is not installed")
    return checksum(name)


@pytest.mark.parametrize("name", CHECKS)
def test_check_values_however_the_data_is_cut(name: str) -> None:
    for size in (1, 4, 9):
        started = begun(name)
        for start in range(0, 9, size):
            started.update(b"123456789"[start : start + size])
        assert started.digest().hex() == CHECKS[name]


@pytest.mark.parametrize("name", PRIORITY)
def test_algorithms_equal_the_references(name: str) -> None:
    from botocore.httpchecksum import _CHECKSUM_CLS

    started = begun(name)
    theirs = _CHECKSUM_CLS[name]()
    for piece in (b"", b"a" * 1000, b"bc"):
        started.update(piece)
        theirs.update(piece)
    assert started.digest() == theirs.digest()


def test_with_awscrt_all_are_supported_and_without_it_those_of_the_standard_library() -> None:
    missing = {name for name in PRIORITY if not is_supported(name)}
    assert missing in (set(), NATIVE)


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


@pytest.mark.parametrize("name", ["CRC32", "SHA1", "SHA256", "CRC32C", "CRC64NVME"])
def test_objects_are_sent_and_checked_with_each(name: str, colour: Colour) -> None:
    started = begun(name.lower())
    started.update(b"content")
    from sotalia.checksums.algorithms import as_text

    text = as_text(started.digest())
    header = f"x-amz-checksum-{name.lower()}"
    s3 = colour.scripted(
        "s3",
        [answer(), answer(200, {header: text}, b"content"), answer(200, {header: text}, b"damaged")],
        endpoint_url="http://localhost:1",
    )
    s3.put_object(Bucket="b", Key="k", Body=b"content", ChecksumAlgorithm=name)
    assert s3.transport.requests[0].headers[header] == text.encode()
    assert s3.get_object(Bucket="b", Key="k")["Body"].read() == b"content"
    with pytest.raises(exceptions.FlexibleChecksumError, match="did not match"):
        s3.get_object(Bucket="b", Key="k")["Body"].read()
