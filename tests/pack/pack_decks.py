"""A small deck with every part a slide can have, and names that must not leave the room."""

import datetime

import pandas as pd
import plotly.graph_objects as go

from common_ground.charts.template import axis, base_layout
from common_ground.pack import bars, html
from common_ground.pack.masking import masks
from common_ground.pack.slides import (
    Bar,
    Bars,
    Column,
    Deck,
    Number,
    Points,
    PointSet,
    Row,
    Slide,
    Table,
    TextList,
)

AS_OF = datetime.date(2026, 11, 16)
ACCOUNTS = (("Harbour Lifts GmbH", "harbourlifts.example"), ("Kestrel & Sons",), ("Go",))
PEOPLE = (("Mia Okafor", "mia.okafor@example.org"), ("Jon Lindqvist",))
NAMES = tuple(name for group in (*ACCOUNTS, *PEOPLE) for name in group)
MASKS = masks(ACCOUNTS, PEOPLE)

FRONTIER = ((510.0, 1100.0, 1535.0, 1880.0), (2_100_000.0, 1_900_000.0, 1_355_000.0, 500_000.0))
CLASSES = Bars(
    (
        Bar("Both want it", "10 items", 1_200_000.0, 220_000.0, "€1.42M", "shared"),
        Bar("Only sales asks", "6 items", 1_100_000.0, 280_000.0, "€1.38M", "sales"),
        Bar("Only product plans", "8 items", 100_000.0, 40_000.0, "€140k", "product"),
        Bar("Already exists", "5 items", 400_000.0, 120_000.0, "€520k", "exists"),
        Bar("Usage disagrees", "5 items", 300_000.0, 140_000.0, "€440k", "disagrees"),
    ),
    "Open money, each deal split over its asks",
)


def frontier_figure() -> go.Figure:
    """A chart with names in labels, hover texts and data of every kind Plotly keeps."""
    figure = go.Figure(layout=base_layout("light", 500, xaxis=axis("light", "Accounts reached")))
    figure.add_scatter(
        x=FRONTIER[0],
        y=FRONTIER[1],
        mode="lines+markers",
        customdata=pd.DataFrame({"who": ["Harbour Lifts", "Kestrel & Sons", "x", "Go"]}).to_numpy(),
        hovertext=["asked by Kestrel &amp; Sons", "Harbour<br>Lifts", "Mia Okafor", ""],
    )
    figure.add_annotation(x=1535, y=1_355_000, text="<b>HARBOUR LIFTS</b> compromise")
    return figure


def deck() -> Deck:
    """Four slides: a table, bars, points with columns, and numbers over bars."""
    columns = tuple(
        Column(
            mark, name, number, unit, (TextList("Gets", ("Sign-on for Harbour Lifts", "Audit")),)
        )
        for mark, name, number, unit in (
            ("sales", "Sales", "+€580k", "unlocked revenue"),
            ("product", "Product", "+425", "accounts reached"),
        )
    )
    table = Slide(
        key="table",
        kicker="Joint review",
        title="Kestrel & Sons waits for <script>alert(1)</script>",
        table=Table(
            ("Deal", "Owner", "Money"),
            (
                Row(('=HYPERLINK("http://x")', "Mia Okafor", "€310k"), "sales", strong=True),
                Row(("harbour  lifts gmbh: renewal\x0b", "Jon Lindqvist", "€110k"), "product"),
            ),
            (2,),
            (3, 2, 1),
        ),
        definitions=("Money: open amount of the deal.",),
        facts=("2 deals",),
    )
    overlap = Slide(
        key="overlaps",
        kicker="Joint review",
        title="Both sides want 10 of 34 items",
        figure=bars.figure(CLASSES, html.SYMBOLS),
        chart=CLASSES,
        alt="Five classes with their money, Harbour Lifts first",
        decision="plan the ten together, says mia.okafor@example.org.",
        definitions=("Money: each deal split over its asks.",),
        facts=("34 items", "18 % of the money rests on links no person has confirmed"),
    )
    compromise = Slide(
        key="compromise",
        kicker="Joint review",
        title="One trade unlocks €580k more and reaches 425 more accounts",
        figure=frontier_figure(),
        chart=Points(
            "Accounts reached",
            "Unlocked revenue",
            (
                PointSet("Every best plan", *FRONTIER),
                PointSet("=1+1 Kestrel & Sons", (1535.0,), (1_355_000.0,), "shared", ("Go",)),
            ),
        ),
        alt="Frontier of plans",
        columns=columns,
        decision="confirm the trade.",
        definitions=("Unlocked: money of deals whose every blocker is in the plan.",),
        facts=("43 of 44 person-weeks",),
    )
    brief = Slide(
        key="brief",
        kicker="Joint review",
        title="Where we stand",
        figure=bars.figure(CLASSES, html.SYMBOLS),
        chart=CLASSES,
        alt="Five classes",
        numbers=(
            Number("Win rate", "31", "%", ("Target 35 %", "n = 86")),
            Number("NRR", "Too few"),
        ),
        columns=columns,
    )
    return Deck((brief, overlap, compromise, table), AS_OF, 14)
