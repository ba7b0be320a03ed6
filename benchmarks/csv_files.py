"""Polluted CSV files: what each reader gives back of the records a perfect one would.

300 files of the Pollock benchmark and the 12 of csv-spectrum, read by ours, by DuckDB with its
defaults, by DuckDB with its most forgiving settings, and by pandas with `sep=None`.

Record F1: records are the rows below the header, each a tuple of its cells as text, blank and
missing alike. Of the multisets a reader gave and a perfect one gives, F1 is twice the shared
records over all records of both; 1 where both have none; a file that is refused counts 0. Silent
loss: the file was read without an error or a warning, and a record of the clean file is missing or
changed without being rejected by line.
"""

import csv
import json
import tarfile
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from common_ground.errors import CommonGroundError
from common_ground.exports import read
from common_ground.settings import PROJECT

SETS = PROJECT.parent / "shared" / "benchmarks" / "csv"
Records = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Given:
    """What a reader gave back.

    Attributes:
        records: rows below the header.
        is_told: whether it said that something was odd.
        rejected: lines it named as rejected.
    """

    records: Records
    is_told: bool = False
    rejected: int = 0


@dataclass(frozen=True)
class Case:
    """One file and the records a perfect reader gives."""

    path: Path
    records: Records


Reader = Callable[[Path], Given | None]


def ours(path: Path) -> Given | None:
    """Our reader; None where it refuses the file."""
    try:
        tables = read(path)
    except CommonGroundError as error:
        # A header without rows is refused with exactly that sentence: none are lost.
        return Given(Counter(), True) if "only a header, no rows" in str(error) else None
    records: Records = Counter()
    for table in tables:
        records.update(tuple(cell or "" for cell in row.values()) for row in table.rows.to_pylist())
    told = any(table.warnings or table.questions for table in tables)
    return Given(records, told, sum(len(table.rejected) for table in tables))


def duckdb_defaults(path: Path) -> Given | None:
    """`read_csv` as it is, but for types: a number written in another way is no loss."""
    return _duckdb(path, "select * from read_csv(?, all_varchar = true)")


def duckdb_tuned(path: Path) -> Given | None:
    """`read_csv` with the settings that give back most, told that commas separate the cells."""
    return _duckdb(
        path,
        "select * from read_csv(?, all_varchar = true, null_padding = true, strict_mode = false, "
        "parallel = false, sample_size = -1, header = true, delim = ',', quote = '\"', "
        "escape = '\"')",
    )


def _duckdb(path: Path, sql: str) -> Given | None:
    try:
        with duckdb.connect() as connection:
            rows = connection.execute(sql, [str(path)]).fetchall()
    except duckdb.Error:
        return None
    return Given(Counter(tuple(map(_text, row)) for row in rows))


def pandas_sniffing(path: Path) -> Given | None:
    """`read_csv` with `sep=None` and the python engine, as text, warning of bad lines."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            frame = pd.read_csv(
                path, sep=None, engine="python", dtype=str, keep_default_na=False,
                index_col=False, on_bad_lines="warn",
            )  # fmt: skip
        except (ValueError, csv.Error):
            return None
    rows = Counter(tuple(map(_text, row)) for row in frame.itertuples(index=False))
    return Given(rows, bool(told))


READERS: dict[str, Reader] = {
    "Common Ground": ours,
    "DuckDB defaults": duckdb_defaults,
    "DuckDB tuned": duckdb_tuned,
    "pandas sep=None": pandas_sniffing,
}


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)


def f1(case: Case, given: Given | None) -> float:
    """Record F1 of one file; see the module."""
    if given is None:
        return 0.0
    total = case.records.total() + given.records.total()
    return 2 * (case.records & given.records).total() / total if total else 1.0


def is_silent_loss(case: Case, given: Given | None) -> bool:
    """Whether records are missing or changed and nobody was told."""
    if given is None or given.is_told:
        return False
    missing = (case.records - given.records).total()
    return missing > given.rejected


def pollock(folder: Path) -> Iterator[Case]:
    """The 300 polluted files, unpacked into a folder."""
    with tarfile.open(SETS / "pollock.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    for path in sorted((folder / "pollock" / "csv").glob("*.csv")):
        with (path.parents[1] / "clean" / path.name).open(newline="", encoding="utf-8") as clean:
            _, *rows = csv.reader(clean)
        yield Case(path, Counter(map(tuple, rows)))


def spectrum() -> Iterator[Case]:
    """The 12 files of csv-spectrum."""
    for path in sorted((SETS / "csv-spectrum" / "csvs").glob("*.csv")):
        answer = (SETS / "csv-spectrum" / "json" / f"{path.stem}.json").read_text("utf-8")
        # The copy at hand lost the carriage returns of its CSV files, not of its answers.
        expected = json.loads(answer.replace("\\r\\n", "\\n"))
        rows = expected if isinstance(expected, list) else [expected]
        if path.stem == "location_coordinates":
            # The benchmark's answer has another phone number than its question.
            rows[0]["Contact Phone Number"] = _second_cell(path)
        yield Case(path, Counter(tuple(row.values()) for row in rows))


def _second_cell(path: Path) -> str:
    with path.open(newline="", encoding="utf-8") as stream:
        header, row = list(csv.reader(stream))[:2]
    return row[header.index("Contact Phone Number")]


def compare(name: str, cases: list[Case]) -> None:
    """Print one line a reader."""
    print(f"{name}, {len(cases)} files")
    for reader, function in READERS.items():
        given = [(case, function(case.path)) for case in cases]
        score = sum(f1(case, found) for case, found in given) / len(cases)
        silent = sum(is_silent_loss(case, found) for case, found in given)
        refused = sum(found is None for _, found in given)
        print(
            f"  {reader:16} record F1 {score:.4f}, silent loss in {silent} files, {refused} refused"
        )


def main() -> None:
    """Print both sets, every reader on the same files."""
    with tempfile.TemporaryDirectory() as folder:
        compare("Pollock", list(pollock(Path(folder))))
    compare("csv-spectrum", list(spectrum()))


if __name__ == "__main__":
    main()
