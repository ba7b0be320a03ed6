"""Work in a process of its own: it can be watched and stopped, and cannot eat the machine.

The child is started as a program, not forked, so a server's threads and open files stay out of it.
It reads its task from a folder, tells its progress there and leaves its result there as JSON and
Arrow files, never as pickled objects.
"""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from common_ground.errors import CommonGroundError
from common_ground.settings import PROJECT

_PROGRAM = "import sys; from common_ground.child import main; main(sys.argv[1])"
_TASK, _PROGRESS, _RESULT, _FAILURE = "task.json", "progress.json", "result.json", "failure.txt"
_OUT_OF_MEMORY = 77
_PROGRESS_SECONDS = 0.1  # a reader looks a few times a second at most


@dataclass(frozen=True)
class Bounds:
    """How long a child may run and how much it may take.

    Attributes:
        seconds: wall-clock time; CPU time too (twice this) where the system can limit it.
        memory_bytes: address space, where the system can limit it.
    """

    seconds: float = 120
    memory_bytes: int = 4_000_000_000


@dataclass(frozen=True)
class Progress:
    """What a child is doing, and the share (0..1) that is done."""

    what: str = "Starting"
    share: float = 0.0


class Tell(Protocol):
    """Is told what is being done and the share (0..1) that is."""

    def __call__(self, what: str, share: float) -> None:
        """Take note of it."""


def tell_nobody(what: str, share: float) -> None:
    """Progress nobody waits for."""


class Child:
    """One piece of work in a process of its own.

    Args:
        task: "module:function"; the function takes the arguments, the folder and a progress
            callback, and returns what JSON can hold.
        arguments: what JSON can hold.
        folder: of this work alone; made if it is not there.
        subject: what messages are about: a file name, "The analysis".
        bounds: past them the child is stopped.
    """

    def __init__(
        self,
        task: str,
        arguments: Mapping[str, Any],
        folder: Path,
        subject: str,
        bounds: Bounds | None = None,
    ) -> None:
        self.folder = folder
        self._subject = subject
        self._bounds = bounds or Bounds()
        self._is_late = self._is_stopped = False
        folder.mkdir(parents=True, exist_ok=True)
        content = {"task": task, "arguments": arguments, "bounds": asdict(self._bounds)}
        (folder / _TASK).write_text(json.dumps(content), encoding="utf-8")
        self._until = time.monotonic() + self._bounds.seconds
        self._process = subprocess.Popen(
            # -P: modules come from the project alone, not from the folder the user happens to be in
            [sys.executable, "-P", "-c", _PROGRAM, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
        )

    @property
    def subject(self) -> str:
        """What the work is about."""
        return self._subject

    def is_running(self) -> bool:
        """Whether it still works; past its time it is stopped here."""
        if self._process.poll() is not None:
            return False
        if time.monotonic() > self._until:
            self._is_late = True
            self._end()
            return False
        return True

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most so long; whether it has ended."""
        left = self._until - time.monotonic()
        try:
            self._process.wait(max(0.0, left if seconds is None else min(left, seconds)))
        except subprocess.TimeoutExpired:
            return not self.is_running()
        return True

    def stop(self) -> None:
        """End it now; `result` then says that somebody stopped it."""
        if self._process.poll() is None:
            self._is_stopped = True
            self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()

    def progress(self) -> Progress:
        """What it is doing."""
        try:
            return Progress(**json.loads((self.folder / _PROGRESS).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Progress()

    def result(self) -> Any:  # noqa: ANN401 - what JSON can hold
        """What the task returned.

        Raises:
            CommonGroundError: what the task raised, or why the child ended before it was done.
        """
        failure = self.folder / _FAILURE
        if failure.exists():
            raise CommonGroundError(failure.read_text(encoding="utf-8"))
        path = self.folder / _RESULT
        if self._process.poll() == 0 and path.exists():
            return json.loads(path.read_text(encoding="utf-8"))
        raise CommonGroundError(f"{self._subject}: {self._why_it_ended()}")

    def _why_it_ended(self) -> str:
        instead = "Export a shorter period, or run the build command, which has no such limit."
        if self._is_stopped:
            return "stopped before the end, as asked. Nothing was kept."
        if self._is_late:
            return f"took longer than {self._bounds.seconds:g} seconds and was stopped. {instead}"
        if self._process.returncode == 1:
            return "ended by a mistake in this program. Please report this file as a bug."
        return (
            f"stopped before the end (exit {self._process.returncode}); it probably needs more "
            f"than the {self._bounds.memory_bytes / 1e9:.1f} GB it may use. {instead}"
        )


def main(folder: str) -> None:
    """Runs in the child: do the task of a folder and leave its result there."""
    target = Path(folder)
    content = json.loads((target / _TASK).read_text(encoding="utf-8"))
    _limit_self(Bounds(**content["bounds"]))
    module, _, name = content["task"].partition(":")
    try:
        work = getattr(importlib.import_module(module), name)
        found = work(content["arguments"], target, _Teller(target))
        _replace(target / _RESULT, json.dumps(found))
    except CommonGroundError as error:
        _replace(target / _FAILURE, str(error))
    except (MemoryError, pa.ArrowMemoryError):
        sys.exit(_OUT_OF_MEMORY)


class _Teller:
    """Writes progress down, not more often than anybody looks."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _PROGRESS
        self._told = 0.0

    def __call__(self, what: str, share: float) -> None:
        now = time.monotonic()
        if now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            _replace(self._path, json.dumps(asdict(Progress(what, share))))


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _limit_self(bounds: Bounds) -> None:
    if sys.platform == "win32":
        return
    import resource

    cpu_seconds = 2 * (int(bounds.seconds) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory_bytes, bounds.memory_bytes))
