"""Every plan the page names, compared with trying all subsets and with published optima."""

import random
from dataclasses import replace

import pytest

from benchmarks import plans as benchmark
from common_ground.analysis.bargaining import find_compromise, find_opening
from common_ground.analysis.declined import find_declined
from common_ground.analysis.frontier import find_frontier, is_dominated, sample_plans
from common_ground.analysis.nash import _search_boxes
from common_ground.analysis.no_deal import NoDeal, find_favourite, find_no_deal
from common_ground.analysis.plan_checks import find_violations
from common_ground.analysis.plans import Candidate, Deal, Problem, evaluate
from common_ground.analysis.reserve import find_reserve
from common_ground.analysis.solver import Limits
from common_ground.analysis.trades import find_openers, find_price, find_swaps
from common_ground.settings import PROJECT
from tests.analysis import plan_worlds as worlds

PUBLISHED = PROJECT.parent / "shared" / "benchmarks" / "plans"
needs_published = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the published instances are not on this machine"
)
SEEDS = range(48)
BATCH = 20
BATCHES = range(17)  # of BATCH problems each: 340


def make(seed: int) -> Problem:
    """A small problem; every third with a pin and a veto, every fourth with teams and a horizon."""
    problem = worlds.make_problem(seed, items=3 + seed % 6)
    if seed % 4 == 1:
        problem = worlds.with_teams_and_horizons(problem, seed)
    return worlds.with_pins(problem, seed) if seed % 3 == 0 else problem


@pytest.fixture(scope="module")
def found():
    return {seed: (make(seed), find_compromise(make(seed))) for seed in SEEDS}


@pytest.mark.parametrize("batch", BATCHES)
def test_every_plan_equals_trying_all_subsets(batch):
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        problem = make(seed)
        result = find_compromise(problem)
        zero = result.no_deal.plan
        assert result.proven
        assert result.sales_alone == worlds.brute_favourite(problem, "sales")
        assert result.product_alone == worlds.brute_favourite(problem, "product")
        assert result.compromise == worlds.brute_compromise(problem, zero)
        points = [(plan.sales, plan.product) for plan in result.frontier.plans]
        assert points == worlds.brute_frontier(problem)
        assert result.frontier.is_complete
        best_product = worlds.brute_nash(problem, zero)
        assert result.trade == (best_product > 0)
        if result.trade:
            gains = (result.nash.sales - zero.sales) * (result.nash.product - zero.product)
            assert gains == best_product


def test_the_random_problems_hold_both_trades_and_none(found):
    trades = sum(result.trade for _, result in found.values())
    assert 6 <= trades <= len(SEEDS) - 6


@pytest.mark.parametrize("seed", SEEDS)
def test_every_named_plan_obeys_the_rules(found, seed):
    problem, result = found[seed]
    named = (result.compromise, result.nash, result.sales_alone, result.product_alone)
    for plan in (*named, *result.frontier.plans):
        assert find_violations(problem, plan) == []
    assert find_violations(problem, result.no_deal.plan, problem.room) == []


@pytest.mark.parametrize("seed", range(40))
def test_nash_by_boxes_equals_trying_all_subsets(seed):
    """The boxes are the fallback of the fixed point; start them from no gain at all."""
    draw = random.Random(seed)
    ids = [f"I{n}" for n in range(9)]
    problem = Problem(
        candidates=tuple(Candidate(i, i, draw.randint(1, 30), draw.randint(0, 400)) for i in ids),
        deals=tuple(Deal(i, draw.randint(0, 5000), frozenset({i})) for i in ids),
        capacity=draw.randint(20, 90),
    )
    zero = evaluate(problem, [])
    limits, proofs = Limits(), []
    most = tuple(getattr(find_favourite(problem, side), side) for side in ("sales", "product"))
    best = _search_boxes(problem, zero, zero, most, limits, proofs)
    assert best.sales * best.product == worlds.brute_nash(problem, zero)
    assert all(proofs)


# ---- no deal


def roadmap(**changes) -> Problem:
    values = {
        "candidates": (
            Candidate("A", "A", 20, 30),
            Candidate("B", "B", 20, 10),
            Candidate("C", "C", 30, 90),
            Candidate("D", "D", 10, 5),
        ),
        "deals": (Deal("D1", 500, frozenset({"A", "B"})), Deal("D2", 80, frozenset({"D"}))),
        "capacity": 60,
        "requires": frozenset({("C", "D")}),
        "planned": frozenset({"C"}),
    }
    return Problem(**{**values, **changes})


def test_no_deal_is_the_roadmap_with_its_prerequisites_where_it_fits():
    no_deal = find_no_deal(roadmap())
    assert (no_deal.plan.items, no_deal.basis) == (("C", "D"), "roadmap")


