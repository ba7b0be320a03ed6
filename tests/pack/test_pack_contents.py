import datetime
from dataclasses import dataclass, replace

import pandas as pd
import pytest

from common_ground.analysis.bargaining import find_compromise
from common_ground.analysis.overlap import ACTIONS, LABELS, Overlap
from common_ground.analysis.plans import Candidate, Deal, Problem
from common_ground.analysis.thresholds import Thresholds
from common_ground.analysis.trades import find_openers
from common_ground.errors import PackError
from common_ground.pack import bars, contents, html
from common_ground.pack.agreement_slides import agreements_slide
from common_ground.pack.compromise_slides import Trade, columns, compromise_slide
from common_ground.pack.contents import Sources, available, build
from common_ground.pack.kpi_slides import KpiLine, kpi_slides, number
from common_ground.pack.masking import masks
from common_ground.pack.overlap_slides import class_bars, overlaps_slide
from common_ground.pack.slides import Bars, Points
from common_ground.pack.words import Writer

AS_OF = datetime.date(2026, 11, 16)
NBSP = "\u00a0"


@dataclass(frozen=True)
class Definition:
    kpi: str
    label: str
    side: str
    better: str = "up"
    counted: str = "closed"
    definition: str = "What is counted."


@dataclass(frozen=True)
class Value:
    value: float | None
    n: int
    unit: str
    low: float | None = None
    high: float | None = None
    reason: str | None = None
    state: str = "ok"


def kpi_lines() -> list[KpiLine]:
    return [
        KpiLine(
            Definition("win_rate", "Win rate", "sales"),
            Value(0.31, 86, "share", 0.22, 0.41),
            before=0.30,
            since="in 3 months",
            target=0.35,
        ),
        KpiLine(
            Definition("nrr", "Net revenue retention", "shared"),
            Value(1.042, 212, "share"),
            before=1.033,
            since="in 3 months",
            target=1.06,
        ),
        KpiLine(
            Definition("request_to_ship_days", "Request to ship", "shared", better="down"),
            Value(71.0, 34, "days"),
            before=77.0,
            since="in 3 months",
            target=60.0,
        ),
        KpiLine(
            Definition("csat", "Satisfaction", "shared"),
            Value(None, 7, "share", reason="7 answers, a rate needs 10.", state="too_few"),
            target=0.9,
        ),
    ]


def item(item_id: str, name: str, touched: float, reach: float, share: float = 0.0) -> dict:
    return {
        "item_id": item_id,
        "title": f"Title of {item_id}",
        "kind": "item",
        "class": name,
        "touched": touched,
        "allocated": touched,
        "reach": reach,
        "effort": 4.0,
        "reason": "A reason.",
        "unconfirmed_share": share,
    }


def overlap() -> Overlap:
    items = pd.DataFrame(
        [
            item("I1", "only_sales", 700_000.0, 20.0),
            item("I2", "both", 400_000.0, 130.0, 0.25),
            item("I3", "only_product", 0.0, 300.0),
        ]
    )
    classes = pd.DataFrame(
        [
            {
                "class": name,
                "label": label,
                "count": int((items["class"] == name).sum()),
                "allocated": float(items.loc[items["class"] == name, "allocated"].sum()),
                "touched": float(items.loc[items["class"] == name, "touched"].sum()),
                "unconfirmed_share": 0.25 if name == "both" else 0.0,
                "action": ACTIONS[name],
            }
            for name, label in LABELS.items()
        ]
    )
    return Overlap(
        items=items,
        classes=classes,
        links=pd.DataFrame(),
        links_used=pd.DataFrame({"ask_id": ["Q1", "Q2"]}),
        deal_things=pd.DataFrame({"deal_id": ["D1", "D2"]}),
        lost_things=pd.DataFrame({"deal_id": []}),
        union=1_100_000.0,
        unconfirmed_share=0.18,
        left_out=pd.DataFrame(),
        median_reach=None,
        level=0.35,
        thresholds=Thresholds(),
    )


