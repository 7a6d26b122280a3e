"""Run somebody's program in this process, as ``python`` itself would: a file, a folder or archive, ``-m module``, ``-c code``.

What a program may look at is as it is used to: ``sys.argv``, ``sys.path[0]``, ``__main__`` with its ``__file__`` and ``__spec__``, also
after its last line, when threads and functions of ``atexit`` still run. (:mod:`runpy` takes its module away then, and its
frames stand in tracebacks.)
"""

from __future__ import annotations

import os
import sys
from types import CodeType, ModuleType

from sotalia.cli.output import flush_stdout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import TracebackType
    from typing import Any


class NoProgramError(Exception):
    """What was named is no program; the message says why."""


class Program:
    """A program that can be run once.

    ``code`` and the module it runs in, ``argv`` with the program's own name, and what stands first in ``sys.path``.
    """

    def __init__(self, code: CodeType, main: ModuleType, argv: list[str], folder: str) -> None:
        self._code, self._main, self._argv, self._folder = code, main, argv, folder

    def run(self) -> int:
        """Run it, and give the exit code. ``SystemExit`` is raised as it is, for the interpreter to deal with it.

        Of another exception the traceback is printed, by the program's own ``sys.excepthook`` if it has one.
        """
        sys.argv = self._argv
        _put_first(self._folder)
        sys.modules["__main__"] = self._main
        try:
            exec(self._code, self._main.__dict__)
        except SystemExit:
            raise
        except BaseException as raised:
            error = raised
        else:
            return 0
        # Not within `except`: what a hook of the program raises would be told as having come of the error.
        _show(error)
        return 130 if isinstance(error, KeyboardInterrupt) else 1


def _show(error: BaseException) -> None:
    flush_stdout()
    trace = _within(error)
    hook = getattr(sys, "excepthook", None)
    if hook is None:
        print("sys.excepthook is missing", file=sys.stderr)
        hook = sys.__excepthook__
    try:
        hook(type(error), error.with_traceback(trace), trace)
        return
    except SystemExit:
        raise
    except BaseException as raised:
        another = raised
    # As the interpreter does.
    print("Error in sys.excepthook:", file=sys.stderr)
    inner = _within(another)
    sys.__excepthook__(type(another), another.with_traceback(inner), inner)
    print("\nOriginal exception was:", file=sys.stderr)
    sys.__excepthook__(type(error), error, trace)


def _within(error: BaseException) -> TracebackType | None:
    """The traceback without its first frame, which is of this file."""
    return error.__traceback__.tb_next if error.__traceback__ is not None else None


def of_code(code: str, arguments: list[str]) -> Program:
    """``-c code``."""
    main = _module(None)
    return Program(_compiled(code, "<string>"), main, ["-c", *arguments], "")


def of_module(name: str, arguments: list[str]) -> Program:
    """``-m name``: a module, or the ``__main__`` of a package. Raises :class:`NoProgramError`."""
    folder = os.getcwd()
    sys.argv = ["-m", *arguments]
    _put_first(folder)
    spec = _found(name)
    if spec.submodule_search_locations is not None:
        try:
            spec = _found(f"{name}.__main__")
        except NoProgramError:
            raise NoProgramError(
                f"No module named {name}.__main__; {name!r} is a package and cannot be directly executed"
            ) from None
    code = _code_of(spec)
    main = _module(spec)
    return Program(code, main, [spec.origin or name, *arguments], folder)


def of_path(path: str, arguments: list[str]) -> Program:
    """A file with Python, or a folder or an archive with ``__main__.py``. Raises :class:`NoProgramError`, ``OSError``."""
    from pkgutil import get_importer

    importer: Any = get_importer(os.path.abspath(path)) if not _is_source(path) else None
    if importer is not None:
        spec = importer.find_spec("__main__")
        if spec is None:
            raise NoProgramError(f"can't find '__main__' module in {path!r}")
        return Program(_code_of(spec), _module(spec), [path, *arguments], path)
    with open(path, "rb") as file:
        source = file.read()
    main = _module(None)
    # As the interpreter makes it: `./app.py` keeps its dot.
    main.__file__ = os.path.join(os.getcwd(), path)
    folder = os.path.dirname(os.path.realpath(path))
    return Program(_code_of_file(source, main.__file__), main, [path, *arguments], folder)


def _is_source(path: str) -> bool:
    """Whether it is a file that is no archive. An archive may have any name."""
    if os.path.isdir(path):
        return False
    from zipfile import is_zipfile

    return not is_zipfile(path)


def _code_of_file(source: bytes, path: str) -> CodeType:
    from importlib.util import MAGIC_NUMBER

    if source.startswith(MAGIC_NUMBER):
        import marshal

        # PEP 552: four words of 32 bits stand in front.
        compiled: CodeType = marshal.loads(source[16:])
        return compiled
    return _compiled(source, path)


def _compiled(source: str | bytes, name: str) -> CodeType:
    # Not with the `from __future__` of this file.
    code: CodeType = compile(source, name, "exec", dont_inherit=True)
    return code


def _found(name: str) -> ModuleSpec:
    from importlib.util import find_spec

    try:
        spec = find_spec(name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise NoProgramError(
            f"Error while finding module specification for {name!r} ({type(error).__name__}: {error})"
        ) from None
    if spec is None:
        raise NoProgramError(f"No module named {name}")
    return spec


def _code_of(spec: ModuleSpec) -> CodeType:
    loader: Any = spec.loader
    code = loader.get_code(spec.name) if hasattr(loader, "get_code") else None
    if code is None:
        raise NoProgramError(f"No code object available for {spec.name}")
    found: CodeType = code
    return found


def _module(spec: ModuleSpec | None) -> ModuleType:
    """A module for ``__main__``, with what the interpreter gives it."""
    import builtins

    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    if spec is not None:
        main.__spec__, main.__loader__, main.__package__ = spec, spec.loader, spec.parent
        main.__file__ = spec.origin
        main.__dict__["__cached__"] = spec.cached
    return main


def _put_first(folder: str) -> None:
    """In the place of the folder of whatever was started: the folder of the program. ``python -P`` and ``-I`` want neither."""
    if sys.flags.safe_path:
        return
    sys.path[:1] = [folder]