def test_a_roadmap_may_use_the_reserve():
    assert find_no_deal(roadmap(capacity=40, reserve=20)).basis == "roadmap"


def test_a_roadmap_that_does_not_fit_falls_back_on_shares_and_says_so():
    no_deal = find_no_deal(roadmap(capacity=39))
    assert no_deal.basis == "shares"
    assert "the roadmap needs 4 of 3.9 person-weeks" in no_deal.note


def test_a_roadmap_that_contradicts_itself_falls_back_on_shares_and_says_so():
    no_deal = find_no_deal(
        roadmap(
            excludes=frozenset({("C", "D")}), requires=frozenset(), planned=frozenset({"C", "D"})
        )
    )
    assert "C and D on the roadmap exclude each other" in no_deal.note


def test_each_side_fills_its_share_then_the_rest_is_filled_in_turn():
    no_deal = find_no_deal(roadmap(no_deal="shares", sales_share=0.4))
    # Sales: 2.4 weeks hold D (80) but not A and B. Product: 3.6 weeks hold A and D (35), not C.
    # What is left, 3 weeks, takes B: it unlocks D1 for sales.
    assert no_deal.plan.items == ("A", "B", "D")
    assert no_deal.basis == "shares"


def test_an_item_both_sides_pick_is_paid_once():
    problem = Problem(
        candidates=(Candidate("A", "A", 10, 5), Candidate("B", "B", 10, 1)),
        deals=(Deal("D1", 9, frozenset({"A"})),),
        capacity=20,
        no_deal="shares",
    )
    assert find_no_deal(problem).plan.items == ("A", "B")


def test_picks_that_exclude_each_other_do_not_both_enter_no_deal():
    problem = Problem(
        candidates=(Candidate("A", "A", 10, 0), Candidate("B", "B", 10, 9)),
        deals=(Deal("D1", 9, frozenset({"A"})),),
        capacity=20,
        excludes=frozenset({("A", "B")}),
        no_deal="shares",
    )
    assert find_no_deal(problem).plan.items == ("A",)


@pytest.mark.parametrize("seed", range(60))
def test_no_deal_is_a_plan_that_nobody_would_extend_alone(seed):
    problem = replace(make(seed), no_deal="shares")
    plan = find_no_deal(problem).plan
    assert find_violations(problem, plan) == []
    for item_id in set(problem.by_id) - set(plan.items):
        grown = evaluate(problem, set(plan.items) | problem.needs[item_id])
        if not find_violations(problem, grown):
            assert (grown.sales, grown.product) == (plan.sales, plan.product)


@pytest.mark.parametrize("seed", range(30))
def test_shares_give_each_side_at_least_its_own_best_plan_in_its_share(seed):
    problem = replace(worlds.make_problem(seed, items=6), no_deal="shares", excludes=frozenset())
    share = int(problem.capacity * round(100 * problem.sales_share) // 100)
    plan = find_no_deal(problem).plan
    assert plan.sales >= worlds.brute_favourite(problem, "sales", capacity=share).sales
    rest = problem.capacity - share
    assert plan.product >= worlds.brute_favourite(problem, "product", capacity=rest).product


# ---- properties


@pytest.mark.parametrize("seed", range(20))
def test_more_capacity_never_lowers_a_sides_best(seed):
    problem = make(seed)
    larger = replace(problem, capacity=problem.capacity + 25)
    for side in ("sales", "product"):
        best = getattr(find_favourite(problem, side), side)
        assert getattr(find_favourite(larger, side), side) >= best


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("sales", "product"), [(7, 1), (1, 1000), (13, 3)])
def test_scaling_one_sides_values_changes_no_compromise(seed, sales, product):
    problem = make(seed)
    scaled = replace(
        problem,
        candidates=tuple(replace(c, product=c.product * product) for c in problem.candidates),
        deals=tuple(replace(d, value=d.value * sales) for d in problem.deals),
    )
    assert (
        find_compromise(scaled, frontier=False).compromise.items
        == find_compromise(problem, frontier=False).compromise.items
    )


def renamed(problem: Problem) -> Problem:
    """The same problem with ids in another order and its rows turned round."""
    names = dict(zip(problem.by_id, [f"Z{99 - n}" for n in range(len(problem.by_id))], strict=True))

    def all_of(items):
        return frozenset(names[i] for i in items)

    def pairs(rules):
        return frozenset((names[a], names[b]) for a, b in rules)

    return replace(
        problem,
        candidates=tuple(
            replace(c, item_id=names[c.item_id]) for c in reversed(problem.candidates)
        ),
        deals=tuple(replace(d, blockers=all_of(d.blockers)) for d in reversed(problem.deals)),
        requires=pairs(problem.requires),
        excludes=pairs(problem.excludes),
        pins=all_of(problem.pins),
        vetoes=all_of(problem.vetoes),
        planned=all_of(problem.planned),
        teams=tuple(replace(t, items=all_of(t.items)) for t in problem.teams),
        horizons=tuple(replace(h, items=all_of(h.items)) for h in problem.horizons),
    )


