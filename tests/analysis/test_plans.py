"""What a problem refuses, what an allowed plan is, and how evidence becomes a problem."""

from dataclasses import replace

import pandas as pd
import pytest

from common_ground.analysis import plan_inputs
from common_ground.analysis.plan_checks import find_violations
from common_ground.analysis.plan_inputs import Choices, build_problem
from common_ground.analysis.plans import Candidate, Deal, Plan, Problem, evaluate
from common_ground.errors import PlanError
from tests.analysis.plan_worlds import all_plans, make_problem, with_pins


def small(**changes) -> Problem:
    """Four items: B needs A, C excludes D; one deal waits for A and B, one for C."""
    values = {
        "candidates": (
            Candidate("A", "Single sign-on", 30, 50),
            Candidate("B", "Audit log", 20, 10),
            Candidate("C", "Bulk edit", 40, 200),
            Candidate("D", "Offline mode", 40, 100),
        ),
        "deals": (
            Deal("D1", 1000, frozenset({"A", "B"}), "Acme"),
            Deal("D2", 300, frozenset({"C"}), "Globex"),
        ),
        "capacity": 100,
        "requires": frozenset({("B", "A")}),
        "excludes": frozenset({("C", "D")}),
    }
    return Problem(**{**values, **changes})


def test_a_deal_counts_only_when_every_blocker_is_in_the_plan():
    problem = small()
    assert evaluate(problem, {"A"}).sales == 0
    assert evaluate(problem, {"A", "B"}) == Plan(("A", "B"), sales=1000, product=60, effort=50)


def test_prerequisites_are_followed_through_others():
    problem = small(requires=frozenset({("B", "A"), ("C", "B")}))
    assert problem.closure({"C"}) == {"A", "B", "C"}


def test_items_that_need_a_vetoed_item_are_barred():
    problem = small(requires=frozenset({("B", "A"), ("C", "B")}), vetoes=frozenset({"A"}))
    assert problem.barred == {"A", "B", "C"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"requires": frozenset({("A", "B"), ("B", "C"), ("C", "A")})}, ["circle", "A", "B", "C"]),
        (
            {"requires": frozenset({("A", "A")})},
            ["circle", "Single sign-on (A) needs Single sign-on (A)"],
        ),
        (
            {"pins": frozenset({"A"}), "vetoes": frozenset({"A"})},
            ["Single sign-on (A) must be in", "also ruled out"],
        ),
        (
            {"pins": frozenset({"B"}), "vetoes": frozenset({"A"})},
            ["Audit log (B) must be in", "needs Single sign-on (A), which is ruled out"],
        ),
        (
            {"pins": frozenset({"C", "D"})},
            ["Bulk edit (C) and Offline mode (D) exclude each other"],
        ),
        (
            {"pins": frozenset({"B", "C"}), "capacity": 80},
            ["Audit log (B), Bulk edit (C)", "9 person-weeks", "8 are"],
        ),
        ({"pins": frozenset({"B"}), "reserve": 60}, ["5 person-weeks", "4 are available"]),
        ({"vetoes": frozenset({"Z"})}, ["a veto names Z"]),
        ({"planned": frozenset({"Z"})}, ["the roadmap names Z"]),
        ({"deals": (Deal("D1", 5, frozenset()),)}, ["D1", "no blocker"]),
        ({"deals": (Deal("D1", -5, frozenset({"A"})),)}, ["D1", "below 0"]),
        ({"candidates": (Candidate("A", "", -1, 0),)}, ["A", "below 0"]),
        ({"candidates": (Candidate("A", "", 1, 0),) * 2}, ["A", "twice"]),
        ({"capacity": -1}, ["Capacity -0.1"]),
        ({"deals": (Deal("D1", 10**17, frozenset({"A"})),)}, ["too large", "thousands"]),
    ],
)
def test_a_problem_that_cannot_be_is_refused_by_name(changes, words):
    with pytest.raises(PlanError) as refused:
        small(**changes)
    assert [word for word in words if word not in str(refused.value)] == []


