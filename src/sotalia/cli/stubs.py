"""The command ``sotalia stubs``."""

from __future__ import annotations

import click

from sotalia.cli.group import command as make_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.options import Settings

_EXAMPLES = """
sotalia stubs preview --models ./models
"""


@make_command("stubs", examples=_EXAMPLES)
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@click.option("--out", default="typings", show_default=True, metavar="FOLDER", help="where to write")
@click.option(
    "--models", metavar="FOLDER", help="a folder of models as in AWS_DATA_PATH, to be searched first"
)
def command(settings: Settings, services: tuple[str, ...], out: str, models: str | None) -> None:
    """Write stubs for mypy and pyright of services that no package of types knows.

    They are made from the models that client() would use, for sync and async clients. Pyright finds them in the folder
    typings; for mypy set mypy_path = typings. Stubs of services that were written before are kept.
    """
    from sotalia.stubs.writing import write_stubs

    for path in write_stubs(services, out, models=models):
        click.echo(path)
