"""The command ``sotalia completion``: what a shell needs to complete commands, services, operations and parameters."""

from __future__ import annotations

import click

from sotalia.cli.environment import COMPLETION_VARIABLE
from sotalia.cli.group import command as make_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.options import Settings

_EXAMPLES = """
eval "$(sotalia completion bash)"            # in ~/.bashrc
eval "$(sotalia completion zsh)"             # in ~/.zshrc, after compinit
sotalia completion fish | source             # in ~/.config/fish/config.fish
"""


@make_command("completion", examples=_EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(settings: Settings, shell: str) -> None:
    """Print the script that makes a shell complete the words of 'sotalia'."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    # Not source() of bash, which asks the bash on the path for its version.
    root = click.get_current_context().find_root().command
    script = kind(root, {}, "sotalia", COMPLETION_VARIABLE)
    print(script.source_template % script.source_vars())
