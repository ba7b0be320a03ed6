"""How sure a compromise is: seeded, inside the ranges, and honest about what does not fit."""

import random
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.plans import make_large
from common_ground.analysis.bargaining import find_compromise, find_trade
from common_ground.analysis.frontier import fits
from common_ground.analysis.plan_checks import find_violations
from common_ground.analysis.plans import Candidate, Deal, Horizon, Problem, Team, evaluate
from common_ground.analysis.relaxed import Relaxed
from common_ground.analysis.reserve import find_reserve, fit_chance
from common_ground.analysis.robustness import bargain_draws, find_robustness
from common_ground.analysis.solver import Limits
from common_ground.analysis.spread import (
    Spread,
    _drawn_values,
    draw_efforts,
    draw_inputs,
    drawn_world,
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
    sure = find_robustness(problem, found, bargained=0)
    larger = replace(problem, capacity=problem.capacity + sure.missing_reserve)
    assert fit_chance(larger, found.compromise) >= sure.level
    smaller = replace(problem, capacity=problem.capacity + sure.missing_reserve - 1)
    assert fit_chance(smaller, found.compromise) < sure.level


def drawn_share(problem: Problem, items, seed: int, draws: int = 10_000) -> float:
    """Share of fresh draws in which some items fit capacity and every team's; not the code's."""
    efforts = draw_efforts(problem, Spread(), draws, np.random.default_rng(seed))
    ids = list(problem.by_id)

    def used(members):
        return efforts[:, [n for n, i in enumerate(ids) if i in members]].sum(axis=1)

    fits = used(set(items)) <= problem.capacity
    for team in problem.teams:
        fits &= used(set(items) & team.items) <= team.capacity
    return float(fits.mean())


@pytest.mark.parametrize("seed", range(6))
def test_the_chance_to_fit_equals_the_share_of_fresh_draws(seed):
    problem = make_large(seed, 30, 40)
    if seed % 2:
        ids = list(problem.by_id)
        capacity = problem.capacity // 3
        problem = replace(
            problem,
            teams=(
                Team("Web", frozenset(ids[::2]), capacity),
                Team("App", frozenset(ids[1::4]), capacity),
            ),
        )
    plan = find_trade(problem).compromise
    for extra in (0, 20, 60):
        roomy = replace(problem, capacity=problem.capacity + extra)
        share = drawn_share(roomy, plan.items, seed=seed + 77)
        assert fit_chance(roomy, plan) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("level", [0.8, 0.9])
@pytest.mark.parametrize("seed", range(4))
def test_the_shown_compromise_fits_at_the_stated_level_in_10_000_fresh_draws(seed, level):
    problem = make_large(seed, 40, 60)
    ids = list(problem.by_id)
    if seed % 2:
        web = Team("Web", frozenset(ids[::2]), problem.capacity // 2)
        problem = replace(problem, teams=(web,))
    carried, reserve, trade = find_reserve(problem, level=level)
    assert reserve.is_reached
    assert reserve.tenths == carried.reserve > 0
    assert find_violations(carried, trade.compromise) == []
    assert drawn_share(carried, trade.compromise.items, seed=2_000 + seed) >= level


def test_no_reserve_is_kept_where_nothing_is_uncertain_or_none_is_asked_for(problem):
    assert find_reserve(problem, CERTAIN)[1].tenths == 0
    assert find_reserve(problem, level=0)[1].tenths == 0


def test_a_level_that_no_reserve_reaches_is_told():
    """The pinned item alone overruns; so does a roadmap that is filled to the brim."""
    pinned = Problem(
        candidates=(Candidate("A", "A", 40, 5, (40, 40, 90)), Candidate("B", "B", 5, 5)),
        deals=(),
        capacity=41,
        pins=frozenset({"A"}),
    )
    _, reserve, trade = find_reserve(pinned)
    assert not reserve.is_reached
    assert reserve.fits < 0.8
    assert trade.compromise.items == ("A",)
    assert "what must be in" in reserve.note or "no deal itself" in reserve.note
    full = Problem(
        candidates=(Candidate("A", "A", 40, 50, (40, 40, 90)), Candidate("B", "B", 40, 5)),
        deals=(Deal("D", 9, frozenset({"A"})),),
        capacity=41,
        planned=frozenset({"A"}),
    )
    _, reserve, trade = find_reserve(full)
    assert not reserve.is_reached
    assert "no deal itself fits in" in reserve.note


def test_draws_can_be_stopped_and_say_how_far_they_are(problem, found):
    drawn = bargain_draws(problem, found, draws=30)
    first, second = next(drawn), next(drawn)
    drawn.close()
    assert (first.done, second.done, second.of) == (1, 2, 30)
    assert {item.share for item in second.items} <= {0.0, 0.5, 1.0}


@pytest.mark.parametrize("seed", range(5))
def test_a_quick_bargain_is_near_the_exact_one_and_keeps_every_rule(seed):
    problem = with_roadmap(make_large(seed, 40, 60), seed)
    found = find_compromise(problem, frontier=False)
    inputs = draw_inputs(problem, Spread(), 5, seed)
    relaxed = Relaxed(problem)
    for draw in range(5):
        world, zero = drawn_world(problem, inputs, draw, found.no_deal.plan)
        quick = relaxed.bargain(world, zero, Limits(), evaluate(world, found.compromise.items))
        assert find_violations(world, quick.plan) == []
        exact = find_trade(replace(world, no_deal="roadmap"))
        assert exact.no_deal.plan.items == zero.items
        gains = [
            min(
                (plan.sales - zero.sales) / (exact.most_sales - zero.sales),
                (plan.product - zero.product) / (exact.most_product - zero.product),
            )
            for plan in (quick.plan, exact.compromise)
        ]
        assert gains[0] >= 0.9 * gains[1]
        assert gains[1] <= gains[0] + quick.gap + 0.02


def with_roadmap(problem: Problem, seed: int) -> Problem:
    """The problem with a roadmap filled at random."""
    shuffled = random.Random(seed)
    held = frozenset()
    for item_id in shuffled.sample(list(problem.by_id), len(problem.by_id)):
        grown = held | problem.needs[item_id]
        if fits(problem, grown, problem.room):
            held = grown
    return replace(problem, planned=held, no_deal="roadmap")


def test_a_drawn_world_holds_no_deal_whatever_it_takes():
    problem = make_large(4, 20, 30)
    ids = list(problem.by_id)
    problem = replace(
        problem,
        teams=(Team("Web", frozenset(ids[:10]), problem.capacity // 2),),
        horizons=(Horizon("Later", frozenset(ids[5:15]), 0.3),),
        pins=frozenset(ids[:1]),
    )
    no_deal = find_trade(problem).no_deal.plan
    inputs = draw_inputs(problem, Spread(), 40, 1)
    for draw in range(40):
        world, zero = drawn_world(problem, inputs, draw, no_deal)
        assert find_violations(world, zero) == []


def test_efforts_stay_in_their_range_and_average_to_the_pert_mean():
    ranged = Candidate("A", "A", 40, 0, (20, 30, 100))
    exact = Candidate("B", "B", 50, 0, (50, 50, 50))
    problem = Problem((ranged, exact), (), 100)
    drawn = draw_efforts(problem, Spread(), 20_000, np.random.default_rng(1))
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