def test_a_circle_is_told_in_the_order_people_read_it():
    with pytest.raises(
        PlanError, match=r"\(B\) needs .* \(A\) needs .* \(B\)|\(A\) needs .* \(B\) needs .* \(A\)"
    ):
        small(requires=frozenset({("A", "B"), ("B", "A")}))


@pytest.mark.parametrize(
    ("plan", "wrong"),
    [
        (Plan(("A",), 0, 50, 30), []),
        (Plan(("B",), 0, 10, 20), ["B needs A"]),
        (Plan(("C", "D"), 300, 300, 80), ["C excludes D"]),
        (Plan(("A",), 5, 50, 30), ["sales is 0, the plan claims 5"]),
        (Plan(("A",), 0, 51, 30), ["product is 50, the plan claims 51"]),
        (Plan(("A",), 0, 50, 29), ["effort is 30, the plan claims 29"]),
        (Plan(("Z",), 0, 0, 0), ["Z is not a candidate"]),
        (Plan(("A", "B", "C"), 1300, 260, 90), ["effort 90 is over capacity 85"]),
    ],
)
def test_the_check_outside_the_solver_sees_every_broken_rule(plan, wrong):
    assert find_violations(small(capacity=85), plan) == wrong


def test_the_check_sees_pins_and_vetoes():
    problem = small(pins=frozenset({"A"}), vetoes=frozenset({"D"}))
    assert find_violations(problem, Plan(("D",), 0, 100, 40)) == [
        "pinned A is missing",
        "vetoed D is in",
    ]


@pytest.mark.parametrize("seed", range(12))
def test_the_check_accepts_exactly_the_plans_found_by_trying_all_subsets(seed):
    problem = with_pins(make_problem(seed, items=6), seed)
    allowed = {plan.items for plan in all_plans(problem)}
    ids = sorted(problem.by_id)
    subsets = [tuple(i for n, i in enumerate(ids) if mask >> n & 1) for mask in range(1 << 6)]
    accepted = {s for s in subsets if not find_violations(problem, evaluate(problem, s))}
    assert accepted == allowed


# ---- evidence to problem


def items_frame(**changes) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "item_id": ["P-1", "P-2", "P-3", "P-4", "P-5"],
            "title": ["SSO", "Audit log", "Mobile", "Reports", "Old thing"],
            "area": ["Admin", "Admin", "Mobile", None, "Admin"],
            "status": ["idea", "planned", "idea", "declined", "released"],
            "effort_low": [2.0, None, None, 1.0, None],
            "effort_likely": [3.0, 2.0, None, 2.0, 4.0],
            "effort_high": [10.0, None, None, 3.0, None],
            "effort": [4.0, 2.0, None, 2.0, 4.0],
            "reach_own": [None, 40.0, 10.0, 5.0, None],
            "impact": [2.0, 1.0, None, 1.0, 1.0],
            "confidence": [0.8, 0.5, None, 1.0, 1.0],
            "is_planned": [False, True, False, False, False],
        }
    )
    return frame.assign(**changes)


def rows(*lines: tuple, columns: str) -> pd.DataFrame:
    return pd.DataFrame(list(lines), columns=columns.split())


DEALS = rows(
    ("D1", "Acme", "Acme big", True, 100_000.0, 0.5),
    ("D2", "Globex", "Globex", True, 40_000.0, 0.2),
    ("D3", "Initech", "Initech", True, None, 0.5),
    ("D4", None, "Hooli renewal", True, 10_000.0, 0.5),
    ("D5", "Umbrella", "Umbrella", True, 70_000.0, 0.5),
    columns="deal_id account_name name is_open amount probability",
)
THINGS = rows(
    ("D1", "P-1", "item", True, True),
    ("D1", "P-2", "item", True, False),
    ("D1", "F-9", "feature", True, True),
    ("D2", "P-5", "item", True, True),
    ("D3", "P-2", "item", True, True),
    ("D4", "P-2", "item", True, True),
    ("D4", "P-1", "item", False, True),
    ("D5", "ask:7", "asks", True, False),
    columns="deal_id item_id kind is_blocker is_confirmed",
)
REACH = rows(("admin ", 30, 28), columns="area active_accounts active_accounts_prior")
NO_RULES = rows(columns="item_id other_item_id rule")


