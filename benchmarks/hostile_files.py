"""Files that would fill the memory: what reading one says, how long it takes and how much memory.

Each is written at full size, read in a process of its own as an upload is, and removed. The memory
is the peak of that process less what it took before it read.
"""

import gzip
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common_ground.settings import PROJECT

MEGABYTE = 1_000_000
_READ = """
import resource, sys
from pathlib import Path
from common_ground.errors import UnreadableExportError
from common_ground.exports import Limits, read
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = peak()
try:
    tables = read(Path(sys.argv[1]), Limits(max_bytes=2_000_000_000))
    print("loaded", sum(table.loaded for table in tables))
except UnreadableExportError as error:
    print("refused", error)
print(peak() - before)
"""


@dataclass(frozen=True)
class Measured:
    """What reading a file says, the seconds it takes with start, and the memory in MB."""

    said: str
    seconds: float
    megabytes: int


def measured(path: Path) -> Measured:
    """Read a file in a process of its own, its size limit raised to 2 GB."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path)],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    said, megabytes = done.stdout.rsplit("\n", 2)[:2]
    return Measured(said, time.monotonic() - began, int(megabytes))


def one_line(path: Path) -> None:
    """1 GB without a line end."""
    with path.open("wb") as stream:
        for _ in range(1000):
            stream.write(b"a" * MEGABYTE)


def packed_line(path: Path) -> None:
    """The same, 900 MB packed to 4 MB."""
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(900):
            stream.write(b"a" * MEGABYTE)


def packed_rows(path: Path) -> None:
    """1.6 GB of rows packed to some MB."""
    rows = b"12345,67890\n" * 100_000
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(b"a,b\n")
        for _ in range(1_600 * MEGABYTE // len(rows)):
            stream.write(rows)


def wide(path: Path) -> None:
    """50,000 columns."""
    with path.open("w") as stream:
        stream.write(",".join(f"c{number}" for number in range(50_000)) + "\n")
        for _ in range(20):
            stream.write(",".join(map(str, range(50_000))) + "\n")


def open_quote(path: Path) -> None:
    """50 MB in which a quote on the second line never closes."""
    with path.open("w") as stream:
        stream.write('id,name\n1,"never closed\n')
        stream.write("".join(f"{number},some name of a company\n" for number in range(1_700_000)))


def many_quotes(path: Path) -> None:
    """50 MB in which a quote on every line never closes."""
    with path.open("w") as stream:
        stream.write("id,name\n")
        stream.write("".join(f'{number},"some name of a company\n' for number in range(1_700_000)))


FILES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "1 GB in one line": ("line.csv", one_line),
    "900 MB in one line, packed": ("line.csv.gz", packed_line),
    "1.6 GB of rows, packed": ("rows.csv.gz", packed_rows),
    "50,000 columns": ("wide.csv", wide),
    "a quote that never closes, 50 MB": ("quote.csv", open_quote),
    "such a quote on every line, 50 MB": ("quotes.csv", many_quotes),
}


def main() -> None:
    """Print one line a file."""
    print("file | size MB | seconds (goal 15) | memory MB (goal 600) | says")
    for what, (name, write) in FILES.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write(path)
            found = measured(path)
            size = path.stat().st_size / MEGABYTE
        print(
            f"{what} | {size:,.1f} | {found.seconds:.1f} | {found.megabytes:,} | {found.said[:110]}"
        )


if __name__ == "__main__":
    main()
