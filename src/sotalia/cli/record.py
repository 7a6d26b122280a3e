"""The command ``sotalia record``: run a program, and see the calls that it made.

The program's stdin and stdout stay its own; what is told of its calls goes to stderr or into a file. Processes that it forks or
starts write their calls into a folder (as ``SOTALIA_RECORD`` has them do), which is read at the end, so one timeline has them all.
"""

from __future__ import annotations

import os
import sys

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import Command
from sotalia.cli.group import command as make_command
from sotalia.cli.output import flush_stdout, restore_streams, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.options import Settings
    from sotalia.cli.programs import Program
    from sotalia.recording.recorder import Recorder
    from sotalia.recording.records import CallRecord

_EXAMPLES = """
sotalia record app.py --verbose
sotalia record -o calls.html --open -m mypackage.job
sotalia record -c 'import boto3; boto3.client("s3").list_buckets()'
sotalia record --open calls.jsonl
"""
_LAST = 10_000
_SUFFIXES = (".html", ".har", ".jsonl")
# A file of calls, which is no program.
_RECORDED = ".jsonl"
# What names the program; whatever stands behind belongs to it.
_PROGRAM_OPTIONS = ("-m", "-c")


class _Record(Command):
    """Its options end where the program begins, as those of ``python`` do."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave alone what is the program's."""
        return super().parse_args(ctx, _ended(args, self._with_value()))

    def _with_value(self) -> set[str]:
        return {
            name
            for parameter in self.params
            if isinstance(parameter, click.Option) and not parameter.is_flag
            for name in parameter.opts
        }


def _ended(args: list[str], with_value: set[str]) -> list[str]:
    """With ``--`` where the options end. ``-mname`` is ``-m name``, as for ``python``."""
    position = 0
    while position < len(args):
        word = args[position]
        if word[:2] in _PROGRAM_OPTIONS and not word.startswith("--"):
            value = [word[2:]] if len(word) > 2 else args[position + 1 : position + 2]
            rest = args[position + 1 if len(word) > 2 else position + 2 :]
            return [*args[:position], word[:2], *value, *(["--", *rest] if value else [])]
        if word == "--" or not word.startswith("-") or word == "-":
            return [*args[:position], "--", *args[position + (word == "--") :]]
        position += 2 if word in with_value else 1
    return args


def _output(ctx: click.Context, parameter: click.Parameter, path: str | None) -> str | None:
    if path is None:
        return None
    if os.path.splitext(path)[1].lower() not in _SUFFIXES:
        raise click.BadParameter(f"{path!r} should end in one of {', '.join(_SUFFIXES)}: the suffix says how")
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise click.BadParameter(f"there is no folder {folder!r}")
    # The program may change its directory.
    return os.path.abspath(path)


@make_command("record", examples=_EXAMPLES, cls=_Record, context_settings={"allow_interspersed_args": False})
@click.argument("words", metavar="SCRIPT [ARGUMENT ...]", nargs=-1, type=click.UNPROCESSED)
@click.option("-m", "module", metavar="MODULE", help="run a module or package, as python -m does")
@click.option("-c", "code", metavar="CODE", help="run code, as python -c does")
@click.option(
    "-o", "--output", metavar="FILE", callback=_output, help="write .html, .har or .jsonl; print nothing"
)
@click.option("--open", "is_open", is_flag=True, help="open the page in a browser")
@click.option("--last", type=click.IntRange(1), default=_LAST, show_default=True, help="keep this many calls")
@click.option(
    "--bodies", type=click.IntRange(0), default=0, help="keep so many characters of each body (default: none)"
)
@click.option("--botocore", "is_botocore", is_flag=True, help="record botocore's own sessions, too")
@click.option("--no-patch", is_flag=True, help="leave boto3 alone: record calls of sotalia only")
def command(
    settings: Settings,
    words: tuple[str, ...],
    module: str | None,
    code: str | None,
    output: str | None,
    is_open: bool,
    last: int,
    bodies: int,
    is_botocore: bool,
    no_patch: bool,
) -> int:
    """Run a Python program, and show the calls that it made, also those it makes through boto3.

    The program is run as python would run it. Its exit code is the exit code. A .jsonl file in the place of a program is shown.
    """
    show = _Show(output, is_open=is_open, is_quiet=settings.quiet, is_json=settings.json)
    if not (words or module or code is not None):
        raise click.UsageError("name a script, or give -m MODULE or -c CODE")
    if module and code is not None:
        raise click.UsageError("give -m or -c, not both")
    if words and not (module or code is not None) and words[0].lower().endswith(_RECORDED):
        return _show_recorded(list(words), show)
    _set_environment(settings)
    _restore_signals()
    restore_streams()
    if not no_patch:
        from sotalia.compatibility.patching import patch_boto3

        patch_boto3(botocore=is_botocore)
    recording = _Recording(show, last, bodies)
    try:
        program = _program(list(words), module, code)
    except SyntaxError as error:
        sys.excepthook(type(error), error.with_traceback(None), None)
        return exit_codes.FAILED
    recording.start()
    return program.run()