@pytest.mark.parametrize("seed", range(60))
def test_renaming_and_shuffling_changes_no_plans_value(seed):
    problem = make(seed)
    ours = find_compromise(problem, frontier=False)
    theirs = find_compromise(renamed(problem), frontier=False)
    for name in ("compromise", "nash", "sales_alone", "product_alone"):
        a, b = getattr(ours, name), getattr(theirs, name)
        assert (name, a.sales, a.product, a.effort) == (name, b.sales, b.product, b.effort)
    a, b = ours.no_deal.plan, theirs.no_deal.plan
    assert (a.sales, a.product, a.effort) == (b.sales, b.product, b.effort)
    assert (ours.most_sales, ours.most_product) == (theirs.most_sales, theirs.most_product)


def test_the_reserve_depends_on_no_name():
    for seed in range(8):
        problem = benchmark.make_large(seed, 16, 24)
        ours, theirs = find_reserve(problem)[1], find_reserve(renamed(problem))[1]
        assert ours == theirs


def test_the_same_problem_gives_the_same_plans():
    problem = benchmark.make_large(3, 25, 40)
    again = benchmark.make_large(3, 25, 40)
    assert find_compromise(problem) == find_compromise(again)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_compromise_is_on_the_frontier_when_someone_gains(found, seed):
    _, result = found[seed]
    if result.sales_gain or result.product_gain:
        assert not any(is_dominated(result.compromise, plan) for plan in result.frontier.plans)


# ---- edges


@pytest.mark.parametrize(
    "changes",
    [
        {"deals": ()},
        {"capacity": 0},
        {"capacity": 10_000},
        {"candidates": (), "deals": (), "requires": frozenset(), "planned": frozenset()},
        {"no_deal": "shares", "sales_share": 0.0},
        {"no_deal": "shares", "sales_share": 1.0},
        {"reserve": 60},
        {"reserve": 1_000},
    ],
)
def test_edge_worlds_have_an_answer(changes):
    problem = roadmap(**changes)
    result = find_compromise(problem)
    assert result.proven
    assert result.compromise == worlds.brute_compromise(problem, result.no_deal.plan)
    assert result.trade == (worlds.brute_nash(problem, result.no_deal.plan) > 0)


def test_with_room_for_everything_no_deal_by_shares_is_everything_of_worth():
    result = find_compromise(roadmap(capacity=10_000, no_deal="shares"))
    assert not result.trade
    assert result.no_deal.plan.items == ("A", "B", "C", "D")


def test_a_side_that_wants_nothing_blocks_no_gain_of_the_other_but_makes_no_trade():
    result = find_compromise(roadmap(deals=(), planned=frozenset({"B"})))
    assert not result.trade
    assert result.sales_gain == 0
    assert result.sales_share is None
    assert result.compromise.product == result.product_alone.product


def test_a_roadmap_in_the_reserve_that_no_plan_can_match_is_no_trade():
    result = find_compromise(roadmap(capacity=40, reserve=30))
    assert (result.trade, result.most_sales) == (False, None)
    assert result.compromise == result.no_deal.plan


def test_a_limit_that_is_reached_is_told_and_never_silent():
    problem = benchmark.make_large(5, 60, 120)
    result = find_compromise(problem, Limits(solve=1e-6, frontier=1e-6), frontier=True)
    assert not result.proven
    assert not result.frontier.is_proven
    assert not result.frontier.is_complete
    assert find_violations(problem, result.compromise, problem.room) == []


# ---- what it means


@pytest.mark.parametrize("seed", SEEDS)
def test_swaps_reconcile_with_the_gains_to_the_unit(found, seed):
    problem, result = found[seed]
    swaps = find_swaps(problem, result)
    for side, gain in (("sales", result.sales_gain), ("product", result.product_gain)):
        moved = sum(getattr(s, side) for s in swaps.into) - sum(getattr(s, side) for s in swaps.out)
        assert moved == gain
    out = {i for swap in swaps.out for i in swap.items}
    into = {i for swap in swaps.into for i in swap.items}
    assert out == set(result.no_deal.plan.items) - set(result.compromise.items)
    assert into == set(result.compromise.items) - set(result.no_deal.plan.items)


def test_items_that_unlock_a_deal_together_are_one_swap():
    problem = roadmap(capacity=40)
    result = find_compromise(replace(problem, planned=frozenset({"D"})))
    swaps = find_swaps(problem, result)
    assert [(s.items, s.sales, s.belongs_to) for s in swaps.into if "A" in s.items] in (
        [],
        [(("A", "B"), 500, "sales")],
    )
    both = find_compromise(replace(problem, planned=frozenset()))
    grouped = find_swaps(problem, replace(both, no_deal=NoDeal(evaluate(problem, []), "x", "")))
    assert sum(swap.sales for swap in grouped.into) == both.compromise.sales


