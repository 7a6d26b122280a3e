"""What PyInstaller has to know: modules that are imported by name when they are first used, and data files.

PyInstaller finds the directory by the entry point ``pyinstaller40`` of this distribution; nobody configures anything.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
#: Distributions whose data files are read: service descriptions and CA bundles.
DATA_PACKAGES = ("botocore", "boto3", "certifi")
# The page of recorded calls.
_DATA_SUFFIXES = (".css", ".html", ".js")


def get_hook_dirs() -> list[str]:
    """Where the hook is: the entry point."""
    return [str(Path(__file__).parent)]


def hidden_imports() -> list[str]:
    """Modules that no import statement names: all of this package, and those of the reference that hold its errors.

    The packages with data files are among them: without its module, a folder of data is no package.
    """
    from sotalia import exceptions

    own = (path.relative_to(_PACKAGE.parent).with_suffix("").parts for path in _PACKAGE.rglob("*.py"))
    modules = {".".join(parts).removesuffix(".__init__") for parts in own if "__pyinstaller" not in parts}
    return sorted({*modules, *exceptions.HOMES, *installed_data_packages(), "botocore.plugin"})


def own_data_files() -> list[tuple[str, str]]:
    """Files of this package that it reads and that are no modules, each with the folder of the bundle that it belongs in."""
    files = (path for path in sorted(_PACKAGE.rglob("*")) if path.suffix in _DATA_SUFFIXES)
    return [(str(path), str(path.parent.relative_to(_PACKAGE.parent))) for path in files]


def installed_data_packages() -> list[str]:
    """Those of ``DATA_PACKAGES`` that are there; certifi need not be."""
    return [package for package in DATA_PACKAGES if find_spec(package) is not None]