def problem(capacity: int = 80) -> Problem:
    """The roadmap holds Old (small for both); Sign-on helps sales, Search helps product."""
    return Problem(
        candidates=(
            Candidate("I1", "Sign-on", 40, 50),
            Candidate("I2", "Search", 40, 900),
            Candidate("I3", "Old", 80, 100),
        ),
        deals=(Deal("D1", 500, frozenset({"I1"})), Deal("D2", 80, frozenset({"I3"}))),
        capacity=capacity,
        planned=frozenset({"I3"}),
    )


def trade(**more: object) -> Trade:
    asked = problem()
    return Trade(find_compromise(asked), asked, "EUR", **more)


def agreements(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "agreement_id": key,
                "title": f"Agreement {key}",
                "give": "two weeks",
                "get": "a reference",
                "sales_owner": "M. Okafor",
                "product_owner": "J. Lindqvist",
                "due_date": pd.Timestamp(due),
                "status": status,
                "kpi": "win_rate",
            }
            for key, due, status in rows
        ]
    )


def sources(**more: object) -> Sources:
    parts = {
        "as_of": AS_OF,
        "data_version": 14,
        "currency": "EUR",
        "kpis": kpi_lines(),
        "headlines": ("nrr", "win_rate"),
        "overlap": overlap(),
        "trade": trade(),
        "agreements": agreements([("A1", "2026-11-10", "open")]),
    }
    return Sources(**(parts | more))


# ---- KPIs


def test_kpi_row_shows_value_change_target_n_and_definition() -> None:
    sales = kpi_slides(kpi_lines()[:1], "EUR", "Review")[0]
    assert sales.table is not None
    assert sales.table.rows[0].cells == (
        "Win rate",
        f"31{NBSP}%",
        f"+1{NBSP}pt",
        f"35{NBSP}%, in range",
        f"86{NBSP}closed",
        "What is counted.",
    )
    assert sales.definitions == ("Win rate: What is counted.",)


def test_kpis_come_shared_first_then_sales() -> None:
    (slide,) = kpi_slides(kpi_lines(), "EUR", "Review")
    assert slide.table is not None
    assert [row.mark for row in slide.table.rows] == ["shared", "shared", "shared", "sales"]


def test_many_kpis_go_on_more_slides_and_none_is_lost() -> None:
    many = [kpi_lines()[0] for _ in range(21)]
    made = kpi_slides(many, "EUR", "Review")
    assert [len(slide.table.rows) for slide in made if slide.table] == [10, 10, 1]
    assert len({slide.key for slide in made}) == 3


def test_long_definitions_take_more_room_and_only_their_first_sentence_stands_on_the_slide() -> (
    None
):
    long = (
        "Of what was counted " + "and counted again " * 8 + "the share kept. New ones do not count."
    )
    line = kpi_lines()[0]
    about = replace(line.definition, definition=long)
    made = kpi_slides([replace(line, definition=about)] * 10, "EUR", "Review")
    assert [len(slide.table.rows) for slide in made if slide.table] == [7, 3]
    assert made[0].table is not None
    assert made[0].table.rows[0].cells[-1] == long.removesuffix(" New ones do not count.")
    assert long in made[0].definitions[0]


def test_title_names_the_kpi_furthest_from_its_target() -> None:
    shared = kpi_slides(kpi_lines(), "EUR", "Review")[0]
    # request to ship: 11 of 60 days over; retention: 1.8 of 106 short
    assert shared.title == (
        f"2 of 3{NBSP}KPIs with a target miss it, request to ship by most: "
        f"71{NBSP}days against 60{NBSP}days"
    )


def test_title_claims_no_miss_that_the_likely_range_does_not_show() -> None:
    sales = kpi_slides(kpi_lines()[:1], "EUR", "Review")[0]
    assert sales.title == (f"Win rate is 31{NBSP}%, its range reaches the target of 35{NBSP}%")


def test_kpi_with_too_few_rows_says_so_and_why() -> None:
    shared = kpi_slides(kpi_lines(), "EUR", "Review")[0]
    assert shared.table is not None
    cells = shared.table.rows[2].cells
    assert cells[1] == "Too few"
    assert cells[3] == f"90{NBSP}%"
    assert cells[5] == "7 answers, a rate needs 10."


