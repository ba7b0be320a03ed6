"""How sure a compromise is: seeded, inside the ranges, and honest about what does not fit."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.plans import make_large
from common_ground.analysis.bargaining import find_compromise
from common_ground.analysis.plans import Candidate, Deal, Problem
from common_ground.analysis.robustness import (
    Spread,
    _draw_efforts,
    _drawn_values,
    find_reserve,
    find_robustness,
)

CERTAIN = Spread(effort_low=1, effort_high=1, probability=0, reach=0)


@pytest.fixture(scope="module")
def problem() -> Problem:
    return replace(make_large(8, 20, 30), sales_share=0.2)


@pytest.fixture(scope="module")
def found(problem):
    return find_compromise(problem, frontier=False)


def test_the_same_seed_gives_the_same_shares(problem, found):
    first = find_robustness(problem, found, draws=200, bargained=4)
    assert first == find_robustness(problem, found, draws=200, bargained=4)
    assert first != find_robustness(problem, found, draws=200, bargained=4, seed=1)


def test_without_uncertainty_everything_is_as_planned(problem, found):
    sure = find_robustness(problem, found, CERTAIN, draws=10, bargained=2)
    assert (sure.both_gain, sure.fits, sure.missing_reserve) == (float(found.trade), 1.0, 0)
    core = {item.item_id for item in sure.items if item.standing == "core"}
    assert core == set(found.compromise.items)
    assert {item.standing for item in sure.items} <= {"core", "never"}


def test_it_says_how_many_draws(problem, found):
    sure = find_robustness(problem, found, draws=50, bargained=3)
    assert (sure.draws, sure.bargained) == (50, 3)
    assert {round(item.share * 3) for item in sure.items} <= {0, 1, 2, 3}
    assert [item.item_id for item in sure.items] == list(problem.by_id)


def test_a_plan_filled_to_the_brim_does_not_fit_when_estimates_run_over(problem, found):
    """The measured warning of the design: planned to mean effort, the plan rarely fits."""
    sure = find_robustness(problem, found, draws=500, bargained=1)
    assert sure.fits < 0.5
    assert sure.missing_reserve > 0


def test_the_missing_reserve_is_what_makes_the_plan_fit(problem, found):
    sure = find_robustness(problem, found, draws=400, bargained=1)
    larger = replace(problem, capacity=problem.capacity + sure.missing_reserve)
    again = find_robustness(larger, found, draws=400, bargained=1)
    assert again.fits >= again.level
    smaller = replace(problem, capacity=problem.capacity + sure.missing_reserve - 1)
    assert find_robustness(smaller, found, draws=400, bargained=1).fits < again.level


def test_a_reserve_makes_the_plan_fit_at_the_stated_level(problem):
    reserve = find_reserve(problem, draws=300)
    carried = replace(problem, reserve=reserve)
    sure = find_robustness(
        carried, find_compromise(carried, frontier=False), draws=300, bargained=1
    )
    assert reserve > 0
    assert sure.fits >= 0.8


def test_no_reserve_is_kept_where_nothing_is_uncertain(problem):
    assert find_reserve(problem, CERTAIN, draws=20) == 0


def test_pinned_items_keep_their_room():
    pinned = Problem(
        candidates=(Candidate("A", "A", 40, 5, (40, 40, 90)),),
        deals=(),
        capacity=40,
        pins=frozenset({"A"}),
    )
    assert find_reserve(pinned, draws=50) == 0
    sure = find_robustness(pinned, find_compromise(pinned), draws=50, bargained=5)
    assert [item.standing for item in sure.items] == ["core"]


def test_efforts_stay_in_their_range_and_average_to_the_pert_mean():
    ranged = Candidate("A", "A", 40, 0, (20, 30, 100))
    exact = Candidate("B", "B", 50, 0, (50, 50, 50))
    problem = Problem((ranged, exact), (), 100)
    drawn = _draw_efforts(problem, Spread(), 20_000, np.random.default_rng(1))
    assert drawn[:, 0].min() >= 20
    assert drawn[:, 0].max() <= 100
    assert drawn[:, 0].mean() == pytest.approx((20 + 4 * 30 + 100) / 6, abs=0.5)
    assert set(drawn[:, 1]) == {50.0}


def test_a_drawn_probability_never_exceeds_one():
    problem = Problem(
        (Candidate("A", "A", 1, 0),),
        (Deal("D", 900, frozenset({"A"}), amount=1000, probability=0.9),),
        10,
    )
    deals, _ = _drawn_values(problem, np.array([[2.0], [0.5]]), np.ones((2, 1)))
    assert deals.ravel().tolist() == pytest.approx([1000, 450])


def test_a_world_without_items_is_certain():
    empty = Problem((), (), 10)
    sure = find_robustness(empty, find_compromise(empty), draws=5, bargained=2)
    assert (sure.fits, sure.both_gain, sure.items) == (1.0, 0.0, ())
