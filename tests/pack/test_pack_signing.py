"""Every KPI of a pack says how its definition stands with both sides, in every kind of file."""

import datetime
import io
import re
from dataclasses import replace

import pypdf
import pytest
from pptx import Presentation

from common_ground.kpis.signing import Signature, Standing
from common_ground.pack import html, picture, powerpoint, signing
from common_ground.pack.contents import build
from common_ground.pack.kpi_slides import KpiLine, kpi_slides, number
from common_ground.pack.masking import Mask, masks, with_people
from common_ground.pack.slides import Deck
from tests.pack.test_pack_contents import NBSP, kpi_lines, sources

DANA, KIM = "Dana Reyes", "Kim Berg-Nakamura"


def signature(side: str, by: str, version: str = "2") -> Signature:
    return Signature(
        signature_id=1,
        side=side,
        version=version,
        fingerprint=version * 64,
        options={},
        meaning="What is counted.",
        signed_by=by,
        signed_on=datetime.date(2026, 11, 2),
    )


def standing(state: str, sales: Signature | None = None, product: Signature | None = None):
    return Standing(state, "2", "2" * 64, sales, product)  # type: ignore[arg-type]


def standings() -> dict[str, Standing]:
    """One of each state, and both ways to be signed by one side."""
    sales, product = signature("sales", DANA), signature("product", KIM)
    return {
        "both": standing("signed", sales, product),
        "sales only": standing("one_side", sales),
        "product only": standing("one_side", None, product),
        "nobody": standing("unsigned"),
        "changed": standing("changed", sales, signature("product", KIM, "1")),
        "disputed": standing("disputed", sales, product),
    }


def signed_lines(*shorts: str) -> list[KpiLine]:
    """The KPIs of the other tests, each with a standing; more of the first for more standings."""
    found = standings()
    plain = kpi_lines()
    return [replace(plain[at % len(plain)], signed=found[short]) for at, short in enumerate(shorts)]


def signed_deck(chosen: tuple[Mask, ...] | None = None) -> Deck:
    """Headline KPIs: the first is signed by one side, the second disputed."""
    lines = signed_lines("sales only", "disputed", "both", "changed")
    return build(sources(kpis=lines), ("brief", "kpis"), chosen)


# ---- words


@pytest.mark.parametrize(
    ("short", "beside"),
    [
        ("both", ""),
        ("sales only", "Definition signed by sales only"),
        ("product only", "Definition signed by product only"),
        ("nobody", "Definition not signed"),
        ("changed", "Definition changed since signed"),
        ("disputed", "Definition disputed"),
    ],
)
def test_each_state_has_short_words_and_only_what_both_signed_says_nothing_beside(
    short: str, beside: str
) -> None:
    assert signing.short(standings()[short]) == short
    assert signing.beside(standings()[short]) == beside


@pytest.mark.parametrize(
    ("short", "said"),
    [
        ("both", f"Version 2. Signed by {DANA} (sales), {KIM} (product)."),
        (
            "sales only",
            f"Version 2. Signed by sales, not by product (sales: {DANA}, version 2).",
        ),
        ("nobody", "Version 2. Not signed."),
        (
            "changed",
            f"Version 2. Changed since product signed (sales: {DANA}, version 2; "
            f"product: {KIM}, version 1).",
        ),
        (
            "disputed",
            "Version 2. Disputed: sales and product signed different rules "
            f"(sales: {DANA}, version 2; product: {KIM}, version 2).",
        ),
    ],
)
def test_definition_in_full_names_its_version_and_who_signed_which(short: str, said: str) -> None:
    assert signing.in_full(standings()[short]) == said


def test_foot_counts_what_both_signed_and_names_changed_and_disputed() -> None:
    found = standings()
    assert signing.counted([found["both"], found["changed"], found["both"]]) == (
        f"2 of 3{NBSP}definitions signed by both sides; 1 changed since"
    )
    assert signing.counted(list(found.values())) == (
        f"1 of 6{NBSP}definitions signed by both sides; 1 changed since, 1 disputed"
    )
    assert signing.counted([found["nobody"]]) == (f"0 of 1{NBSP}definition signed by both sides")


