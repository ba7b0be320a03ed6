"""Why this plan: flips, bands, fairness, what is declined; each true by the model it explains."""

from dataclasses import replace

import pytest

from benchmarks.plans import make_large
from common_ground.analysis.bands import by_ranks, find_bands
from common_ground.analysis.bargaining import bargain_over, find_compromise, find_trade
from common_ground.analysis.declined import find_declined, find_declined_accounts
from common_ground.analysis.fairness import find_fairness
from common_ground.analysis.flips import _changed, find_flips, flip_steps
from common_ground.analysis.frontier import frontier_steps, is_dominated
from common_ground.analysis.plan_inputs import Uncounted
from common_ground.analysis.plans import TENTHS, Candidate, Deal, Problem, Team, evaluate
from common_ground.analysis.trades import find_openers
from tests.analysis.plan_worlds import make_problem, with_teams_and_horizons


def world(**changes) -> Problem:
    """Sales gains with A and B, product with C; the roadmap holds D and E."""
    values = {
        "candidates": (
            Candidate("A", "Audit log", 20, 30),
            Candidate("B", "Bulk edit", 20, 10),
            Candidate("C", "Custom roles", 30, 90),
            Candidate("D", "Dashboards", 30, 20),
            Candidate("E", "Exports", 40, 10),
        ),
        "deals": (
            Deal("D1", 500, frozenset({"A", "B"}), "Acme", 1000, 0.5),
            Deal("D2", 80, frozenset({"D"}), "Globex", 100, 0.8),
            Deal("D3", 40, frozenset({"E", "D"}), "Initech", 100, 0.4),
        ),
        "capacity": 70,
        "planned": frozenset({"D", "E"}),
    }
    return Problem(**{**values, **changes})


@pytest.fixture(scope="module")
def found():
    return find_compromise(world())


# ---- fairness


def test_fairness_is_each_sides_part_of_value_effort_and_asks(found):
    assert found.compromise.items == ("A", "B", "C")
    fair = find_fairness(world(), found)
    assert (fair.sales.value, fair.sales.best) == (500, found.sales_alone.sales)
    assert fair.product.value_share == 130 / found.product_alone.product
    # A and B unlock a deal together and are sales'; C is product's
    assert (fair.sales.effort, fair.product.effort) == (40, 30)
    assert fair.sales.effort_share + fair.product.effort_share == 1
    assert (fair.sales.asks_met, fair.sales.asks) == (1, 3)
    assert (fair.product.asks_met, fair.product.asks) == (3, 5)


def test_fairness_of_nothing_divides_by_nothing():
    empty = Problem((), (), 10)
    fair = find_fairness(empty, find_compromise(empty))
    assert (fair.sales.value_share, fair.sales.effort_share, fair.sales.asks_share) == (
        None,
        None,
        None,
    )


# ---- flips


@pytest.mark.parametrize("seed", [9, 11, 17])
def test_a_flip_is_true_on_both_sides_of_its_edge(seed):
    problem = replace(make_large(seed, 18, 25), sales_share=0.8)
    problem = replace(
        problem,
        deals=tuple(replace(d, amount=2 * d.value, probability=0.5) for d in problem.deals),
    )
    found = find_compromise(problem, frontier=False)
    flips = find_flips(problem, found)
    assert flips
    for flip in flips:
        nearer = flip.at + (1 if flip.at < flip.now else -1)
        for value, moves in ((flip.at, True), (nearer, False)):
            changed = _changed(problem, flip.item_id, flip.what, value, flip.deal_id)
            zero = evaluate(changed, found.no_deal.plan.items)
            plan = bargain_over(changed, zero) or zero
            assert ((flip.item_id in plan.items) == flip.comes_in) == moves


def test_flips_can_be_stopped_and_each_step_is_given(found):
    steps = flip_steps(world(), found)
    next(steps)
    steps.close()
    # Two items go out, three come in, three inputs each
    assert len(list(flip_steps(world(), found))) == 15
    assert all(flip.what == "effort" for flip in find_flips(world(), found, inputs=("effort",)))


# ---- bands


def test_each_band_is_the_compromise_under_its_assumption(found):
    problem = world()
    bands = list(find_bands(problem, found))
    assert [band.done for band in bands] == list(range(1, bands[0].of + 1))
    assert [band.kind for band in bands].count("no_deal") == 5
    for band in bands:
        if band.kind == "capacity":
            anew = find_trade(replace(problem, capacity=round(band.at)))
            assert (band.plan, band.trade) == (anew.compromise, anew.gains_both)
            assert band.sales_gain == anew.compromise.sales - anew.no_deal.plan.sales
        changed = set(found.compromise.items) - set(band.goes_out) | set(band.comes_in)
        assert set(band.plan.items) == changed


