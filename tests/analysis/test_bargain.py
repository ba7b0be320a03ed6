"""One call from plain frames: the same whatever the order of rows, and right on edge worlds."""

import random
import re

import pandas as pd
import pytest

from common_ground.analysis.bargain import certify, find_bargain, named_plans
from common_ground.analysis.declined import find_declined
from common_ground.analysis.plan_inputs import Choices
from common_ground.analysis.trades import find_openers
from common_ground.errors import PlanError

REACH = pd.DataFrame({"area": ["Admin"], "active_accounts": [40]})


def frames(seed: int = 1, count: int = 12, prefix: str = "P-") -> dict[str, pd.DataFrame]:
    """A backlog of `count` items, as many deals, some prerequisites and exclusions."""
    draw = random.Random(seed)
    ids = [f"{prefix}{n:02d}" for n in range(count)]
    effort = [draw.randint(1, 8) for _ in ids]
    items = pd.DataFrame(
        {
            "item_id": ids,
            "title": [f"Title {n}" for n in range(count)],
            "area": "Admin",
            "status": ["planned" if n % 4 == 0 else "idea" for n in range(count)],
            "effort_low": [0.7 * e for e in effort],
            "effort_likely": [float(e) for e in effort],
            "effort_high": [1.6 * e for e in effort],
            "effort": [(0.7 * e + 4 * e + 1.6 * e) / 6 for e in effort],
            "reach_own": [draw.choice([None, 5.0, 20.0, 60.0]) for _ in ids],
            "impact": [draw.choice([0.5, 1.0, 2.0]) for _ in ids],
            "confidence": 0.8,
            "is_planned": [n % 4 == 0 for n in range(count)],
            "horizon": ["Later" if n % 3 == 0 else "Now" for n in range(count)],
            "team": ["Web" if n % 2 else "App" for n in range(count)],
        }
    )
    deals = pd.DataFrame(
        {
            "deal_id": [f"D{n}" for n in range(count)],
            "account_name": [f"Account {n}" for n in range(count)],
            "name": "",
            "is_open": True,
            "amount": [draw.choice([1_000.0, 5_000.0, 9_000.0]) for _ in range(count)],
            "probability": [draw.choice([0.2, 0.5]) for _ in range(count)],
        }
    )
    wants = [(f"D{n}", item) for n in range(count) for item in draw.sample(ids, 1 + n % 2)]
    things = pd.DataFrame(wants, columns=["deal_id", "item_id"]).assign(
        kind="item", is_blocker=True, is_confirmed=True
    )
    rules = pd.DataFrame(
        [(ids[3], ids[1], "requires"), (ids[5], ids[2], "requires"), (ids[6], ids[7], "excludes")],
        columns=["item_id", "other_item_id", "rule"],
    )
    return {"items": items, "deal_things": things, "deals": deals, "rules": rules}


def bargained(frames_of, **choices):
    given = Choices(**{"capacity_weeks": 18, **choices})
    return find_bargain(area_reach=REACH, choices=given, **frames_of)


def values(of):
    return {n: (p.sales, p.product, p.effort) for n, p in named_plans(of.found).items()}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("no_deal", ["roadmap", "shares"])
def test_order_of_rows_and_other_ids_change_no_plans_value(seed, no_deal):
    ours = bargained(frames(seed), no_deal=no_deal)
    turned = {name: frame.iloc[::-1] for name, frame in frames(seed).items()}
    assert bargained(turned, no_deal=no_deal) == ours
    other = frames(seed)
    new = {f"P-{n:02d}": f"Q-{99 - n}" for n in range(12)}
    for name, column in (
        ("items", "item_id"),
        ("deal_things", "item_id"),
        ("rules", "item_id"),
        ("rules", "other_item_id"),
    ):
        other[name][column] = other[name][column].map(new)
    renamed = bargained(other, no_deal=no_deal)
    assert values(renamed) == values(ours)
    assert renamed.reserve == ours.reserve


@pytest.mark.parametrize("seed", range(6))
def test_every_named_plan_carries_a_certificate(seed):
    of = bargained(
        frames(seed),
        team_weeks=(("App", 8.0), ("Web", 9.0)),
        horizon_shares=(("Later", 0.3),),
    )
    assert of.found.proven
    assert [each for each in certify(of) if each.violations] == []
    problem = of.prepared.problem
    plan = set(of.found.sales_alone.items)
    used = {t.name: problem.effort_of(plan & t.items) for t in problem.teams}
    assert used["App"] <= 80
    assert used["Web"] <= 90
    later = problem.horizons[0].items
    assert problem.effort_of(plan - later) <= 0.7 * problem.available


def test_names_the_backlog_has_are_offered_and_others_refused():
    of = bargained(frames())
    assert (of.prepared.teams, of.prepared.horizons) == (("App", "Web"), ("Later", "Now"))
    without = frames()
    without["items"] = without["items"].drop(columns=["team", "horizon"])
    assert bargained(without).prepared.teams == ()
    with pytest.raises(PlanError, match="no team 'Data'. It names: App, Web"):
        bargained(frames(), team_weeks=(("Data", 3.0),))
    with pytest.raises(PlanError, match="between 0 % and 100 % together"):
        bargained(frames(), horizon_shares=(("Later", 0.8), ("Now", 0.4)))


# ---- edge worlds


