"""fsspec's own tests for filesystems."""

from __future__ import annotations

import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.tests import abstract

from sotalia.fs import S3FileSystem
from sotalia.testing import LocalAWS
from tests.fs.conftest import options

HAS_PIPE_AND_OPEN = hasattr(abstract, "AbstractPipeTests")


class S3Fixtures(abstract.AbstractFixtures):
    @pytest.fixture
    def fs(self, aws: LocalAWS) -> S3FileSystem:
        made = S3FileSystem(**options(aws))
        made.invalidate_cache()
        return made

    @pytest.fixture
    def fs_path(self, fs: S3FileSystem) -> str:
        fs.makedirs("fsspec", exist_ok=True)
        return "fsspec"

    @pytest.fixture
    def local_fs(self) -> LocalFileSystem:
        """As fsspec's, which is bound to an instance in versions up to 2025.9: pytest warns of it."""
        return LocalFileSystem(auto_mkdir=True)

    @pytest.fixture
    def supports_empty_directories(self) -> bool:
        return False


@pytest.mark.slow(keep=1)
class TestCopy(abstract.AbstractCopyTests, S3Fixtures):
    pass


@pytest.mark.slow(keep=1)
class TestGet(abstract.AbstractGetTests, S3Fixtures):
    pass


@pytest.mark.slow(keep=1)
class TestPut(abstract.AbstractPutTests, S3Fixtures):
    pass


if HAS_PIPE_AND_OPEN:

    class TestPipe(abstract.AbstractPipeTests, S3Fixtures):
        pass

    class TestOpen(abstract.AbstractOpenTests, S3Fixtures):
        pass

else:

    @pytest.mark.skip(reason="fsspec has tests of pipe and open for filesystems from 2024.12 on")
    def test_pipe_and_open() -> None:
        pass