def test_ranks_keep_the_order_of_values_and_nothing_else():
    ranked = by_ranks(world())
    assert [deal.value for deal in ranked.deals] == [3, 2, 1]
    assert [c.product for c in ranked.candidates] == [3, 1, 4, 2, 1]
    assert by_ranks(replace(world(), deals=(Deal("D1", 0, frozenset({"A"})),))).deals[0].value == 0


def test_a_band_without_any_plan_says_why(found):
    problem = world(pins=frozenset({"A", "B"}), capacity=45)
    bands = list(find_bands(problem, find_compromise(problem)))
    least = bands[0]
    assert (least.plan, least.trade, least.sales_gain) == (None, False, 0)
    assert "Audit log (A), Bulk edit (B)" in least.why_none


# ---- declined


def test_every_blocked_account_is_told_what_it_waits_for(found):
    uncounted = [Uncounted("D9", "Acme", 10.0, "has no amount")]
    rows = {r.account: r for r in find_declined_accounts(world(), found, uncounted)}
    assert list(rows) == ["Globex", "Initech", "Acme"]
    assert (rows["Globex"].money, rows["Globex"].item_ids) == (80, ("D",))
    assert rows["Globex"].sentence.startswith("Dashboards is not in this plan. It takes 3 weeks")
    assert rows["Initech"].sentence.startswith("Dashboards and Exports are not in this plan.")
    assert (rows["Acme"].money, rows["Acme"].sentence) == (0, "Deal D9 has no amount.")
    assert rows["Acme"].deal_ids == ("D9",)


def test_an_item_whose_needs_exclude_each_other_is_declined_with_that_reason():
    problem = world(requires=frozenset({("E", "A"), ("E", "B")}), excludes=frozenset({("A", "B")}))
    rows = {r.item_id: r for r in find_declined(problem, find_compromise(problem))}
    assert rows["E"].reason == "It needs Audit log and Bulk edit, which exclude each other."


def test_what_a_team_lacks_is_said_of_the_team():
    teams = (Team("Web", frozenset({"A", "B"}), 25), Team("App", frozenset({"D", "E"}), 70))
    problem = world(teams=teams, capacity=200)
    result = find_compromise(problem)
    rows = {r.item_id: r for r in find_declined(problem, result)}
    assert "0.5 are free for Web" in rows["B"].reason
    tight = world(teams=(Team("Web", frozenset({"A", "B"}), 25),), deals=world().deals[:1])
    opening = find_openers(tight, find_compromise(tight))[0]
    assert opening.startswith("With 1.5 more person-weeks for Web ")


@pytest.mark.parametrize("seed", range(25))
def test_a_declined_item_fits_with_everything_its_sentence_says_is_lacking(seed):
    problem = with_teams_and_horizons(make_problem(seed, 10, capacity=60, reserve=4), seed)
    result = find_compromise(problem)
    held = frozenset(result.compromise.items)
    for row in find_declined(problem, result):
        if not row.reopens.startswith("Fits on top"):
            continue
        grown = held | problem.needs[row.item_id]
        said = row.reopens.split(" Its deals also")[0]
        for bound in problem.bounds:
            lacking = problem.effort_of(grown & bound.items) - bound.most
            words = f"{lacking / TENTHS:.1f} more person-weeks {bound.name}".rstrip()
            assert lacking <= 0 or f" {words}" in said


def test_a_reserve_that_prevents_a_trade_is_named():
    problem = world(reserve=35)
    result = find_compromise(problem)
    assert not result.trade
    said = find_openers(problem, result)
    assert "Without the reserve of 3.5 person-weeks both sides gain at this capacity." in said


# ---- frontier in steps


def test_the_frontier_grows_plan_by_plan_and_can_be_stopped():
    problem = make_large(3, 20, 30)
    found = find_compromise(problem, frontier=False)
    ends = found.sales_alone, found.product_alone
    steps = list(frontier_steps(problem, *ends))
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == 1.0
    assert steps[-1].frontier.is_complete
    assert all(not step.frontier.is_complete for step in steps[:-1])
    last = steps[-1].frontier.plans
    assert not any(is_dominated(a, b) for a in last for b in last)
    stopped = frontier_steps(problem, *ends)
    assert next(stopped).frontier.plans[0] == found.sales_alone
    stopped.close()