@pytest.mark.parametrize("seed", SEEDS)
def test_every_item_left_out_has_a_reason_and_a_way_back(found, seed):
    problem, result = found[seed]
    declined = find_declined(problem, result)
    left_out = set(problem.by_id) - set(result.compromise.items)
    assert {row.item_id for row in declined} == left_out
    assert all(row.reason.endswith(".") and row.reopens.endswith(".") for row in declined)


def test_the_way_back_is_true():
    problem = roadmap(capacity=40, planned=frozenset())
    result = find_compromise(problem)
    for row in find_declined(problem, result):
        if not row.reopens.startswith("Fits on top"):
            continue
        weeks = float(row.reopens.split("with ")[1].split(" more")[0])
        larger = replace(problem, capacity=problem.capacity + round(weeks * 10))
        grown = evaluate(problem, set(result.compromise.items) | problem.needs[row.item_id])
        assert find_violations(larger, grown) == []
        assert find_violations(replace(larger, capacity=larger.capacity - 1), grown) != []


def test_price_is_own_best_less_compromise_and_compromise_less_no_deal():
    problem = make(1)
    result = find_compromise(problem)
    for side in ("sales", "product"):
        price = find_price(result, side)
        own = getattr(getattr(result, f"{side}_alone"), side)
        assert price.below_best == own - getattr(result.compromise, side)
        assert price.above_no_deal == getattr(result, f"{side}_gain")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_opening_is_the_least_effort_that_beats_no_deal(found, seed):
    problem, result = found[seed]
    zero = result.no_deal.plan
    opening = find_opening(problem, zero)
    better = [
        plan.effort
        for plan in worlds.all_plans(problem, capacity=10**6)
        if plan.sales > zero.sales and plan.product > zero.product
    ]
    assert (opening.effort if opening else None) == min(better, default=None)
    if not result.trade:
        assert find_openers(problem, result)


def test_no_trade_names_the_veto_that_prevents_it():
    problem = Problem(
        candidates=(Candidate("A", "Alpha", 10, 50), Candidate("B", "Beta", 10, 10)),
        deals=(Deal("D1", 9, frozenset({"A"})),),
        capacity=10,
        planned=frozenset({"B"}),
        vetoes=frozenset({"A"}),
    )
    result = find_compromise(problem)
    assert not result.trade
    assert find_openers(problem, result) == (
        "Without the veto on Alpha both sides gain at this capacity.",
    )


def test_sampled_plans_are_allowed_and_the_same_each_time():
    problem = with_everything()
    drawn = sample_plans(problem, 50)
    assert drawn == sample_plans(problem, 50)
    assert len(drawn) == 5
    assert [find_violations(problem, plan) for plan in drawn] == [[]] * len(drawn)


def with_everything() -> Problem:
    return worlds.with_pins(worlds.make_problem(9, items=9, capacity=80), 9)


# ---- published


@needs_published
@pytest.mark.parametrize("name", benchmark.KNAPSACKS)
def test_the_frontier_equals_the_published_complete_set(name):
    found = benchmark.find_points(benchmark.read_knapsack(PUBLISHED / f"{name}.dat"))
    assert found == benchmark.read_published_points(PUBLISHED / f"{name}.min")


@needs_published
def test_cost_against_profit_of_nrp1_has_465_points():
    """All of them take minutes and are counted by the benchmark; here the cheapest ones."""
    found = benchmark.find_cost_points(PUBLISHED / "nrp1.txt", most=25)
    assert len(found) == 25
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in zip(found, found[1:], strict=False))


@needs_published
def test_the_best_release_of_nrp1_equals_the_published_optimum():
    listed = list(benchmark.read_published_optima(PUBLISHED / "published.csv"))
    assert ("nrp1", 0.5, 1840) in listed
    for name, ratio, optimum in listed:
        if name == "nrp1":
            problem = benchmark.read_releases(PUBLISHED / f"{name}.txt", ratio)
            proofs = []
            plan = find_favourite(problem, "sales", proofs=proofs, order=None)
            assert (plan.sales, all(proofs)) == (optimum, True)


def test_a_spaced_frontier_holds_only_plans_of_the_complete_one():
    problem = benchmark.make_large(2, 20, 30)
    ends = find_favourite(problem, "sales"), find_favourite(problem, "product")
    complete = {(p.sales, p.product) for p in find_frontier(problem, *ends).plans}
    spaced = find_frontier(problem, *ends, complete_up_to=5)
    assert not spaced.is_complete
    assert {(p.sales, p.product) for p in spaced.plans} <= complete
