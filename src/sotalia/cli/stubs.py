"""The command ``sotalia stubs``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any


def add_command(commands: Any) -> None:
    """Add ``sotalia stubs`` to the command line."""
    stubs = commands.add_parser(
        "stubs",
        help="write types of services that no package knows: own models, previews",
        description="Writes stubs for mypy and pyright from the models that client() would use, for sync and async clients. Pyright "
        "finds them in the folder `typings`; for mypy set `mypy_path = typings`. Stubs of services that were written before are kept.",
        epilog="example: sotalia stubs preview --models ./models",
    )
    stubs.add_argument("services", nargs="+", metavar="SERVICE", help="names as for client()")
    stubs.add_argument(
        "--out", default="typings", metavar="FOLDER", help="where to write (default: %(default)s)"
    )
    stubs.add_argument(
        "--models", metavar="FOLDER", help="a folder of models as in AWS_DATA_PATH, to be searched first"
    )
    stubs.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the stubs, and print the path of each file: 0."""
    from sotalia.stubs.writing import write_stubs

    for path in write_stubs(options.services, options.out, models=options.models):
        print(path)
    return 0
