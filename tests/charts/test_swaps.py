"""The swap list as words: signs, folding, totals that add up, and sentences that stay true."""

import re
from dataclasses import replace

import pytest

from common_ground.analysis.bargaining import find_compromise
from common_ground.analysis.flips import Flip
from common_ground.analysis.plans import Candidate, Deal, Problem
from common_ground.analysis.robustness import find_robustness
from common_ground.analysis.trades import find_price, find_swaps
from common_ground.charts import swaps
from common_ground.charts.format import MINUS
from common_ground.ledger.records import MAX_NAME, MAX_TEXT


@pytest.fixture(scope="module")
def problem():
    many = tuple(Candidate(f"N{n}", f"New {n}", 10, 40 + n) for n in range(9))
    old = (Candidate("O1", "Old one", 60, 20), Candidate("O2", "Old two", 30, 10))
    deals = (*(Deal(f"D{n}", 1000 + n, frozenset({f"N{n}"})) for n in range(9)),)
    return Problem(many + old, deals, 90, planned=frozenset({"O1", "O2"}))


@pytest.fixture(scope="module")
def found(problem):
    return find_compromise(problem)


@pytest.fixture(scope="module")
def changed(problem, found):
    return find_swaps(problem, found)


def test_what_is_beyond_the_list_is_one_line_and_nothing_is_lost(problem, changed):
    lines = swaps.lines(changed, "into", problem, (), "EUR")
    assert len(changed.into) == 9
    assert len(lines) == swaps.MOST_LINES
    assert lines[-1].title == "4 more items"
    folded = changed.into[swaps.MOST_LINES - 1 :]
    assert lines[-1].product == f"+{sum(swap.product for swap in folded) / 10:.0f}"


def test_out_is_minus_in_is_plus_and_nothing_has_no_sign(problem, changed):
    out = swaps.lines(changed, "out", problem, (), "EUR")
    assert {line.sales for line in out} == {"€0"}
    assert all(line.product.startswith(MINUS) for line in out)
    assert all(line.fill == "outline" for line in out)
    into = swaps.lines(changed, "into", problem, (), "EUR")
    assert all(line.sales.startswith("+€") for line in into)


def test_borderline_is_hatched_and_said(problem, changed):
    first = changed.into[0].items
    line = swaps.lines(changed, "into", problem, first, "EUR")[0]
    assert (line.fill, line.about.endswith("borderline")) == ("hatched", True)


def test_bars_of_both_lists_share_their_scales(problem, changed):
    both = [
        line
        for which in ("out", "into")
        for line in swaps.lines(replace(changed, into=changed.into[:3]), which, problem, (), "EUR")
    ]
    assert max(line.product_length for line in both) == 1
    assert max(line.sales_length for line in both) == 1


def test_totals_are_the_gains(found, changed):
    out = swaps.totals(changed.out, "out", "EUR")
    into = swaps.totals(changed.into, "into", "EUR")
    assert (out.product, into.product) == (f"{MINUS}3", "+40")
    assert swaps.gain("product", found, "EUR") == "+37"
    assert into.title == "Together, 9.0\N{NO-BREAK SPACE}weeks"


def test_the_answer_counts_what_changes(found, problem):
    assert swaps.swapped(found).replace("\N{NO-BREAK SPACE}", " ") == (
        "Swap 2 planned items for 9 others"
    )
    assert swaps.weeks_used(found.compromise, problem).startswith("9 of 9")


def test_a_side_that_can_gain_nothing_is_told_so(problem):
    nothing = find_compromise(replace(problem, deals=()))
    assert swaps.about_gain("sales", nothing) == "expected; nothing to gain unless product loses"


def test_price_names_the_distance_to_the_own_best_plan(found):
    assert swaps.price("sales", find_price(found, "sales"), "EUR") == (
        "none: as good as its own best plan"
    )


def test_how_sure_names_the_number_of_cases(problem, found):
    sure = find_robustness(problem, found, draws=100, bargained=2)
    assert "100 simulated cases" in swaps.how_sure(sure)
    assert "all" in swaps.how_sure(replace(sure, both_gain=1.0))
    assert "all" not in swaps.how_sure(replace(sure, both_gain=0.994))


def test_an_early_stop_is_said(found):
    assert swaps.out_of_time(found) == ""
    stopped = replace(found, proven=False, gap=0.02)
    assert "within 2" in swaps.out_of_time(stopped)
    assert "not known" in swaps.out_of_time(replace(stopped, gap=0.0))
    partly = replace(found, frontier=replace(found.frontier, is_proven=False))
    assert "line was not completed" in swaps.out_of_time(partly)


def test_the_flip_named_is_the_nearest(problem):
    flips = (
        Flip("O1", "effort", 60, 10, comes_in=True),
        Flip("O2", "effort", 30, 25, comes_in=True),
        Flip("O2", "reach", 30, 29, comes_in=True),
    )
    said = swaps.flip(flips, problem)
    assert said.startswith("Old two comes back in at 2.5")
    assert said.endswith("now 3")
    assert "alone" in swaps.flip((), problem)


def test_drafts_cover_every_item_that_changes_hands_once(problem, changed):
    made = swaps.drafts(changed, problem)
    items = [item for draft in made for item in draft.item_ids]
    moved = [item for swap in changed.into + changed.out for item in swap.items]
    assert sorted(items) == sorted(moved)
    said = " ".join(f"{draft.give} {draft.get}" for draft in made)
    assert all(problem.title(item) in said for item in moved)


def test_drafts_of_a_long_trade_fit_into_an_agreement_with_every_item(problem, changed):
    wordy = tuple(replace(c, title=f"{c.title} {'word ' * 190}") for c in problem.candidates)
    made = swaps.drafts(changed, replace(problem, candidates=wordy))
    given = [text for draft in made for text in (draft.give, draft.get)]
    assert max(map(len, given)) <= MAX_TEXT
    assert max(len(draft.title) for draft in made) <= MAX_NAME
    assert any(re.search(r" and \d+ more\.$", text) for text in given)
    assert [d.item_ids for d in made] == [d.item_ids for d in swaps.drafts(changed, problem)]


def test_drafts_say_that_they_hold_only_together(problem, changed):
    made = swaps.drafts(changed, problem)
    assert [draft.title.endswith("only together)") for draft in made] == [len(made) > 1] * len(made)
    for draft in made:
        assert draft.give.startswith("Sales ")
        assert draft.get.startswith("Product ")


def test_the_sentence_says_more_less_and_fewer_and_the_weeks(problem, found, changed):
    told = swaps.told(found, changed, problem, "EUR")
    plain = {name: said.replace("\N{NO-BREAK SPACE}", " ") for name, said in vars(told).items()}
    assert plain["trade"] == "Trade New 0, New 1 and 7 more for Old one and Old two"
    assert plain["sales"] == "sales unlocks €9.0k more".replace(".0k", "k")
    assert plain["product"] == "product reaches 37 more accounts"
    assert plain["weeks"] == "same 9 weeks"
    back = replace(found, compromise=replace(found.no_deal.plan, sales=-5, product=20, effort=85))
    told = swaps.told(back, find_swaps(problem, back), problem, "EUR")
    assert told.sales == "sales unlocks €5 less"
    assert told.product.replace("\N{NO-BREAK SPACE}", " ") == "product reaches 1 fewer account"
    assert told.weeks.replace("\N{NO-BREAK SPACE}", " ") == "8.5 instead of 9 weeks"