# ---- slides


def test_every_row_of_a_table_says_who_signed_and_the_foot_counts_them_once() -> None:
    lines = signed_lines("sales only", "disputed", "both", "nobody")
    (slide,) = kpi_slides(lines, "EUR", "Review", ("Last 12 months",))
    assert slide.table is not None
    at = slide.table.headers.index("Signed")
    assert [(row.cells[0], row.cells[at]) for row in slide.table.rows] == [
        ("Net revenue retention", "disputed"),
        ("Request to ship", "both"),
        ("Satisfaction", "nobody"),
        ("Win rate", "sales only"),
    ]
    assert slide.facts == (
        "Last 12 months",
        f"1 of 4{NBSP}definitions signed by both sides; 1 disputed",
    )
    assert slide.table.headers[slide.table.small[0]] == "What it is"
    assert len(slide.table.widths) == len(slide.table.headers)


def test_kpi_nobody_is_asked_to_sign_has_a_dash_and_is_not_counted() -> None:
    lines = [*signed_lines("both"), kpi_lines()[1]]
    (slide,) = kpi_slides(lines, "EUR", "Review")
    assert slide.table is not None
    at = slide.table.headers.index("Signed")
    assert [row.cells[at] for row in slide.table.rows] == ["–", "both"]
    assert slide.facts == (f"1 of 1{NBSP}definition signed by both sides",)


def test_without_signing_there_is_no_column_no_count_and_nothing_to_unfold() -> None:
    (slide,) = kpi_slides(kpi_lines(), "EUR", "Review")
    assert slide.table is not None
    assert "Signed" not in slide.table.headers
    assert (slide.facts, slide.in_full) == ((), ())
    assert "<details" not in html.write(build(sources()))


def test_signing_leaves_the_title_as_it_is() -> None:
    lines = signed_lines("nobody", "nobody", "nobody", "nobody")
    signed, plain = (kpi_slides(told, "EUR", "Review")[0] for told in (lines, kpi_lines()))
    assert signed.title == plain.title


def test_headline_number_has_a_line_more_unless_both_signed() -> None:
    signed, unsigned = (number(line, "EUR") for line in signed_lines("both", "nobody"))
    assert len(signed.detail) == 2
    assert unsigned.detail[2:] == ("Definition not signed",)


def test_change_column_is_named_after_what_the_values_are_compared_with() -> None:
    lines = [replace(line, since="on a year before") for line in kpi_lines()]
    (slide,) = kpi_slides(lines, "EUR", "Review")
    assert slide.table is not None
    assert slide.table.headers[2] == "On a year before"
    assert slide.table.rows[0].cells[2] == f"+0.9{NBSP}pt"


def test_changes_against_different_days_each_say_theirs() -> None:
    first, second, *_ = kpi_lines()
    lines = [replace(first, since="on a year before"), second]
    (slide,) = kpi_slides(lines, "EUR", "Review")
    assert slide.table is not None
    assert slide.table.headers[2] == "Change"
    assert [row.cells[2] for row in slide.table.rows] == [
        f"+0.9{NBSP}pt in 3 months",
        f"+1{NBSP}pt on a year before",
    ]


# ---- files


def unfolded(page: str) -> str:
    return " ".join(re.findall(r"<details.*?</details>", page, re.DOTALL))


def test_html_shows_the_states_and_unfolds_version_and_signers() -> None:
    page = html.write(signed_deck())
    for short in ("sales only", "disputed", "both", "changed"):
        assert f"<td>{short}</td>" in page
    assert "<p>Definition signed by sales only</p>" in page
    assert page.count("<details") == 2
    assert f"Version 2. Signed by {DANA} (sales), {KIM} (product)." in unfolded(page)


