import json
import re
from dataclasses import replace

import pytest

from common_ground.errors import PackError
from common_ground.pack import html
from common_ground.pack.slides import Deck, clean, day
from tests.pack.pack_decks import FRONTIER, deck, frontier_figure


def without_scripts(page: str) -> str:
    """The page without the drawing library and the data of charts."""
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_every_slide_is_a_section_with_its_title_and_foot() -> None:
    page = without_scripts(html.write(deck()))
    assert page.count('<section class="slide"') == 4
    for slide in deck().slides:
        assert f'id="{slide.key}"' in page
    assert page.count("As of 16 Nov 2026. Data v14.") == 4
    assert "18 % of the money rests on links no person has confirmed." in page


def test_names_with_markup_are_escaped() -> None:
    page = without_scripts(html.write(deck()))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "=HYPERLINK(&quot;http://x&quot;)" in page


def test_chart_data_cannot_end_its_script() -> None:
    figure = frontier_figure()
    figure.add_annotation(text="</script><script>alert(2)</script>")
    slides = (replace(deck().slides[2], figure=figure),)
    page = html.write(replace(deck(), slides=slides))
    assert "</script><script>alert(2)" not in page
    assert "\\u003c/script\\u003e" in page


def test_page_fetches_nothing_and_lets_only_its_own_scripts_run() -> None:
    page = html.write(deck())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy[1].split("style-src")[0]
    shell = without_scripts(page)
    assert not re.findall(r"\b(?:src|href|srcset|action)\s*=", shell)
    assert all(found.startswith("data:") for found in re.findall(r'url\("([^"]*)"', shell))
    assert "@import" not in shell


def test_drawing_library_is_inside_once_and_only_if_something_is_drawn() -> None:
    assert html.write(deck()).count("<script>") == 2
    tables_only = replace(deck(), slides=(deck().slides[3],))
    page = html.write(tables_only)
    assert "<script" not in page
    assert "script-src 'none'" in page
    assert len(page) < 600_000


def test_figures_in_the_page_equal_the_figures_given() -> None:
    page = html.write(deck())
    found = re.search(
        r'<script type="application/json" id="figure-compromise">(.*?)</script>', page, re.DOTALL
    )
    assert found is not None
    drawn = json.loads(found[1])
    assert tuple(drawn["data"][0]["x"]) == FRONTIER[0]
    assert tuple(drawn["data"][0]["y"]) == FRONTIER[1]


def test_same_deck_same_bytes() -> None:
    assert html.write(deck()) == html.write(deck())


def test_pack_without_slides_is_refused() -> None:
    with pytest.raises(PackError, match="choose at least one"):
        Deck((), deck().as_of, 1)


def test_control_characters_are_left_out() -> None:
    assert clean("a\x00b\x0bc\ud800") == "abc"
    assert "\x0b" not in html.write(deck())


def test_dates_do_not_depend_on_the_language_of_the_machine() -> None:
    assert day(deck().as_of) == "16 Nov 2026"
