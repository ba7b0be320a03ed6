import io
import re
import time
import zipfile
from dataclasses import replace

import pypdf
import pytest

from common_ground.pack import html, picture, powerpoint
from common_ground.pack.masking import letters, mask, masks
from tests.pack.pack_decks import ACCOUNTS, MASKS, NAMES, PEOPLE, deck

SECRETS = tuple(name.casefold() for name in NAMES if len(name) > 3) + (
    "harbour lifts",
    "kestrel &amp; sons",
    "kestrel \\u0026 sons",
)


def leaks(text: str) -> list[str]:
    """Names that stand in a text, whatever the white space and line breaks between their parts."""
    plain = " ".join(re.sub(r"<[^>]*>|\\u003cbr\\u003e|\s+", " ", text).split()).casefold()
    return [secret for secret in SECRETS if secret in plain]


def xml_of(content: bytes) -> str:
    """All text inside an Office file and the workbooks in it."""
    texts = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            texts.append(xml_of(part) if name.endswith(".xlsx") else part.decode("utf-8", "ignore"))
    return "\n".join(texts)


def test_scan_finds_names_in_an_open_deck() -> None:
    assert set(leaks(html.write(deck()))) >= {"harbour lifts", "mia okafor", "jon lindqvist"}
    assert "harbour lifts" in leaks(xml_of(powerpoint.pptx(deck())))


def test_masked_html_holds_no_name() -> None:
    masked = mask(deck(), MASKS)
    page = html.write(masked)
    library = html.get_plotlyjs()
    assert leaks(page.replace(library, "")) == []
    assert "Account A" in page
    assert "Names of customers and people masked." in page


def test_masked_pptx_holds_no_name() -> None:
    content = xml_of(powerpoint.pptx(mask(deck(), MASKS)))
    assert leaks(content) == []
    assert "Account B" in content
    assert "Person A" in content


@pytest.mark.usefixtures("browser")
def test_masked_pdf_holds_no_name() -> None:
    reader = pypdf.PdfReader(io.BytesIO(picture.pdf(mask(deck(), MASKS))))
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert leaks(text) == []
    assert "Account A" in text


def test_every_name_of_one_account_gets_the_same_letter() -> None:
    names = masks((("Harbour Lifts GmbH", "harbourlifts.example"),))
    slide = replace(
        deck().slides[3],
        title="HARBOUR LIFTS, Harbour\u00a0Lifts GmbH, harbourlifts.example, not Harbour Lifting",
        figure=None,
    )
    masked = mask(replace(deck(), slides=(slide,)), names)
    assert masked.slides[0].title == "Account A, Account A, Account A, not Harbour Lifting"


def test_short_names_are_replaced_only_as_written() -> None:
    slide = replace(deck().slides[3], title="Go wants us to go", figure=None)
    masked = mask(replace(deck(), slides=(slide,)), masks((("Go",),)))
    assert masked.slides[0].title == "Account A wants us to go"


def test_longer_name_is_taken_before_the_shorter_inside_it() -> None:
    slide = replace(deck().slides[3], title="Acme Labs against Acme", figure=None)
    masked = mask(replace(deck(), slides=(slide,)), masks((("Acme",), ("Acme Labs",))))
    assert masked.slides[0].title == "Account B against Account A"


def test_masking_keeps_the_numbers_and_the_keys() -> None:
    masked = mask(deck(), MASKS)
    assert [slide.key for slide in masked.slides] == [slide.key for slide in deck().slides]
    assert masked.slides[1].chart == deck().slides[1].chart
    figure = masked.slides[2].figure
    assert figure is not None
    assert tuple(figure.data[0].x) == tuple(deck().slides[2].figure.data[0].x)  # type: ignore[union-attr]
    assert figure.data[0].mode == "lines+markers"


def test_no_names_mask_nothing() -> None:
    assert mask(deck(), ()).slides[3] == deck().slides[3]


def test_letters_go_on_after_z() -> None:
    assert [letters(at) for at in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_people_and_accounts_have_letters_of_their_own() -> None:
    assert [one.shown for one in masks(ACCOUNTS, PEOPLE)] == [
        *("Account A", "Account B", "Account C"),
        *("Person A", "Person B"),
    ]


def masked_title(title: str, *chosen) -> str:
    slide = replace(deck().slides[3], title=title, figure=None)
    return mask(replace(deck(), slides=(slide,)), chosen).slides[0].title


def test_person_is_found_by_initial_and_any_address_is_removed() -> None:
    said = masked_title("M. Okafor and MIA OKAFOR wrote to x.y@kestrel.example", *masks((), PEOPLE))
    assert said == "Person A and Person A wrote to (e-mail address)"


def test_ids_that_are_numbers_do_not_touch_the_numbers_of_the_pack() -> None:
    assert masked_title("34 items, 2034", *masks((("Acme", "34"),))) == "34 items, 2034"


def test_names_that_begin_with_a_sign_are_found() -> None:
    assert masked_title("For @Home and (Kestrel)", *masks((("@Home",), ("Kestrel",)))) == (
        "For Account A and (Account B)"
    )


def test_ten_thousand_names_take_no_minute() -> None:
    many = masks((f"Company {at} of Somewhere",) for at in range(10_000))
    started = time.process_time()
    assert masked_title("company 9999 OF somewhere " * 50, *many).count("Account NTP") == 50
    assert time.process_time() - started < 5


def test_name_cut_off_with_its_title_is_replaced_too() -> None:
    names = masks((("Harbour Lifts GmbH",), ("The Pier",)))
    assert masked_title("Sign-on for Harbour…", *names) == "Sign-on for Account A…"
    assert masked_title("Sign-on for Harbour Lifts…", *names) == "Sign-on for Account A…"
    assert masked_title("Sign-on for the…", *names) == "Sign-on for the…"
    assert masked_title("The harbour is open", *names) == "The harbour is open"
