"""Every entry of kpis.toml is valid against the marts as DuckDB makes them."""

import re
from datetime import date

import pytest

from common_ground import kpis
from common_ground.kpis import Window
from common_ground.kpis.registry import AGREEMENTS, definitions
from common_ground.warehouse import models
from tests.kpis.worlds import AS_OF, world

KPIS = sorted(definitions())
OVER_MARTS = [kpi for kpi in KPIS if definitions()[kpi].mart != AGREEMENTS]
WINDOW = kpis.parse_window("trailing_12_months", AS_OF)

# data.md section 6
NAMED = {
    "mrr",
    "arr",
    "arr_bridge",
    "average_won_deal",
    "carr",
    "nrr",
    "grr",
    "renewal_rate",
    "logo_churn",
    "win_rate",
    "win_rate_amount",
    "won_amount",
    "sales_cycle_days",
    "pipeline_open",
    "pipeline_coverage",
    "sales_velocity",
    "activation_rate",
    "time_to_value_days",
    "wau",
    "mau",
    "stickiness",
    "adoption_breadth",
    "adoption_depth",
    "feature_coverage",
    "pql_to_win",
    "csat",
    "nps",
    "request_to_ship_days",
    "agreed_to_ship_days",
    "commitments_kept",
    "blocked_win_rate",
}


@pytest.fixture(scope="module")
def nothing():
    return world()


def test_every_kpi_of_the_design_is_defined():
    assert set(KPIS) == NAMED


@pytest.mark.parametrize("kpi", KPIS)
def test_words_are_sentences(kpi):
    found = definitions()[kpi]
    for text in (found.definition, found.caveat, found.null_reason):
        assert text.endswith("."), text
    assert found.question.endswith("?")
    assert all(say.endswith(".") for _, say in found.needs)
    assert found.policies


@pytest.mark.parametrize("kpi", OVER_MARTS)
def test_marts_hold_what_the_entry_names(kpi):
    found = definitions()[kpi]
    for mart in (found.mart, found.rows_mart):
        columns = {column.name for column in models.marts()[mart].columns}
        assert {"segment", "left_out"} <= columns
    if found.time:
        assert found.time in {column.name for column in models.marts()[found.mart].columns}


@pytest.mark.parametrize("kpi", KPIS)
def test_nothing_loaded_is_missing_and_says_which_export(nothing, kpi):
    found = kpis.compute(nothing, kpi, WINDOW)
    assert (found.state, found.value, found.n) == ("missing", None, 0)
    assert "Add" in found.reason or "Record" in found.reason
    assert kpis.history(nothing, kpi, WINDOW)["value"].notna().sum() == 0
    assert kpis.by_segment(nothing, kpi, WINDOW).empty
    assert kpis.rows_behind(nothing, kpi, WINDOW).empty


@pytest.mark.parametrize("kpi", KPIS)
def test_json_holds_plain_values(nothing, kpi):
    found = kpis.as_json(kpis.compute(nothing, kpi, Window(None, date(2026, 7, 1))))
    shape = {"kpi", "segment", "window", "value", "n", "unit", "policy", "version", "dropped"}
    assert shape <= found.keys()
    assert found["window"]["end"]


@pytest.mark.parametrize("kpi", OVER_MARTS)
def test_every_choice_of_a_kpi_reaches_its_mart_or_its_expressions(kpi):
    found = definitions()[kpi]
    expressions = " ".join([found.value, found.n, found.rows, found.hits, found.dropped])
    for policy in found.choices:
        in_mart = policy.policy in models.marts()[found.mart].params
        assert in_mart or f"policy_{policy.policy}" in expressions or found.covers == "use_month"


@pytest.mark.parametrize("kpi", KPIS)
def test_a_kpi_moves_kpis_there_are(kpi):
    assert set(definitions()[kpi].moves) <= set(KPIS) - {kpi}


def test_reasons_can_stand_in_a_statement_as_they_are():
    for found in definitions().values():
        assert not any("'" in reason for reason, _ in found.leave_out)


def test_an_unknown_kpi_is_a_mistake_of_the_caller(nothing):
    with pytest.raises(KeyError):
        kpis.compute(nothing, "magic", WINDOW)


# Short for things nobody can guess at first hearing; fine where the words stand before it in
# brackets, as in "recurring revenue of a year (ARR)".
SHORT = ("ARR", "MRR", "CARR", "NRR", "GRR", "NPS", "CSAT", "PQL", "WAU", "MAU", "CRM", "FX", "TCV")
JARGON = (
    *("cohort", "endpoint", "churn", "logo", "wilson", "distinct", "event", "events", "netted"),
    *("promoter", "promoters", "detractor", "detractors", "percentile", "pipeline", "instant"),
)
LABEL_CHARACTERS = 28  # a card cuts longer ones
DEFINITION_WORDS = 30  # more cannot be taken in at one hearing


