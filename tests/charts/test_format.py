"""Numbers read the same on every page."""

import pytest

from common_ground.charts import format


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "€0"),
        (999, "€999"),
        (999.5, "€1k"),
        (4_500, "€4.5k"),
        (9_960, "€10k"),
        (580_000, "€580k"),
        (999_499, "€999k"),
        (999_500, "€1.00M"),
        (1_420_000, "€1.42M"),
        (14_240_000, "€14.2M"),
        (142_400_000, "€142M"),
        (1_200_000_000, "€1.20B"),
        (-4_500, "−€4.5k"),
        (-0.2, "€0"),
    ],
)
def test_short_money(value, shown):
    assert format.money_short(value, "EUR") == shown


def test_money_names_a_currency_without_a_sign_of_its_own():
    assert format.money_short(310_000, "CHF") == "CHF\N{NO-BREAK SPACE}310k"
    assert format.money(1_150_000, "USD") == "$1,150,000"


def test_a_half_rounds_up_as_people_round():
    assert format.count(52.5) == "53"
    assert format.count(0.125, 2) == "0.13"
    assert format.count(-2.5) == "−3"


def test_number_and_unit_never_break():
    assert format.share(0.35) == "35\N{NO-BREAK SPACE}%"
    assert format.share(1.042, 1) == "104.2\N{NO-BREAK SPACE}%"
    assert format.days(71) == "71\N{NO-BREAK SPACE}days"
    assert format.days(1) == "1\N{NO-BREAK SPACE}day"


def test_a_gain_has_a_plus_and_nothing_has_none():
    assert format.signed(format.count(425)) == "+425"
    assert format.signed(format.money_short(580_000, "EUR")) == "+€580k"
    assert format.signed(format.count(-6)) == "−6"
    assert format.signed(format.count(0)) == "0"


def test_words_follow_their_number():
    assert format.plural(1, "item") == "1\N{NO-BREAK SPACE}item"
    assert format.plural(1_535, "item") == "1,535\N{NO-BREAK SPACE}items"
    assert format.plural(2, "reply", "replies") == "2\N{NO-BREAK SPACE}replies"
