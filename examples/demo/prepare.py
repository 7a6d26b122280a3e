"""Make the demo's environment, and say all the while what is going on: ``python3 examples/demo/prepare.py FOLDER``.

It runs on the Python of a machine that has nothing else, so it uses the standard library only, and gets as far as its
own message on a Python that is too old. A folder that is ready is left alone.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)
TICK_SECONDS = 0.2


class Progress:
    """One line that is written over on a terminal; elsewhere a line for each thing that happens."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._is_terminal = sys.stdout.isatty()
        self._text = ""
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        if self._is_terminal:
            self._ticker.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        if self._is_terminal:
            self._ticker.join()
            with self._lock:
                sys.stdout.write("\r\x1b[K")
                sys.stdout.flush()

    def say(self, text: str, *, is_brief: bool = False) -> None:
        """Say what is happening now; what is over in no time is shown on a terminal only."""
        if is_brief and not self._is_terminal:
            return
        with self._lock:
            self._text = text
            self._write()

    def _write(self) -> None:
        seconds = time.monotonic() - self._start
        line = f"  {seconds:4.1f} s  {self._text}"
        if self._is_terminal:
            line = "\r" + line[: shutil.get_terminal_size().columns - 1] + "\x1b[K"
        else:
            line += "\n"
        sys.stdout.write(line)
        sys.stdout.flush()

    def _tick(self) -> None:
        """Show the seconds going by: a large download is one line of pip's for a long time."""
        while not self._done.wait(TICK_SECONDS):
            with self._lock:
                if self._text and not self._done.is_set():
                    self._write()


def requirements() -> list[str]:
    """The dependencies of sotalia and of the demo."""
    import tomllib  # Python 3.11; older ones have been turned away.

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = (Path(__file__).parent / "requirements.txt").read_text("utf-8").splitlines()
    return [*project["dependencies"], *(line for line in lines if line and not line.startswith("#"))]


def summary(line: str) -> str | None:
    """What of a line of pip's is worth showing."""
    words = line.split()
    if len(words) < 2:
        return None
    if words[0] == "Collecting":
        return f"finding {words[1]}"
    if line.startswith(("Downloading", "Processing", "Using cached")):
        [name] = [word.rpartition("/")[2] for word in words if word.endswith((".whl", ".gz"))] or [words[1]]
        size = line.rpartition("(")[2].rstrip(")") if line.endswith("B)") else ""
        return f"getting {name.partition('-')[0]} {size}".rstrip()
    if line.startswith("Installing collected packages"):
        return f"installing {len(words) - 3} packages"
    return None


def run(command: list[str], progress: Progress, *, is_telling: bool) -> None:
    """Run pip, and show what it does where that is telling; where it fails, show the end of what it said and stop."""
    last: deque[str] = deque(maxlen=20)
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environ
    )
    assert process.stdout is not None
    for line in process.stdout:
        last.append(line)
        text = summary(line.strip())
        if text and is_telling:
            progress.say(text, is_brief=text.startswith("finding"))
    if process.wait():
        progress.__exit__()
        sys.stderr.write("".join(last))
        sys.exit(f"The demo's environment could not be made: {' '.join(command[:4])} failed, see above.")


def interpreter(folder: Path) -> Path:
    """The Python of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make(folder: Path, wanted: list[str]) -> None:
    """A virtual environment with what the demo needs, in which ``import sotalia`` finds this checkout."""
    import venv

    python = interpreter(folder)
    with Progress() as progress:
        progress.say("making a virtual environment")
        try:
            shutil.rmtree(folder, ignore_errors=True)
            venv.create(folder, symlinks=os.name != "nt")
            run([str(python), "-m", "ensurepip", "--default-pip"], progress, is_telling=False)
        except (ImportError, OSError) as error:
            progress.__exit__()
            sys.exit(f"No virtual environment could be made in {folder}: {error}")
        run(
            [str(python), "-m", "pip", "install", "-c", str(ROOT / "constraints.txt"), *wanted],
            progress,
            is_telling=True,
        )
        places = {"base": str(folder), "platbase": str(folder)}
        packages = Path(sysconfig.get_path("purelib", "venv", places))
        (packages / "sotalia-checkout.pth").write_text(f"{ROOT / 'src'}\n")


def main(folder: Path) -> None:
    """Make the environment unless it is there as it should be."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"sotalia needs Python {OLDEST[0]}.{OLDEST[1]} or later, and {sys.executable} is {sys.version.split()[0]}. "
            "Name a newer one: make demo PYTHON=python3.12"
        )
    if folder.exists() and not (folder / "pyvenv.cfg").is_file() and any(folder.iterdir()):
        sys.exit(
            f"{folder} holds something else than a virtual environment; name another folder, or remove it"
        )
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            f"{sys.executable} has no ensurepip, so no environment can be made. On Debian and Ubuntu: apt install python3-venv"
        )
    wanted = requirements()
    stamp = "\n".join([sys.version, str(ROOT), *wanted])
    ready = folder / "ready"
    if ready.is_file() and ready.read_text("utf-8") == stamp and interpreter(folder).exists():
        return
    print(
        f"The demo makes an environment of its own, {folder.name}, once. It takes about 150 MB.", flush=True
    )
    make(folder, wanted)
    ready.write_text(stamp, "utf-8")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]).absolute())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
