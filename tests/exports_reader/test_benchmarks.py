"""Files nobody on this project wrote: they load, add up, and lose nothing silently."""

import csv

import pytest

from benchmarks import csv_files
from common_ground.errors import UnreadableExportError
from common_ground.exports import read


def test_every_shared_export_reads_and_adds_up(shared):
    loaded = {}
    for path in sorted((shared / "exports").glob("*/*.csv")):
        if path.name == "empty.csv":
            with pytest.raises(UnreadableExportError, match="only a header"):
                read(path)
            continue
        (table,) = read(path)
        assert table.rejected == (), path
        assert table.warnings == (), path
        loaded[path.name] = table.loaded
    assert loaded["ravenstack_feature_usage.csv"] == 25_000
    assert loaded["sales_pipeline.csv"] == 8_800
    assert loaded["jira_timeline_tab_separated.csv"] == 8
    assert len(loaded) == 25


def test_csv_spectrum_is_exact(shared):
    cases = list(csv_files.spectrum())
    assert len(cases) == 12
    assert [
        case.path.name for case in cases if csv_files.f1(case, csv_files.ours(case.path)) < 1
    ] == []


def test_no_pollock_file_loses_a_row_silently(shared, tmp_path):
    given = [(case, csv_files.ours(case.path)) for case in csv_files.pollock(tmp_path)]
    assert len(given) == 300
    silent = [case.path.name for case, found in given if csv_files.is_silent_loss(case, found)]
    assert silent == []
    assert sum(csv_files.f1(case, found) for case, found in given) / 300 >= 0.99


@pytest.mark.parametrize("damage", ["a cell more", "a delimiter less", "another delimiter"])
def test_one_damaged_line_is_never_read_wrong(shared, tmp_path, damage):
    source = (shared / "exports" / "maven_crm" / "accounts.csv").read_text().splitlines()
    expected = set(map(tuple, csv.reader(source)))
    path = tmp_path / "accounts.csv"
    for place in range(1, len(source), 9):
        cells = source[place].split(",")
        for at in range(1, len(cells)):
            if damage == "a cell more":
                line = ",".join([*cells[:at], "", *cells[at:]])
            elif damage == "a delimiter less":
                line = ",".join([*cells[: at - 1], cells[at - 1] + cells[at], *cells[at + 1 :]])
            else:
                line = ";".join(cells)
            path.write_text("\n".join([*source[:place], line, *source[place + 1 :]]))
            (table,) = read(path)
            rows = {tuple(c or "" for c in row.values()) for row in table.rows.to_pylist()}
            assert rows <= expected, (place, at)
            assert table.loaded + len(table.rejected) == 85
