"""The role swap: what is contested, and how far off a guess is."""

from decimal import Decimal

import pytest

from common_ground.analysis.bargaining import find_compromise
from common_ground.analysis.plans import Candidate, Deal, Problem
from common_ground.analysis.role_swap import MOST, find_contested, find_gap, typical_factor


@pytest.fixture(scope="module")
def problem():
    sales = tuple(Candidate(f"S{n}", f"Deal thing {9 - n}", 10, 0) for n in range(8))
    product = tuple(Candidate(f"P{n}", f"Use thing {n}", 10, 50 + n) for n in range(8))
    deals = tuple(Deal(f"D{n}", 100 + n, frozenset({f"S{n}"}), amount=1000 + n) for n in range(8))
    return Problem(sales + product, deals, 80)


def test_each_side_guesses_at_what_only_the_other_would_build(problem):
    found = find_compromise(problem, frontier=False)
    reach = {f"P{n}": 10.0 + n for n in range(8)}
    asked = find_contested(problem, found, reach)
    by_side = {side: [one for one in asked if one.guesser == side] for side in ("sales", "product")}
    assert [one.item_id for one in by_side["sales"]] == [f"P{n}" for n in range(2, 8)]
    assert {one.item_id for one in by_side["product"]} == {f"S{n}" for n in range(2, 8)}
    assert all(len(asked) == MOST for asked in by_side.values())
    assert {one.item_id: one.actual for one in by_side["sales"]}["P7"] == Decimal("17.0")
    assert {one.item_id: one.actual for one in by_side["product"]}["S7"] == Decimal(1007)


def test_the_order_gives_nothing_away(problem):
    found = find_compromise(problem, frontier=False)
    asked = find_contested(problem, found, {})
    titles = [one.title for one in asked]
    assert titles == sorted(titles)
    assert all(one.guesser == "product" for one in asked)


@pytest.mark.parametrize(
    ("guess", "actual", "times", "is_far"),
    [
        (200, 100, 2.0, True),
        (199, 100, 1.99, False),
        (50, 100, 0.5, True),
        (0, 100, 0.0, True),
        (0, 0, None, False),
        (5, 0, None, True),
    ],
)
def test_a_guess_is_far_off_from_twice_or_half(guess, actual, times, is_far):
    gap = find_gap("Thing", Decimal(guess), Decimal(actual))
    assert (gap.times, gap.is_far) == (times, is_far)


def test_the_middle_guess_counts_too_low_like_too_high():
    gaps = [find_gap("", Decimal(guess), Decimal(100)) for guess in (50, 400, 100)]
    assert typical_factor(gaps) == 2.0
    assert typical_factor([find_gap("", Decimal(5), Decimal(0))]) is None
    assert typical_factor([find_gap("", Decimal(0), Decimal(5))]) == float("inf")