def words_in(text):
    return set(re.findall(r"[\w-]+", text.lower()))


def unexplained(text):
    """Abbreviations that stand alone, and words of one trade."""
    bare = re.sub(r"\((?:{})\)".format("|".join(SHORT)), "", text)
    short = [word for word in SHORT if re.search(rf"\b{word}\b", bare)]
    return short + sorted(words_in(text) & set(JARGON))


def test_an_abbreviation_counts_as_explained_only_in_brackets_behind_its_words():
    assert unexplained("Recurring revenue of a year (ARR) of all contracts.") == []
    assert unexplained("ARR of the opening cohort.") == ["ARR", "cohort"]


@pytest.mark.parametrize("kpi", KPIS)
def test_a_definition_can_be_understood_at_first_hearing(kpi):
    found = definitions()[kpi]
    assert len(found.definition.split()) <= DEFINITION_WORDS
    for text in (found.question, found.definition, found.formula):
        assert unexplained(text) == [], text


@pytest.mark.parametrize("kpi", KPIS)
def test_a_label_fits_a_card_and_is_in_sentence_case(kpi):
    label = definitions()[kpi].label
    assert len(label) <= LABEL_CHARACTERS
    first, *others = label.split()
    assert first[0].isupper()
    assert all(word.islower() or word == "(NPS)" for word in others), label


def test_no_two_kpis_share_a_label_or_a_question():
    for told in ("label", "question", "definition"):
        assert len({getattr(found, told) for found in definitions().values()}) == len(KPIS)


@pytest.mark.parametrize("kpi", KPIS)
def test_what_is_counted_reads_after_its_number(kpi):
    counted = definitions()[kpi].counted
    assert counted
    assert counted == counted.lower()
    assert not counted.endswith(".")


@pytest.mark.parametrize("policy", sorted(kpis.policies()))
def test_a_rule_is_in_plain_words_and_reads_as_one_of_a_list(policy):
    found = kpis.policies()[policy]
    sentences = [found.says, *(sentence for _, sentence in found.options)]
    for sentence in filter(None, sentences):
        assert sentence[0].isupper()
        assert not sentence.endswith("."), "rules are joined with a full stop"
        assert set(unexplained(sentence)) <= {"wilson"}, sentence
    told = [sentence for _, sentence in found.options]
    assert len(set(told)) == len(told)


def test_every_rule_is_followed_by_a_kpi():
    followed = {policy.policy for found in definitions().values() for policy in found.policies}
    assert followed == set(kpis.policies())


def rules_it_needs(found):
    """Rules its expressions follow, by what they hold."""
    conditions = " ".join(condition for _, condition in found.leave_out)
    is_of_deals = found.mart.startswith(("mart_deal", "mart_pipeline"))
    is_share_of_counts = bool(found.hits) or (found.mart == AGREEMENTS and found.unit == "share")
    is_median = "median(" in found.value or (found.mart == AGREEMENTS and found.unit == "days")
    return {
        "renewals": "is_renewal" in conditions,
        "past_due": "is_past_due" in conditions,
        "survey": "is_last" in conditions,
        "no_account": is_of_deals,
        "accounts": found.mart != AGREEMENTS,
        "ledger": found.mart == AGREEMENTS,
        "wilson": is_share_of_counts,
        "quantile": is_median,
    }


@pytest.mark.parametrize("kpi", KPIS)
def test_a_kpi_names_the_rules_its_expressions_follow_and_no_others(kpi):
    found = definitions()[kpi]
    named = {policy.policy for policy in found.policies}
    needed = rules_it_needs(found)
    assert {rule: rule in named for rule in needed} == needed


@pytest.mark.parametrize("kpi", OVER_MARTS)
def test_money_names_the_exchange_rate_it_is_shown_at(kpi):
    found = definitions()[kpi]
    is_money = found.unit in ("currency", "currency_per_day") or re.search(
        r"(arr|amount)\b", found.value
    )
    assert any(policy.policy == "currency" for policy in found.policies) == bool(is_money)


@pytest.mark.parametrize("kpi", KPIS)
def test_words_that_lean_on_a_choice_name_that_choice(kpi):
    """A typical value is a median or an average, a month 28 or 30 days, as people choose."""
    found = definitions()[kpi]
    named = {policy.policy for policy in found.policies}
    told = f"{found.definition} {found.formula}".lower()
    assert ("typical" in told) == ("average" in named)
    assert ("28 or 30 days" in told) == ("month_days" in named)
    assert ("activated" in told or "chosen amount of use" in told) == ("activation" in named)
    fixed = found.label + found.definition
    assert "median" not in fixed.lower(), "a choice of the average would make it untrue"
