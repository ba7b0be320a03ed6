"""Files that would fill the memory: what reading one says, how long it takes and how much memory.

Each is written at full size, read in a process of its own as an upload is, and removed. The memory
is the peak of that process less what it took before it read.
"""

import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from common_ground.exports import Limits
from common_ground.settings import PROJECT

MEGABYTE = 1_000_000
_READ = """
import re, resource, sys, time
from pathlib import Path
from common_ground.errors import UnreadableExportError
from common_ground.exports import Limits, read
def peak():
    status = Path("/proc/self/status")
    if status.exists():  # elsewhere the peak is also that of the process that started this one
        return int(re.search(r"VmHWM:\\s*(\\d+)", status.read_text()).group(1)) // 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
before = peak()
try:
    tables = read(Path(sys.argv[1]), Limits(max_bytes=int(sys.argv[2])))
    print("loaded", sum(table.loaded for table in tables))
except UnreadableExportError as error:
    print("refused", error)
print(peak() - before)
print(time.process_time())
"""


@dataclass(frozen=True)
class Measured:
    """What reading a file says, and what it takes.

    Attributes:
        said: the error, or the rows loaded.
        seconds: from start to end of the process.
        cpu_seconds: the same without waiting for a processor others use.
        megabytes: memory at the peak, less that before reading.
    """

    said: str
    seconds: float
    cpu_seconds: float
    megabytes: int


def measured(path: Path) -> Measured:
    """Read a file in a process of its own, its size limit raised to let it in."""
    limit = max(Limits().max_bytes, path.stat().st_size)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path), str(limit)],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.monotonic() - began
    said, megabytes, cpu_seconds = done.stdout.strip().rsplit("\n", 2)
    return Measured(said, seconds, float(cpu_seconds), int(megabytes))


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


def odd_quotes(path: Path) -> None:
    """50 MB in which a quote inside quotes on every line leaves its cells unclear."""
    with path.open("w") as stream:
        stream.write("id,name,day\n")
        stream.write("".join(f'{number},"Ac"me, x",2026-01-01\n' for number in range(1_700_000)))


def open_header(path: Path) -> None:
    """50 MB in which the quote that never closes is in the header."""
    with path.open("w") as stream:
        stream.write('"id,name\n')
        stream.write("".join(f"{number},some name of a company\n" for number in range(1_700_000)))


def members(path: Path) -> None:
    """A zip of 50,000 files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(50_000):
            archive.writestr(f"{number}.csv", "a,b\n1,2\n")


def _sheet(path: Path, row: bytes, rows: int) -> None:
    """A workbook whose one sheet repeats a row of XML."""
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    inside = "xl/worksheets/sheet1.xml"
    with (
        zipfile.ZipFile(book) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            if name != inside:
                archive.writestr(name, source.read(name))
        with archive.open(inside, "w") as stream:
            space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            stream.write(b'<worksheet xmlns="' + space + b'"><sheetData>')
            for _ in range(rows):
                stream.write(row)
            stream.write(b"</sheetData></worksheet>")


def many_cells(path: Path) -> None:
    """A workbook of 18 million cells."""
    _sheet(path, b"<row><c><v>1</v></c><c><v>2</v></c></row>" * 1_000, 9_000)


def long_cell(path: Path) -> None:
    """A workbook with one cell of 900 MB."""
    _sheet(path, b"<row><c><v>" + b"1" * 900 * MEGABYTE + b"</v></c></row>", 1)


def far_cells(path: Path) -> None:
    """A workbook whose rows are filled at both ends of 16,384 columns."""
    ends = b'<row><c r="A%d"><v>1</v></c><c r="XFD%d"><v>1</v></c></row>'
    _sheet(path, b"".join(ends % (row, row) for row in range(1, 5_001)), 1)


def full_sheet(path: Path) -> None:
    """A sound workbook of 990,000 cells, nearly as many as it may have."""
    cell = b'<c t="inlineStr"><is><t>%s</t></is></c><c>%s</c>'
    rows = b"<row>" + cell * 5 % ((b"some text", b"<v>1.5</v>") * 5) + b"</row>"
    names = b'<c t="inlineStr"><is><t>name</t></is></c>' * 10
    _sheet(path, b"<row>" + names + b"</row>" + rows * 98_999, 1)


def _event(number: int) -> str:
    properties = {"user": f"person {number % 1000}", "plan": "pro"}
    event = {"id": number, "event": "Shared", "at": "2026-01-01", "properties": properties}
    return json.dumps(event)


def long_array(path: Path) -> None:
    """A sound JSON array of 100 MB."""
    path.write_text("[" + ",".join(map(_event, range(950_000))) + "]")


def small_objects(path: Path) -> None:
    """A JSON array of 11 million objects."""
    path.write_text("[" + '{"a":1},' * 11_000_000 + '{"a":1}]')


def long_object(path: Path) -> None:
    """A JSON object of 100 MB with the rows in it."""
    path.write_text('{"rows": [' + ",".join(map(_event, range(950_000))) + "]}")


def deep(path: Path) -> None:
    """JSON nested 5 million deep."""
    path.write_text("[" * 5 * MEGABYTE)


def wide_objects(path: Path) -> None:
    """JSON objects of 50,000 keys."""
    item = json.dumps({f"key {number}": number for number in range(50_000)})
    path.write_text("[" + ",".join([item] * 20) + "]")


FILES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "1 GB in one line": ("line.csv", one_line),
    "900 MB in one line, packed": ("line.csv.gz", packed_line),
    "1.6 GB of rows, packed": ("rows.csv.gz", packed_rows),
    "50,000 columns": ("wide.csv", wide),
    "a quote that never closes, 50 MB": ("quote.csv", open_quote),
    "such a quote on every line, 50 MB": ("quotes.csv", many_quotes),
    "such a quote in the header, 50 MB": ("header.csv", open_header),
    "unclear quotes on every line, 50 MB": ("odd.csv", odd_quotes),
    "50,000 files, zip": ("members.zip", members),
    "18,000,000 cells, XLSX": ("cells.xlsx", many_cells),
    "one cell of 900 MB, XLSX": ("cell.xlsx", long_cell),
    "16,384 columns, XLSX": ("far.xlsx", far_cells),
    "990,000 cells, XLSX, sound": ("full.xlsx", full_sheet),
    "100 MB array, JSON, sound": ("array.json", long_array),
    "11,000,000 objects, JSON": ("objects.json", small_objects),
    "100 MB in one object, JSON": ("object.json", long_object),
    "nested 5,000,000 deep, JSON": ("deep.json", deep),
    "50,000 keys, JSON": ("keys.json", wide_objects),
}


def main() -> None:
    """Print one line a file."""
    print("file | size MB | seconds (goal 15) | CPU s | memory MB (goal 600) | says")
    for what, (name, write) in FILES.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write(path)
            found = measured(path)
            size = path.stat().st_size / MEGABYTE
        print(
            f"{what} | {size:,.1f} | {found.seconds:.1f} | {found.cpu_seconds:.1f} | "
            f"{found.megabytes:,} | {found.said[:110]}"
        )


if __name__ == "__main__":
    main()
