"""Who signed which definition: standing of a KPI with both sides, from a real ledger."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from common_ground import kpi_lines, kpis
from common_ground.kpis import Terms
from common_ground.ledger import NewPolicyChoice, NewSignature, open_ledger
from tests.kpis.worlds import AS_OF, accounts, world

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
PEOPLE = {"sales": "Ada Sales", "product": "Ben Product"}
WIN_RATE = kpis.definition("win_rate")
LAST_OUTCOME = {"reopened": "last", "denominator": "closed"}
ALL_DEALS = {"reopened": "last", "denominator": "all"}


class Table:
    """Both sides at one ledger; each thing they do is a minute later than the one before."""

    def __init__(self, folder):
        self.ledger = open_ledger(folder)
        self._minutes = 0

    def now(self):
        self._minutes += 1
        return NOON + timedelta(minutes=self._minutes)

    @property
    def terms(self):
        return kpi_lines.terms(self.ledger)

    def sign(self, side, definition=WIN_RATE, **options):
        """Sign a definition as it is computed now, or under other options."""
        chosen = {**self.terms.policies, **options}
        signature = NewSignature(
            kpi=definition.kpi,
            side=side,
            version=definition.version,
            fingerprint=kpis.fingerprint(definition, chosen),
            options=definition.options(chosen),
            meaning=kpis.meaning(definition, chosen),
            signed_by=PEOPLE[side],
        )
        return self.ledger.sign(signature, now=self.now())

    def choose(self, policy, option):
        choice = NewPolicyChoice(policy, option, "Cleo Chair")
        self.ledger.choose_policy(choice, now=self.now())

    def standing(self, definition=WIN_RATE):
        return kpis.standing(definition, self.terms)


@pytest.fixture
def table(tmp_path):
    return Table(tmp_path)


def said(standing):
    return standing.state, standing.words


def test_a_definition_nobody_signed_says_so(table):
    found = table.standing()
    assert said(found) == ("unsigned", "Not signed")
    assert (found.sales, found.product) == (None, None)
    assert kpis.standing(WIN_RATE, kpis.DEFAULT_TERMS) == found


@pytest.mark.parametrize(("side", "other"), [("sales", "product"), ("product", "sales")])
def test_one_signature_names_the_side_that_is_lacking(table, side, other):
    table.sign(side)
    found = table.standing()
    assert said(found) == ("one_side", f"Signed by {side}, not by {other}")
    assert getattr(found, side).signed_by == PEOPLE[side]
    assert getattr(found, other) is None


def test_both_signatures_name_who_signed_what_and_when(table):
    table.sign("sales")
    number = table.sign("product")
    found = table.standing()
    assert said(found) == ("signed", "Signed by Ada Sales (sales), Ben Product (product)")
    assert found.product == kpis.Signature(
        signature_id=number,
        side="product",
        version=WIN_RATE.version,
        fingerprint=found.fingerprint,
        options=LAST_OUTCOME,
        meaning=kpis.meaning(WIN_RATE, {}),
        signed_by="Ben Product",
        signed_on=date(2026, 7, 1),
    )


def test_signatures_under_one_kpi_are_none_under_another(table):
    table.sign("sales")
    assert table.standing(kpis.definition("sales_cycle_days")).state == "unsigned"


def test_a_signature_stands_on_the_last_one_of_its_side(table):
    table.sign("sales", denominator="all")
    table.sign("sales")
    table.sign("product")
    assert table.standing().state == "signed"


def test_another_option_chosen_after_both_signed_is_a_change_until_it_is_taken_back(table):
    table.sign("sales")
    table.sign("product")
    table.choose("denominator", "all")
    assert said(table.standing()) == ("changed", "Changed since sales and product signed")
    table.choose("denominator", "closed")
    assert table.standing().state == "signed"


def test_only_the_side_whose_signature_is_old_is_named(table):
    old = replace(WIN_RATE, definition="Deals won of all deals.")
    table.sign("product", old)
    table.sign("sales")
    assert said(table.standing()) == ("changed", "Changed since product signed")


def test_a_change_after_one_side_signed_is_a_change(table):
    table.sign("sales")
    table.choose("reopened", "first")
    assert said(table.standing()) == ("changed", "Changed since sales signed")


@pytest.mark.parametrize(
    "corrected",
    [
        {"definition": "Deals won of all deals."},
        {"formula": "won / all"},
        {"version": "2"},
        {"value": "count(*) filter (where is_won)"},
        {"rows": "is_won"},
        {"leave_out": ()},
        {"policies": WIN_RATE.policies[:-1]},
    ],
    ids=lambda corrected: next(iter(corrected)),
)
def test_what_changes_the_number_or_its_words_must_be_signed_again(table, corrected):
    table.sign("sales")
    table.sign("product")
    found = table.standing(replace(WIN_RATE, **corrected))
    assert said(found) == ("changed", "Changed since sales and product signed")


@pytest.mark.parametrize("told", [{"label": "Rate"}, {"caveat": "None."}, {"min_rows": 5}])
def test_what_stands_beside_the_number_needs_no_new_signature(table, told):
    table.sign("sales")
    table.sign("product")
    assert table.standing(replace(WIN_RATE, **told)).state == "signed"


def test_a_new_version_signed_by_one_side_is_no_dispute(table):
    table.sign("sales")
    newer = replace(WIN_RATE, version="2")
    table.sign("product", newer, denominator="all")
    table.choose("denominator", "all")
    assert said(table.standing(newer)) == ("changed", "Changed since sales signed")


def test_sides_that_signed_different_options_dispute_the_kpi(table):
    table.sign("sales")
    table.sign("product", denominator="all")
    words = "Disputed: sales and product signed different rules"
    assert said(table.standing()) == ("disputed", words)


@pytest.mark.parametrize("option", ["all", "closed"])
def test_choosing_the_variant_of_one_side_settles_no_dispute(table, option):
    table.sign("sales")
    table.sign("product", denominator="all")
    table.choose("denominator", option)
    assert table.standing().state == "disputed"


def test_a_dispute_ends_when_one_side_signs_what_the_other_did(table):
    table.sign("sales")
    table.sign("product", denominator="all")
    table.choose("denominator", "all")
    table.sign("sales")
    assert table.standing().state == "signed"


def test_a_withdrawn_signature_is_none(table):
    number = table.sign("sales")
    table.sign("product")
    table.ledger.withdraw_signature(number, by="Ada Sales", now=table.now())
    assert said(table.standing()) == ("one_side", "Signed by product, not by sales")


def test_a_withdrawn_signature_ends_a_dispute_and_brings_no_earlier_one_back(table):
    table.sign("sales", denominator="all")
    number = table.sign("sales")
    table.sign("product", denominator="all")
    assert table.standing().state == "disputed"
    table.ledger.withdraw_signature(number, by="Ada Sales", now=table.now())
    found = table.standing()
    assert found.sales is None
    assert said(found) == ("changed", "Changed since product signed")


def test_an_option_of_a_rule_the_kpi_does_not_follow_changes_nothing(table):
    table.sign("sales")
    table.sign("product")
    table.choose("month_days", "30")
    assert table.standing().state == "signed"
    assert kpis.fingerprint(WIN_RATE, {"month_days": "30"}) == kpis.fingerprint(WIN_RATE, {})
    assert kpis.meaning(WIN_RATE, {"month_days": "30"}) == kpis.meaning(WIN_RATE, {})


@pytest.mark.parametrize("kpi", kpis.known_kpis())
def test_every_option_of_every_kpi_has_a_fingerprint_and_words_of_its_own(kpi):
    found = kpis.definition(kpi)
    variants = [{}] + [
        {policy.policy: option} for policy in found.choices for option, _ in policy.options[1:]
    ]
    assert len({kpis.fingerprint(found, options) for options in variants}) == len(variants)
    assert len({kpis.meaning(found, options) for options in variants}) == len(variants)
    defaults = {policy.policy: policy.default for policy in found.choices}
    assert kpis.fingerprint(found, defaults) == kpis.fingerprint(found, {})


def test_no_two_kpis_share_a_fingerprint():
    found = [kpis.fingerprint(kpis.definition(kpi), {}) for kpi in kpis.known_kpis()]
    assert len(set(found)) == len(found)


def test_what_is_signed_holds_definition_formula_and_every_rule():
    words = kpis.meaning(WIN_RATE, {"denominator": "all"})
    assert words.startswith(f"{WIN_RATE.definition} Formula: {WIN_RATE.formula}. Rules: ")
    assert "Deals still open at the end of the window count too" in words
    assert all(sentence in words for sentence in WIN_RATE.rules({"denominator": "all"}).values())
    assert ".." not in words


@pytest.fixture(scope="module")
def deals():
    """Two won, one lost, one open: 2 of 3 closed, 2 of 4 in all."""
    day = {"account_id": "a", "created_date": "2026-04-01", "closed_date": "2026-05-01"}
    stages = {"one": "won", "two": "won", "three": "lost", "four": "open"}
    rows = [{"deal_id": deal, "stage": stage} | day for deal, stage in stages.items()]
    return world(accounts=accounts("a"), deals=rows)


def test_a_disputed_kpi_has_the_value_each_side_signed(table, deals):
    table.sign("sales")
    table.sign("product", denominator="all")
    view = kpis.view("quarter", AS_OF, 1)
    found = kpis.signed_variants(deals, "win_rate", view, table.terms)
    assert {side: value.computed for side, value in found.items()} == {
        "sales": pytest.approx(2 / 3),
        "product": 0.5,
    }
    assert found["product"].options == ALL_DEALS
    table.choose("denominator", "all")
    again = kpis.signed_variants(deals, "win_rate", view, table.terms)
    assert again == found


def test_variants_are_those_of_rules_signed_whatever_else_was_chosen_since(table, deals):
    table.sign("sales", reopened="first")
    table.sign("product", reopened="first", denominator="all")
    table.choose("reopened", "last")
    found = kpis.signed_variants(deals, "win_rate", kpis.view("quarter", AS_OF, 1), table.terms)
    assert {value.options["reopened"] for value in found.values()} == {"first"}


def test_a_kpi_both_agree_on_has_no_variants(table, deals):
    table.sign("sales")
    table.sign("product")
    assert kpis.signed_variants(deals, "win_rate", kpis.view("all", AS_OF, 1), table.terms) == {}
    assert kpis.signed_variants(deals, "win_rate", kpis.view("all", AS_OF, 1), Terms()) == {}
