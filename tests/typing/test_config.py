"""What type checkers know of Config is what it takes."""

from __future__ import annotations

import ast
import inspect
import textwrap

from sotalia.config import Config
from sotalia.config.client_config import OPTION_DEFAULTS

(CLASS,) = ast.parse(textwrap.dedent(inspect.getsource(Config))).body
assert isinstance(CLASS, ast.ClassDef)
(DECLARED,) = (node for node in CLASS.body if isinstance(node, ast.If))


def test_the_declared_arguments_are_the_options_with_their_defaults() -> None:
    (init,) = (node for node in DECLARED.body if isinstance(node, ast.FunctionDef))
    names = [argument.arg for argument in init.args.args[1:]]
    defaults = [ast.literal_eval(default) for default in init.args.defaults]
    assert dict(zip(names, defaults, strict=True)) == OPTION_DEFAULTS
    assert names == list(OPTION_DEFAULTS)


def test_each_option_is_a_declared_attribute_of_the_type_of_its_argument() -> None:
    (init,) = (node for node in DECLARED.body if isinstance(node, ast.FunctionDef))
    arguments = {argument.arg: argument.annotation for argument in init.args.args[1:]}
    attributes = {
        node.target.id: node.annotation
        for node in DECLARED.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    del arguments["inject_host_prefix"]  # A property: whoever reads it gets no None.
    assert {name: ast.unparse(found) for name, found in arguments.items() if found} == {
        name: ast.unparse(found) for name, found in attributes.items()
    }