def _program(words: list[str], module: str | None, code: str | None) -> Program:
    from sotalia.cli import programs

    try:
        if code is not None:
            return programs.of_code(code, words)
        if module:
            return programs.of_module(module, words)
        return programs.of_path(words[0], words[1:])
    except (programs.NoProgramError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        what = module or (words[0] if words else "-c")
        raise click.UsageError(f"{what}: {reason}") from None


def _show_recorded(words: list[str], show: _Show) -> int:
    from sotalia.recording import jsonl
    from sotalia.recording.processes import joined

    if len(words) > 1:
        raise click.UsageError(f"{words[0]} is a file of calls: it takes no arguments")
    show.show(joined(jsonl.read(words[0]), ()))
    return exit_codes.OK


def _set_environment(settings: Settings) -> None:
    """The common options, as what they are for the program and those that it starts."""
    variables = {
        "AWS_PROFILE": settings.profile,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_ENDPOINT_URL": settings.endpoint_url,
    }
    if settings.region and "AWS_REGION" in os.environ:
        variables["AWS_REGION"] = settings.region
    os.environ.update({name: value for name, value in variables.items() if value is not None})
    if settings.no_sign_request:
        raise click.UsageError("--no-sign-request is up to the program here")


def _restore_signals() -> None:
    """SIGTERM ends the program with its ``finally`` and ``atexit``, so that what was recorded is shown; a program may have its own handler.

    Commands take it for Ctrl-C, which a program may handle otherwise.
    """
    import signal
    import threading

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: object) -> None:
    raise SystemExit(exit_codes.TERMINATED)


class _Recording:
    """Records this process and those that it makes, and shows all when this one ends."""

    def __init__(self, show: _Show, last: int, bodies: int) -> None:
        self._show, self._last, self._bodies = show, last, bodies
        self._process = os.getpid()
        self._folder = ""
        self._recorder: Recorder | None = None

    def start(self) -> None:
        import atexit
        import tempfile

        from sotalia.recording.program import OWNER_VARIABLE, VARIABLE, ProgramRecorder
        from sotalia.recording.recorder import recorder

        self._folder = tempfile.mkdtemp(prefix="sotalia-record-")
        self._children = ProgramRecorder(
            os.path.join(self._folder, "calls.jsonl"), last=None, bodies=self._bodies
        )
        os.environ[VARIABLE] = f"{self._folder}/calls.jsonl,bodies={self._bodies}"
        os.environ[OWNER_VARIABLE] = str(self._process)
        self._children.start_in_children()
        self._recorder = recorder(last=self._last, bodies=self._bodies).start()
        # Before the program's own, which may make calls, so that it runs after them.
        atexit.register(self._finish)

    def _finish(self) -> None:
        if os.getpid() != self._process or self._recorder is None:
            return
        from sotalia.cli.failures import describe

        self._recorder.stop()
        try:
            self._show.show(self._all(self._recorder), self._dropped(self._recorder))
        except Exception as error:
            # The exit code is the program's, whatever happens here.
            say(f"sotalia record: {describe(error)}")

    def _all(self, recorder: Recorder) -> list[CallRecord]:
        import shutil
        import warnings
        from pathlib import Path

        from sotalia.recording import jsonl
        from sotalia.recording.processes import joined

        others: list[tuple[str, list[CallRecord]]] = []
        with warnings.catch_warnings():
            # A process that was killed may have left half a line.
            warnings.simplefilter("ignore", RuntimeWarning)
            for path in sorted(Path(self._folder).glob("calls.*.jsonl")):
                others.append((f"process {path.name.split('.')[1]}", jsonl.read(path)))
        shutil.rmtree(self._folder, ignore_errors=True)
        return joined(recorder, others)[-self._last :]

    def _dropped(self, recorder: Recorder) -> int:
        return recorder[0].number - 1 if len(recorder) == self._last else 0


class _Show:
    """Where calls are shown: a file, a browser, stderr."""

    def __init__(self, output: str | None, *, is_open: bool, is_quiet: bool, is_json: bool) -> None:
        self._output, self._is_open = output, is_open
        self._is_quiet, self._is_json = is_quiet, is_json

    def show(self, records: list[CallRecord], dropped: int = 0) -> None:
        """Show calls. ``dropped`` earlier ones are gone."""
        from sotalia.recording.saving import save

        if dropped and not self._is_quiet:
            say(f"sotalia record: {dropped:,} earlier calls are not shown; give a larger --last")
        output = self._output
        if output is not None:
            save(output, records)
            if not self._is_quiet:
                say(f"sotalia record: {len(records):,} calls are in {output}")
        if self._is_open:
            page = output if output is not None and output.lower().endswith(".html") else _new_page(records)
            self._open(page)
        elif output is None and not self._is_quiet:
            self._print(records)

    def _print(self, records: list[CallRecord]) -> None:
        if sys.stderr is None:
            return
        if self._is_json:
            from sotalia.recording.jsonl import lines

            for text in lines(records):
                print(text, file=sys.stderr)
            return
        from sotalia.recording.text import write

        flush_stdout()
        write(records, sys.stderr)

    def _open(self, page: str) -> None:
        import webbrowser
        from pathlib import Path

        if not webbrowser.open(Path(page).as_uri()) and not self._is_quiet:
            say(f"sotalia record: no browser could be opened; the page is {page}")


def _new_page(records: list[CallRecord]) -> str:
    """A page that stays, for the browser reads it later."""
    import tempfile

    from sotalia.recording.saving import save

    descriptor, path = tempfile.mkstemp(prefix="sotalia-calls-", suffix=".html")
    os.close(descriptor)
    save(path, records)
    return path