def test_no_asks_and_no_blockers_leave_sales_indifferent():
    for blocked in (False, None):
        world = frames()
        things = world["deal_things"]
        world["deal_things"] = (
            things.iloc[:0] if blocked is None else things.assign(is_blocker=False)
        )
        of = bargained(world)
        assert of.prepared.problem.deals == ()
        assert not of.found.trade
        assert of.found.sales_alone.sales == 0
        assert of.found.sales_share is None


def test_product_may_be_indifferent_too():
    world = frames()
    world["items"] = world["items"].assign(reach_own=None, area=None)
    of = bargained(world)
    assert not of.found.trade
    assert of.found.product_alone.product == 0
    assert of.found.compromise.sales >= of.found.no_deal.plan.sales


def test_zero_capacity_plans_nothing():
    of = bargained(frames(), capacity_weeks=0)
    assert not of.found.trade
    assert of.found.compromise.items == ()
    assert of.reserve.fits == 1.0


def test_capacity_above_all_effort_plans_all_that_is_worth_anything():
    of = bargained(frames(), capacity_weeks=10_000)
    problem = of.prepared.problem
    worth = {d.value for d in problem.deals if d.blockers <= set(of.found.compromise.items)}
    assert worth
    assert of.found.sales_alone.sales >= of.found.compromise.sales
    assert of.reserve.fits == 1.0
    assert not bargained(frames(), capacity_weeks=10_000, no_deal="shares").found.trade


def test_one_item_that_everything_requires_is_in_every_plan_that_holds_anything():
    world = frames()
    ids = world["items"]["item_id"].tolist()
    world["rules"] = pd.DataFrame(
        [(i, ids[0], "requires") for i in ids[1:]], columns=["item_id", "other_item_id", "rule"]
    )
    of = bargained(world)
    for plan in named_plans(of.found).values():
        assert not plan.items or ids[0] in plan.items
    out = bargained(world, vetoes=(ids[0],))
    assert out.found.compromise.items == ()


def test_contradictory_pins_are_named_by_title():
    with pytest.raises(
        PlanError, match=r"Title 6 \(P-06\) and Title 7 \(P-07\) exclude each other"
    ):
        bargained(frames(), pins=("P-06", "P-07"))
    with pytest.raises(PlanError, match=r"Title 3 \(P-03\) must be in, but needs Title 1 \(P-01\)"):
        bargained(frames(), pins=("P-03",), vetoes=("P-01",))
    with pytest.raises(PlanError, match="the backlog has no such item"):
        bargained(frames(), pins=("P-77",))


def test_a_circle_of_prerequisites_is_named_by_titles():
    world = frames()
    world["rules"] = pd.DataFrame(
        [("P-01", "P-02", "requires"), ("P-02", "P-01", "requires")],
        columns=["item_id", "other_item_id", "rule"],
    )
    with pytest.raises(PlanError, match=r"circle: Title \d \(P-0\d\) needs Title \d"):
        bargained(world)


@pytest.mark.parametrize("effort", [None, 0.0])
def test_an_item_without_an_estimate_is_listed_and_never_free(effort):
    world = frames()
    world["items"].loc[world["items"]["item_id"] == "P-01", "effort"] = effort
    of = bargained(world)
    problem = of.prepared.problem
    assert "P-01" not in problem.by_id
    assert "P-03" not in problem.by_id
    reasons = {item.item_id: item.reason for item in problem.unplannable}
    assert reasons["P-01"] == "needs an estimate"
    assert reasons["P-03"] == "needs Title 1, which needs an estimate"
    declined = {row.item_id: row for row in find_declined(problem, of.found)}
    assert declined["P-01"].effort is None
    with pytest.raises(PlanError, match=r"Title 1 \(P-01\) must be in, but needs an estimate"):
        bargained(world, pins=("P-01",))


def test_work_of_less_than_a_tenth_of_a_week_is_not_free():
    world = frames()
    world["items"].loc[world["items"]["item_id"] == "P-01", "effort"] = 0.01
    assert bargained(world).prepared.problem.by_id["P-01"].effort == 1


# ---- what opens a trade


def test_more_capacity_that_is_said_to_open_a_trade_opens_one_with_its_reserve():
    tried = 0
    for seed in range(30):
        world = frames(seed)
        of = bargained(world, capacity_weeks=8)
        if of.found.trade:
            continue
        for opener in find_openers(of.prepared.problem, of.found, of.reserve.level):
            if more := re.fullmatch(r"With (\d+) more person-weeks? both sides gain\.", opener):
                tried += 1
                assert bargained(world, capacity_weeks=8 + int(more[1])).found.trade
    assert tried > 3


@pytest.mark.parametrize("no_deal", ["roadmap", "shares"])
def test_a_veto_that_is_said_to_prevent_a_trade_prevents_it(no_deal):
    said = false = 0
    vetoes = tuple(f"P-{n:02d}" for n in range(1, 12) if n % 4)
    for seed in range(20):
        world = frames(seed)
        of = bargained(world, capacity_weeks=25, no_deal=no_deal, vetoes=vetoes)
        if of.found.trade:
            continue
        openers = " ".join(find_openers(of.prepared.problem, of.found, of.reserve.level))
        for item_id in vetoes:
            kept = tuple(other for other in vetoes if other != item_id)
            if f"veto on {of.prepared.problem.title(item_id)} both" in openers:
                said += 1
                without = bargained(world, capacity_weeks=25, no_deal=no_deal, vetoes=kept)
                false += not without.found.trade
    assert false == 0
    assert said or no_deal == "shares"