def prepare(items=None, rules=NO_RULES, **choices) -> plan_inputs.Prepared:
    return build_problem(
        items_frame() if items is None else items,
        THINGS,
        DEALS,
        REACH,
        rules,
        Choices(**{"capacity_weeks": 10, "fits_share": 0, **choices}),
    )


def test_sales_value_is_open_amount_times_probability():
    deals = {deal.deal_id: deal for deal in prepare().problem.deals}
    assert deals["D1"].value == 50_000
    assert deals["D4"].value == 5_000
    assert deals["D4"].account == "Hooli renewal"


def test_only_blockers_that_are_not_built_yet_block_a_deal():
    deals = {deal.deal_id: deal.blockers for deal in prepare().problem.deals}
    # The feature of D1 exists, the wish of D4 for P-1 is no blocker, D2 waits for a released item
    assert deals == {"D1": {"P-1", "P-2"}, "D4": {"P-2"}}


def test_deals_that_cannot_be_counted_are_listed_with_the_reason():
    reasons = {row.deal_id: row.reason for row in prepare().uncounted}
    assert reasons == {
        "D3": "has no amount",
        "D5": "waits for a wish that no backlog item answers",
    }


def test_product_value_is_reach_times_impact_times_confidence():
    by_id = prepare().problem.by_id
    assert by_id["P-1"].product == 480  # 30 accounts active in the area x 2 x 0.8, in tenths
    assert by_id["P-2"].product == 200  # product's own 40 x 1 x 0.5
    assert by_id["P-1"].effort == 40
    assert by_id["P-1"].effort_range == (20, 30, 100)


def test_an_item_without_an_estimate_is_listed_apart_and_never_costs_nothing():
    problem = prepare().problem
    assert "P-3" not in problem.by_id
    assert [(item.item_id, item.reason) for item in problem.unplannable] == [
        ("P-3", "needs an estimate")
    ]


def test_an_item_that_needs_one_without_an_estimate_cannot_be_planned_either():
    rules = rows(("P-1", "P-3", "requires"), columns="item_id other_item_id rule")
    prepared = prepare(rules=rules)
    stuck = {item.item_id: item for item in prepared.problem.unplannable}
    assert stuck["P-1"].reason == "needs Mobile, which needs an estimate"
    assert stuck["P-1"].money == 50_000
    assert {row.deal_id for row in prepared.uncounted} == {"D1", "D3", "D5"}


def test_a_released_prerequisite_is_met_and_an_unknown_one_is_told():
    rules = rows(
        ("P-1", "P-5", "requires"),
        ("P-1", "P-99", "requires"),
        ("P-1", "P-2", "excludes"),
        columns="item_id other_item_id rule",
    )
    prepared = prepare(rules=rules)
    assert prepared.problem.requires == frozenset()
    assert prepared.problem.excludes == {("P-1", "P-2")}
    assert prepared.ignored_rules == ("P-1 requires P-99",)


def test_what_the_backlog_declined_is_vetoed_unless_pinned():
    assert prepare().problem.vetoes == {"P-4"}
    assert prepare(pins=("P-4",)).problem.vetoes == frozenset()


def test_the_share_of_money_on_unconfirmed_links_is_told():
    assert prepare().unconfirmed_share == pytest.approx(50 / 55)


def test_an_empty_workspace_makes_an_empty_problem():
    prepared = build_problem(
        items_frame().iloc[:0],
        THINGS.iloc[:0],
        DEALS.iloc[:0],
        REACH.iloc[:0],
        NO_RULES,
        Choices(capacity_weeks=0),
    )
    assert prepared.problem.candidates == ()
    assert prepared.unconfirmed_share == 0


def test_the_order_of_rows_changes_nothing():
    shuffled = build_problem(
        items_frame().iloc[::-1],
        THINGS.iloc[::-1],
        DEALS.iloc[::-1],
        REACH,
        NO_RULES,
        Choices(capacity_weeks=10, fits_share=0),
    )
    assert shuffled.problem == prepare().problem
    assert replace(shuffled, problem=prepare().problem) == prepare()