def test_headline_number_carries_range_target_and_n() -> None:
    shown = number(kpi_lines()[0], "EUR")
    assert (shown.value, shown.unit, shown.mark) == ("31", "%", "sales")
    assert shown.detail == (
        f"+1{NBSP}pt in 3 months, likely 22 to 41{NBSP}%",
        f"Target 35{NBSP}%, in range. n{NBSP}={NBSP}86{NBSP}closed",
    )


@pytest.mark.parametrize(
    ("value", "target", "better", "said"),
    [
        (0.36, 0.35, "up", f"35.0{NBSP}%, met"),
        (0.34, 0.35, "down", f"35.0{NBSP}%, met"),
        (0.3501, 0.35, "down", f"35.0{NBSP}%, met"),
        (0.40, 0.35, "down", f"35.0{NBSP}%, 5.0 over"),
        (0.30, 0.35, "up", f"35.0{NBSP}%, 5.0 short"),
    ],
)
def test_target_is_met_on_the_better_side(value, target, better, said) -> None:
    assert Writer("share", "EUR", 212).distance(value, target, better) == said


@pytest.mark.parametrize(
    ("value", "target", "better", "said"),
    [
        (-50_000.0, 100_000.0, "up", "€100k, €150k short"),
        (-50_000.0, -20_000.0, "up", "−€20k, €30k short"),
        (-10_000.0, -20_000.0, "up", "−€20k, met"),
        (-50_000.0, 0.0, "up", "€0, €50k short"),
        (26_000.0, 24_500.0, "up", "€25k, met"),
        (26_000.0, 24_500.0, "down", "€25k, €1.5k over"),
    ],
)
def test_target_of_money_says_short_or_over_also_below_zero(value, target, better, said) -> None:
    assert Writer("currency", "EUR", 212).distance(value, target, better) == said


def test_money_below_zero_has_a_true_minus_before_its_symbol() -> None:
    line = KpiLine(
        Definition("arr_bridge", "Change of recurring revenue", "shared"),
        Value(-120_400.0, 238, "currency"),
        before=45_000.0,
        target=100_000.0,
        since="in 3 months",
    )
    shown = number(line, "EUR")
    assert (shown.value, shown.unit) == ("−€120k", "")
    assert shown.detail[0] == "−€165k in 3 months"
    (slide,) = kpi_slides([line], "EUR", "Review")
    assert slide.title == "Change of recurring revenue is −€120k against a target of €100k"


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [
        (71.0, 77.0, "days", f"−6{NBSP}days"),
        (0.31, 0.31, "share", "unchanged"),
        (0.3101, 0.3100, "share", "unchanged"),
        (580_000.0, 400_000.0, "currency", "+€180k"),
        (1.5, 1.2, "per_week", f"+0.3{NBSP}a{NBSP}week"),
        (-120_000.0, 45_000.0, "currency", "−€165k"),
        (-120_000.0, -300_000.0, "currency", "+€180k"),
        (-0.2, 0.2, "currency", "unchanged"),
    ],
)
def test_change_says_its_unit_and_never_zero_with_a_sign(now, before, unit, said) -> None:
    assert Writer(unit, "EUR", 212).change(now, before) == said


# ---- overlap


def test_longer_values_get_more_room_at_the_end_of_the_longest_bar() -> None:
    in_euro, in_francs = (
        bars.figure(class_bars(overlap(), currency), html.SYMBOLS).layout.xaxis.range[1]
        for currency in ("EUR", "CHF")
    )
    assert in_francs > in_euro > 700_000.0


def test_bars_split_each_class_into_confirmed_and_unconfirmed_money() -> None:
    chart = class_bars(overlap(), "EUR")
    assert [bar.label for bar in chart.bars] == list(LABELS.values())
    both = chart.bars[0]
    assert (both.confirmed, both.unconfirmed, both.shown) == (300_000.0, 100_000.0, "€400k")
    total = sum(bar.confirmed + bar.unconfirmed for bar in chart.bars)
    assert total == overlap().union