def test_pptx_has_the_states_in_its_table_and_the_signers_in_its_notes() -> None:
    brief, kpis = Presentation(io.BytesIO(powerpoint.pptx(signed_deck()))).slides
    table = next(shape.table for shape in kpis.shapes if shape.has_table)
    assert [row.cells[5].text for row in table.rows] == [
        *("Signed", "disputed", "both", "changed", "sales only")
    ]
    texts = "\n".join(shape.text_frame.text for shape in brief.shapes if shape.has_text_frame)
    assert "Definition signed by sales only" in texts
    assert "Definition disputed" in texts
    for page in (brief, kpis):
        assert f"(sales: {DANA}, version 2" in page.notes_slide.notes_text_frame.text


def test_pptx_cards_grow_with_their_lines_and_push_the_chart_down() -> None:
    (brief, _) = Presentation(io.BytesIO(powerpoint.pptx(signed_deck()))).slides
    shapes = list(brief.shapes)
    detail = next(s for s in shapes if s.has_text_frame and "signed by sales" in s.text_frame.text)
    card = next(s for s in shapes if s.name.startswith("Rectangle") and s.top < detail.top)
    chart = next(shape for shape in shapes if shape.has_chart)
    assert len(detail.text_frame.paragraphs) == 3
    assert detail.top + detail.height <= card.top + card.height <= chart.top


@pytest.mark.usefixtures("browser")
def test_pdf_says_the_states_on_as_many_pages_as_there_are_slides() -> None:
    reader = pypdf.PdfReader(io.BytesIO(picture.pdf(signed_deck())))
    brief, kpis = (" ".join(page.extract_text().split()) for page in reader.pages)
    assert "Definition disputed" in brief
    for said in ("sales only", "changed", f"1 of 4{NBSP}definitions signed".replace(NBSP, " ")):
        assert said in kpis
    # What unfolds is for the screen; the foot stays the last words of a page.
    assert "who signed them" not in brief + kpis


@pytest.mark.usefixtures("browser")
def test_picture_shows_the_state() -> None:
    drawn = {
        short: picture.png(build(sources(kpis=signed_lines(short)), ("kpis",)))
        for short in ("sales only", "product only")
    }
    # Both feet say "0 of 1 definition"; only the column differs.
    assert drawn["sales only"] != drawn["product only"]


def test_page_for_a_picture_holds_nothing_to_unfold() -> None:
    assert "<details" not in html.write_slide(signed_deck(), "kpis")


# ---- masking


def test_signers_are_masked_though_no_mask_was_made_for_them() -> None:
    owners = masks((("Harbour Lifts",),), (("M. Okafor",), ("J. Lindqvist",)))
    assert DANA in html.write(signed_deck())
    masked = signed_deck(owners)
    notes = [
        page.notes_slide.notes_text_frame.text
        for page in Presentation(io.BytesIO(powerpoint.pptx(masked))).slides
    ]
    for text in (html.write(masked), *notes):
        assert not re.search("Dana|Reyes|Kim Berg|Nakamura", text)
    assert "Signed by Person C (sales), Person D (product)." in unfolded(html.write(masked))


def test_signer_the_data_names_too_keeps_the_letter_of_the_data() -> None:
    masked = signed_deck(masks((), (("A. Other",), ("dana  reyes",))))
    assert "Signed by Person B (sales), Person C (product)." in unfolded(html.write(masked))


def test_people_are_added_once_after_the_letters_given() -> None:
    given = masks((("Acme",),), ((DANA,),))
    added = with_people(given, [DANA, KIM])
    assert added[:2] == given
    assert [(mask.shown, mask.names[0]) for mask in added[2:]] == [("Person B", KIM)]


def test_signature_in_the_name_of_a_side_masks_no_other_word() -> None:
    signed = standing("one_side", signature("sales", "Sales"))
    assert signing.signers([signed, None, standings()["both"]]) == [DANA, KIM]
