"""What must be written down so that the targets a person edited hold."""

from decimal import Decimal

import pandas as pd
import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import NewTarget
from common_ground.ui.kpi_targets import changes

BY = "Priya Ramaswell"
KNOWN = [("2026", "All", 0.33, "Marian Okafor"), ("2026-Q4", "Small", 0.4, "Marian Okafor")]


def rows(*lines):
    return pd.DataFrame(lines, columns=["period", "segment", "target", "set_by"])


def written(*edited, known=KNOWN):
    found = changes("win_rate", rows(*known), rows(*edited), BY)
    return {(one.period, one.segment): one.target for one in found}


def test_rows_left_as_they_are_write_nothing():
    assert written(*KNOWN) == {}
    assert written(*reversed(KNOWN)) == {}
    assert written(known=[]) == {}


def test_a_new_row_is_written_with_who_set_it():
    (new,) = changes("win_rate", rows(*KNOWN), rows(*KNOWN, ("2027", "All", 0.36, None)), BY)
    assert new == NewTarget("win_rate", "2027", "", Decimal("0.36"), BY)


def test_a_changed_number_is_written_and_the_rest_is_not():
    assert written(("2026", "All", 0.35, ""), KNOWN[1]) == {("2026", ""): Decimal("0.35")}


@pytest.mark.parametrize("target", [0.1, 0.3333, 1_234_567.89, 0.0, -4.0])
def test_a_number_is_written_as_it_was_typed(target):
    assert written(("2027", "All", target, ""), *KNOWN) == {("2027", ""): Decimal(str(target))}


def test_a_row_taken_away_removes_its_target():
    assert written(KNOWN[0]) == {("2026-Q4", "Small"): None}
    assert written() == {("2026", ""): None, ("2026-Q4", "Small"): None}


def test_a_row_moved_to_another_period_or_segment_leaves_no_target_behind():
    moved = written(("2027", "All", 0.33, ""), KNOWN[1])
    assert moved == {("2027", ""): Decimal("0.33"), ("2026", ""): None}
    moved = written(KNOWN[0], ("2026-Q4", "Enterprise", 0.4, ""))
    assert moved == {("2026-Q4", "Enterprise"): Decimal("0.4"), ("2026-Q4", "Small"): None}


@pytest.mark.parametrize("segment", ["All", "", None, " All "])
def test_no_segment_means_all_of_them(segment):
    assert written(("2026", segment, 0.35, ""), KNOWN[1]) == {("2026", ""): Decimal("0.35")}


def test_a_period_with_blanks_round_it_is_the_same_period():
    assert written((" 2026 ", "All", 0.33, ""), KNOWN[1]) == {}


@pytest.mark.parametrize("second", [0.33, 0.35])
@pytest.mark.parametrize("period", ["2026", " 2026"])
def test_two_targets_for_one_period_and_segment_are_refused(second, period):
    with pytest.raises(LedgerError, match="Row 3 sets the target of 2026, all segments, a second"):
        written(*KNOWN, (period, None, second, ""))


@pytest.mark.parametrize("period", ["", "  ", None])
def test_a_row_without_a_period_is_refused(period):
    with pytest.raises(LedgerError, match="Row 3 needs a period and a target"):
        written(*KNOWN, (period, "All", 0.35, ""))


@pytest.mark.parametrize("target", [None, float("nan")])
def test_a_row_without_a_number_is_refused_and_removes_nothing(target):
    with pytest.raises(LedgerError, match="Row 1 needs a period and a target"):
        written(("2026", "All", target, ""), KNOWN[1])


@pytest.mark.parametrize("period", ["2026-13", "next year", "2026-Q5"])
def test_a_period_nobody_can_read_is_refused(period):
    with pytest.raises(LedgerError, match="cannot be read"):
        written(*KNOWN, (period, "All", 0.35, ""))


@pytest.mark.parametrize("target", [float("inf"), -float("inf")])
def test_a_number_without_an_end_is_refused(target):
    with pytest.raises(LedgerError):
        written(*KNOWN, ("2027", "All", target, ""))


@pytest.mark.parametrize("by", ["", "  "])
def test_targets_without_a_name_are_refused(by):
    with pytest.raises(LedgerError):
        changes("win_rate", rows(*KNOWN), rows(KNOWN[0]), by)