def test_overlap_slide_gives_both_sides_the_same_parts() -> None:
    slide = overlaps_slide(overlap(), "EUR", "Review")
    assert slide.title == f"Both sides already want 1 of 3{NBSP}items, with €400k behind them"
    sales, product = slide.columns
    assert (sales.mark, sales.number, product.mark, product.number) == (
        "sales",
        "1",
        "product",
        "1",
    )
    assert sales.lists[0].lines == ("Title of I1, €700k",)
    assert product.lists[0].lines == (f"Title of I3, 300{NBSP}accounts",)
    assert f"18{NBSP}% of the money rests on links no person has confirmed" in slide.facts


def test_overlap_map_holds_every_item_with_its_pulls() -> None:
    slide = overlaps_slide(overlap(), "EUR", "Review")
    assert isinstance(slide.chart, Points)
    points = {(s.mark, x, y) for s in slide.chart.sets for x, y in zip(s.x, s.y, strict=True)}
    assert points == {
        ("sales", 20.0, 700_000.0),
        ("shared", 130.0, 400_000.0),
        ("product", 300.0, 0.0),
    }


# ---- compromise


def test_trade_slide_says_gain_of_both_and_who_gives_up_what() -> None:
    slide = compromise_slide(trade(both_gain=0.87), "Review")
    assert slide.title == (
        "One trade inside the same capacity unlocks €420 more and reaches 85 more accounts "
        "than today’s roadmap"
    )
    sales, product = slide.columns
    assert (sales.number, product.number) == ("+€420", "+85")
    assert [part.heading for part in sales.lists] == [part.heading for part in product.lists]
    assert sales.lists[0].lines == ("Sign-on",)
    assert product.lists[0].lines == ("Search",)
    assert sales.lists[1].lines == ("Old",)
    assert product.lists[1].lines == ("nothing of its own",)
    assert slide.decision.endswith("Both gain in 87 of 100 simulated cases.")
    assert "8 of 8 person-weeks" in slide.facts


def test_native_frontier_holds_the_plans_and_their_staircase() -> None:
    chart = compromise_slide(trade(), "Review").chart
    assert isinstance(chart, Points)
    named = {part.name: part for part in chart.sets}
    plans = trade().found.frontier.plans
    assert set(zip(named["Best plans"].x, named["Best plans"].y, strict=True)) == {
        (plan.accounts, float(plan.sales)) for plan in plans
    }
    assert (named["The compromise"].x, named["The compromise"].y) == ((95.0,), (500.0,))
    # first down, then to the right: no step claims a plan that does not exist
    steps = list(zip(named["Frontier"].x, named["Frontier"].y, strict=True))
    for (x1, y1), (x2, y2) in zip(steps, steps[1:], strict=False):
        assert x1 == x2 or y1 == y2
        assert x2 >= x1
        assert y2 <= y1


def test_no_trade_is_an_answer_with_what_opens_one() -> None:
    asked = Problem(
        candidates=(Candidate("I1", "Old", 40, 100), Candidate("I2", "New", 40, 100)),
        deals=(Deal("D1", 500, frozenset({"I1"})), Deal("D2", 80, frozenset({"I2"}))),
        capacity=40,
        planned=frozenset({"I1"}),
    )
    found = find_compromise(asked)
    assert not found.trade
    openers = find_openers(asked, found)
    slide = compromise_slide(Trade(found, asked, "EUR", openers=openers), "Review")
    assert slide.title.startswith(f"No trade is available at 4{NBSP}person-weeks")
    assert slide.decision == f"keep today’s roadmap. {openers[0]}"
    assert [column.number for column in slide.columns] == ["€500", "10"]
    assert isinstance(slide.chart, Points)
    assert "The compromise" not in [part.name for part in slide.chart.sets]


