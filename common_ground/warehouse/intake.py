"""The files one person dropped, from reading to publishing, in a folder that goes with them.

Nothing here touches the workspace until somebody publishes; `close` leaves no trace.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Generic, TypeVar

from common_ground.child import Child
from common_ground.errors import CommonGroundError, ExportError
from common_ground.exports.handover import start_reading, tables_of
from common_ground.exports.questions import Question
from common_ground.exports.tables import TextTable
from common_ground.warehouse import upload
from common_ground.warehouse.upload import Analysis, Intent, Outlook, Problem

R = TypeVar("R")
_PREFIX = "common-ground-"
# A name longer than this cannot be a file's name on every system.
NAME_CHARACTERS = 120


@dataclass(frozen=True)
class Dropped:
    """A file on the page.

    Attributes:
        key: tells this drop from every other, of the same bytes too.
        name: as the person's machine calls it.
        write: writes its bytes to a path.
    """

    key: str
    name: str
    write: Callable[[Path], None]


class Reading:
    """One dropped file and the child that reads it."""

    def __init__(self, name: str, path: Path, child: Child) -> None:
        self.name = name
        self.path = path
        self.child = child

    @cached_property
    def _found(self) -> tuple[tuple[TextTable, ...], Problem | None]:
        try:
            return tuple(tables_of(self.child)), None
        except ExportError as error:
            return (), Problem(self.name, str(error))

    @property
    def tables(self) -> tuple[TextTable, ...]:
        """What was read; none when it could not be, or is being read."""
        return () if self.child.is_running() else self._found[0]

    @property
    def problem(self) -> Problem | None:
        """Why it could not be read."""
        return None if self.child.is_running() else self._found[1]


class Work(Generic[R]):
    """The newest piece of work of one kind; asking for the same again does not start it anew.

    What came of the one before stays until the new one is done, so that a page has something to
    show and to click on meanwhile.
    """

    def __init__(self, finish: Callable[[Child], R], close: Callable[[R], None]) -> None:
        self._finish = finish
        self._close = close
        self._key: object = None
        self._error: CommonGroundError | None = None
        self._done: tuple[R, Child] | None = None
        self.child: Child | None = None

    def ask(self, key: object, start: Callable[[], Child]) -> None:
        """Start the work unless the last one was for the same."""
        if self._key == key and self.child is not None:
            return
        if self.child is not None and (self._done is None or self._done[1] is not self.child):
            _remove(self.child)
        self._error = None
        self.child, self._key = start(), key

    def is_running(self) -> bool:
        """Whether the answer is not there yet."""
        return self.child is not None and self.child.is_running()

    def latest(self) -> R | None:
        """What came of the last work that was done, be it of an earlier question."""
        return None if self._done is None else self._done[0]

    def result(self) -> R:
        """What came of it.

        Raises:
            CommonGroundError: it could not be done, or was stopped.
        """
        assert self.child is not None, "nothing was asked for"
        if self._error is not None:
            raise self._error
        if self._done is None or self._done[1] is not self.child:
            try:
                found = self._finish(self.child)
            except CommonGroundError as error:
                self._error = error
                raise
            self._let_go()
            self._done = found, self.child
        return self._done[0]

    def _let_go(self) -> None:
        if self._done is not None:
            self._close(self._done[0])
            _remove(self._done[1])
            self._done = None

    def forget(self) -> None:
        """Stop the work and let go of what came of it."""
        self._let_go()
        if self.child is not None:
            _remove(self.child)
        self.child = self._error = self._key = None


def _remove(child: Child) -> None:
    child.stop()
    shutil.rmtree(child.folder, ignore_errors=True)


class Intake:
    """Dropped files, what was asked about them, and the work on them."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self.asked: dict[tuple[str, str], Question] = {}
        self.analysis: Work[Analysis] = Work(upload.analysis_of, _close_analysis)
        self.outlook: Work[Outlook] = Work(upload.outlook_of, _close_outlook)
        self.publishing: Work[int] = Work(lambda child: int(child.result()), lambda version: None)
        self._readings: dict[tuple[str, str | None], Reading] = {}
        self._analysed: list[Path] = []
        self._count = 0

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The files in the order they were dropped."""
        return tuple(self._readings.values())

    def take(self, dropped: Iterable[Dropped], encodings: Mapping[str, str]) -> None:
        """Read files that are new, or in another encoding, and forget those that are gone.

        Args:
            dropped: the files on the page.
            encodings: name -> encoding a person decided.
        """
        wanted: dict[tuple[str, str | None], Dropped] = {}
        for file in dropped:
            wanted[file.key, encodings.get(file_name(file.name))] = file
        staying = {drop for drop, _ in wanted}
        for key in self._readings.keys() - wanted.keys():
            gone = self._readings.pop(key)
            gone.child.stop()
            shutil.rmtree(gone.path.parent, ignore_errors=True)
            if key[0] not in staying:  # else it is only read in another encoding
                self._forget_questions(gone.name)
        for key, file in wanted.items():
            if key not in self._readings:
                self._readings[key] = self._read(file, encodings.get(file_name(file.name)))
        self._readings = {key: self._readings[key] for key in wanted}

    def _forget_questions(self, name: str) -> None:
        self.asked = {k: asked for k, asked in self.asked.items() if k[0].split("/")[0] != name}

    def _read(self, file: Dropped, encoding: str | None) -> Reading:
        name = self._free_name(file_name(file.name))
        folder = self._new_folder()
        folder.mkdir()
        path = folder / name
        file.write(path)
        child = start_reading(path, folder / "read", encoding=encoding)
        return Reading(name, path, child)

    def _free_name(self, name: str) -> str:
        """Two files of one name are told apart by a number, as a browser does."""
        taken = {reading.name for reading in self.readings}
        path, number, free = PurePosixPath(name), 1, name
        while free in taken:
            number += 1
            free = f"{path.stem} ({number}){path.suffix}"
        return free

    def _new_folder(self) -> Path:
        self._count += 1
        return self.folder / str(self._count)

    def is_reading(self) -> bool:
        """Whether a file is not read yet."""
        return any(reading.child.is_running() for reading in self.readings)

    def analyse(self, workspace: Path, version: str, answers: Mapping[str, Any]) -> None:
        """Start computing what the files hold, unless that was asked last.

        Args:
            workspace: whose decisions hold too.
            version: of its published data and decisions, so that a new one starts it anew.
            answers: what the person decided on the page.
        """
        read = [reading.child.folder for reading in self.readings if reading.tables]
        if read != self._analysed:
            # What was found in other files must not be shown for these
            self.analysis.forget()
            self._analysed = read
        key = (version, repr(answers), tuple(map(str, read)))
        self.analysis.ask(
            key, lambda: upload.start_analysis(read, workspace, answers, self._new_folder())
        )

    def look_ahead(self, workspace: Path, version: str, intent: Intent) -> None:
        """Start building what publishing would publish, unless that was asked last."""
        self.outlook.ask(
            (version, repr(intent)),
            lambda: upload.start_outlook(intent, workspace, self._new_folder()),
        )

    def publish(self, workspace: Path, intent: Intent) -> None:
        """Start publishing."""
        self.publishing.forget()
        self.publishing.ask(
            self._count, lambda: upload.start_publishing(intent, workspace, self._new_folder())
        )

    def running(self) -> list[Child]:
        """Every child at work, publishing apart."""
        children = [reading.child for reading in self.readings]
        children += [w.child for w in (self.analysis, self.outlook) if w.child is not None]
        return [child for child in children if child.is_running()]

    def close(self) -> None:
        """Stop everything and remove every trace."""
        for reading in self.readings:
            reading.child.stop()
        for work in (self.analysis, self.outlook, self.publishing):
            work.forget()
        shutil.rmtree(self.folder, ignore_errors=True)


def file_name(name: str) -> str:
    """A name a file can have on every system, still recognisable."""
    base = PurePosixPath(name.replace("\\", "/")).name.replace("\0", "")
    return base[-NAME_CHARACTERS:].lstrip(".") or "upload"


def sweep() -> None:
    """Remove what servers that are gone have left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    if sys.platform == "win32":  # there is no signal that only asks
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _close_analysis(found: Analysis) -> None:
    if found.data is not None:
        found.data.close()


def _close_outlook(found: Outlook) -> None:
    found.data.close()
