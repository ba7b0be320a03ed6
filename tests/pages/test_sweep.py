"""What every page must do, whatever it shows: a sweep over pages/ that no new page has to edit."""

import re

import pytest

from tests.pages.opening import PAGES, open_page, shown

ANSWER = re.compile(r'<h1 class="cg-answer">(.+?)</h1>', re.DOTALL)

# What a person could do with each kind of widget, at most once a widget.
MOVES = {
    "selectbox": lambda box: box.select_index(len(box.options) - 1) if box.options else None,
    "radio": lambda box: box.set_value(box.options[-1]) if box.options else None,
    "multiselect": lambda box: box.set_value(box.options[:1]),
    "checkbox": lambda box: box.set_value(not box.value),
    "toggle": lambda box: box.set_value(not box.value),
    "number_input": lambda box: box.increment(),
    "slider": lambda box: box.set_value(box.max),
    "text_input": lambda box: box.input("=1+1 <b>&"),
    "text_area": lambda box: box.input("=1+1 <b>&"),
    "button": lambda box: box.click(),
    "button_group": lambda box: box.set_value(box.options[:1]),
}


def failures(app):
    return [f"{error.message}\n{error.stack_trace}" for error in app.exception]


def widgets(app):
    """Every widget that can be moved, as kind and position among its kind."""
    return [
        (kind, place)
        for kind in MOVES
        for place, widget in enumerate(app.get(kind))
        if not widget.disabled
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_its_question_on_the_demo_data(page, demo):
    app = open_page(page)
    assert failures(app) == []
    assert ANSWER.search(shown(app))
    assert "As of <b>" in shown(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_to_do_when_nothing_is_loaded(page, nothing):
    app = open_page(page)
    assert failures(app) == []
    assert ANSWER.search(shown(app))
    assert len(shown(app)) > 500


@pytest.mark.parametrize("page", PAGES)
def test_a_page_stands_every_widget_one_after_the_other(page, demo):
    app = open_page(page)
    for kind, place in widgets(app):
        found = app.get(kind)
        is_there = place < len(found) and not found[place].disabled
        if is_there and MOVES[kind](found[place]) is not None:
            app.run()
        assert failures(app) == [], f"{kind} {place} of {page}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_stands_a_link_made_up_by_somebody(page, demo):
    app = open_page(page, window="x' or 1=1", segment="<script>alert(1)</script>", item="../../x")
    assert failures(app) == []
    assert "<script>alert" not in shown(app)