def test_long_lists_say_how_many_more() -> None:
    asked = Problem(
        candidates=tuple(Candidate(f"I{at}", f"Item {at}", 10, 10) for at in range(6)),
        deals=tuple(Deal(f"D{at}", 100, frozenset({f"I{at}"})) for at in range(6)),
        capacity=60,
        sales_share=0.0,
    )
    found = replace(find_compromise(asked), trade=True)
    plan = replace(found.no_deal.plan, items=())
    told = Trade(replace(found, no_deal=replace(found.no_deal, plan=plan)), asked, "EUR")
    gets = [line for column in columns(told, most=3) for line in column.lists[0].lines]
    assert "and 4 more" in gets


# ---- agreements


def test_late_agreements_come_first_in_bold_and_are_counted() -> None:
    slide = agreements_slide(
        agreements(
            [
                ("A1", "2026-12-01", "open"),
                ("A2", "2026-11-10", "open"),
                ("A3", "2026-11-16", "open"),
                ("A4", "2026-10-01", "kept"),
                ("A5", "2026-10-01", "missed"),
            ]
        ),
        AS_OF,
        "Review",
        {"win_rate": "Win rate"},
    )
    assert slide.title == f"1 of 3{NBSP}open agreements is late; 1 of 2 closed so far was kept"
    assert slide.table is not None
    assert [row.cells[0] for row in slide.table.rows] == [
        f"6{NBSP}days late",
        f"16{NBSP}Nov{NBSP}2026",
        f"1{NBSP}Dec{NBSP}2026",
    ]
    assert [row.strong for row in slide.table.rows] == [True, False, False]
    assert slide.table.rows[0].cells[1:] == (
        "Agreement A2",
        "two weeks",
        "a reference",
        "M. Okafor",
        "J. Lindqvist",
        "Win rate",
    )
    assert slide.decision == "give the late one a new date, or close it as missed."


def test_no_agreement_is_said_not_left_blank() -> None:
    slide = agreements_slide(agreements([("A1", "2026-10-01", "kept")]), AS_OF, "Review", {})
    assert slide.title == "No agreement is open; 1 of 1 closed so far was kept"
    assert slide.table is not None
    assert slide.table.rows[0].cells[1] == "No agreement is open."


# ---- the deck


def test_deck_holds_the_chosen_pages_in_the_order_of_a_meeting() -> None:
    assert [slide.key for slide in build(sources()).slides] == [
        *("brief", "kpis", "overlaps", "compromise", "agreements")
    ]
    assert [slide.key for slide in build(sources(), ("compromise", "brief")).slides] == [
        *("brief", "compromise")
    ]


def test_brief_has_the_headline_kpis_in_order_the_bars_and_the_trade() -> None:
    slide = build(sources(), ("brief",)).slides[0]
    assert [shown.label for shown in slide.numbers] == ["Net revenue retention", "Win rate"]
    assert isinstance(slide.chart, Bars)
    assert slide.title == (
        "Both sides already want 1 of 3 items. One trade inside the capacity would unlock €420 "
        "more for sales and reach 85 more accounts for product"
    )


def test_parts_without_results_have_no_slide() -> None:
    bare = sources(overlap=None, trade=None, agreements=None)
    assert available(bare) == ["kpis"]
    with pytest.raises(PackError, match="choose at least one"):
        build(bare, ("brief",))
    assert set(available(sources())) == set(contents.PAGES)


def test_masked_deck_has_no_owner_in_it() -> None:
    deck = build(sources(), masks=masks((), (("M. Okafor",), ("J. Lindqvist",))))
    assert deck.masked
    page = html.write(deck)
    assert "Okafor" not in page
    assert "Person B" in page


def test_hatching_covers_only_what_nobody_confirmed() -> None:
    chart = class_bars(overlap(), "EUR")
    hatching = [part for part in bars.figure(chart, html.SYMBOLS).data if part.name == "hatching"]
    assert len(hatching) == len(chart.bars)
    for bar, lines in zip(chart.bars, hatching, strict=True):
        xs = [x for x in lines.x if x is not None]
        assert bool(xs) == bool(bar.unconfirmed)
        assert all(bar.confirmed <= x <= bar.confirmed + bar.unconfirmed for x in xs)
