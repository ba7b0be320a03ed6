"""Other rules and both signatures of a KPI: what it would be, who signed what, and the forms."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from common_ground import kpis
from common_ground.charts import format
from common_ground.ledger import NewPolicyChoice, NewSignature
from common_ground.pack import kpi_slides
from common_ground.pack.kpi_slides import KpiLine
from common_ground.pack.slides import day
from common_ground.pack.words import Writer
from common_ground.ui import cache, html, ledger_forms

SIDE_NAMES: Final[dict[str, html.Side]] = {"Sales": "sales", "Product": "product"}


# ---- what it would be under other rules


def others(kpi: str, view: kpis.View, currency: str) -> html.Html:
    """A KPI under every documented option, the chosen one first and bold."""
    found = cache.with_terms(kpis.alternatives, kpi, view)
    if not found:
        return html.panel(
            "Under other rules", "", html.note("This KPI has one documented rule only.")
        )
    return html.panel(
        "Under other rules",
        "one rule changed at a time",
        html.table(
            ("Rule", "Value", "n", "What holds"),
            [_row(other, currency) for other in found],
            numbers=(1, 2),
        ),
        *(html.note(text) for text in _who_chose(kpi)),
    )


def _who_chose(kpi: str) -> list[str]:
    """Who chose a rule of this KPI, when, and why; a default nobody chose is not told."""
    follows = {policy.policy: policy.label for policy in kpis.definition(kpi).choices}
    return [
        f"{follows[row['policy']]}: chosen by {row['chosen_by']}, {day(row['chosen_at'])}"
        + (f", {row['note']}" if row["note"] else "")
        for row in cache.ledger().policies().to_dict("records")
        if row["policy"] in follows
    ]


def _row(other: kpis.Alternative, currency: str) -> list[object]:
    value = other.value
    shown = _shown(value, currency)
    words: list[object] = [
        other.policy.label,
        shown,
        format.count(value.n),
        f"{other.sentence}{' (chosen)' if other.is_chosen else ''}",
    ]
    return [html.strong(word) for word in words] if other.is_chosen else words


def _shown(value: kpis.KpiValue, currency: str) -> str:
    line = KpiLine(definition=kpis.definition(value.kpi), now=value)
    return kpi_slides.shown(line, currency)


# ---- who signed


def signatures(kpi: str, view: kpis.View, currency: str) -> html.Html:
    """Both sides' signatures, sales left; a disputed KPI with both values."""
    about = kpis.definition(kpi)
    stands = kpis.standing(about, cache.terms())
    variants = cache.with_terms(kpis.signed_variants, kpi, view)
    cells = [
        _signature(side, name, getattr(stands, side), stands, variants.get(side), currency)
        for name, side in SIDE_NAMES.items()
    ]
    return html.panel(
        "Who signed this definition", f"version {about.version}", html.grid(cells, "2")
    )


def _signature(
    side: html.Side,
    name: str,
    signed: kpis.Signature | None,
    stands: kpis.Standing,
    variant: kpis.KpiValue | None,
    currency: str,
) -> html.Html:
    head = html.build("<h3>{}</h3>", html.named(side, name))
    if signed is None:
        return html.group(head, html.note("Not signed."))
    is_current = signed.fingerprint == stands.fingerprint
    told = [
        head,
        html.build(
            "<p>{}, {}, version {}</p>", signed.signed_by, day(signed.signed_on), signed.version
        ),
    ]
    if variant is not None:
        writer = Writer(variant.unit, currency, variant.n)
        number = writer.full(variant.value) if variant.value is not None else "Too few"
        told.append(html.build('<div class="cg-figure cg-{}">{}</div>', side, number))
    if not is_current:
        told.append(html.build("<p>{}</p>", _difference(signed, stands)))
    return html.group(*told)


def _difference(signed: kpis.Signature, stands: kpis.Standing) -> str:
    """What was signed that is not what is computed."""
    if signed.version != stands.version:
        return f"Version {signed.version} was signed; version {stands.version} is computed."
    chosen = cache.terms().policies
    known = kpis.choices()
    told = [
        f"{known[name].label}: {known[name].sentence(option)}"
        for name, option in signed.options.items()
        if name in known and option != chosen.get(name, known[name].default)
    ]
    return ". ".join(told) + "." if told else "The words of the definition changed since."


@st.dialog("Sign the definition of a KPI", width="large")
def sign(kpi: str) -> None:
    """One side's signature: the rules it stands for, in full, and a name."""
    about, terms = kpis.definition(kpi), cache.terms()
    refusal = st.empty()
    html.show(html.heading(about.label, f"version {about.version}"))
    side = st.radio(
        "Side", list(SIDE_NAMES), horizontal=True, format_func=_with_symbol, key="sign_side"
    )
    options = {p.policy: _option(p, about.options(terms.policies)[p.policy]) for p in about.choices}
    html.show(html.note(kpis.meaning(about, options)))
    if options != about.options(terms.policies):
        html.show(html.note("These are not the rules the number is computed under now."))
    by = ledger_forms.name("kpi")
    note = st.text_input("Note, if any", max_chars=4000, key="sign_note")
    with st.container(horizontal=True):
        if st.button("Sign for this side", type="primary") and side:
            ledger_forms.store(refusal, by, lambda: _sign(about, side, options, by, note))
        standing = getattr(kpis.standing(about, terms), SIDE_NAMES[side or "Sales"])
        if standing is not None and st.button(f"Withdraw {standing.signed_by}'s signature"):
            ledger_forms.store(refusal, by, lambda: _withdraw(standing, by, note))


def _withdraw(signed: kpis.Signature, by: str, note: str) -> str:
    cache.ledger().withdraw_signature(signed.signature_id, by=by, now=datetime.now(UTC), note=note)
    return f"The signature of {signed.signed_by} is withdrawn."


def _with_symbol(name: str) -> str:
    return f"{html.SYMBOLS[SIDE_NAMES[name]]} {name}"


def _option(policy: kpis.Policy, chosen: str) -> str:
    """The option of a policy this person stands for; the one that holds unless changed."""
    sentences = {sentence: option for option, sentence in policy.options}
    place = [option for option, _ in policy.options].index(chosen)
    found = st.selectbox(policy.label, list(sentences), place, key=f"option_{policy.policy}")
    return sentences[found] if isinstance(found, str) else chosen


def _sign(about: kpis.Definition, name: str, options: dict[str, str], by: str, note: str) -> str:
    signature = NewSignature(
        kpi=about.kpi,
        side="sales" if name == "Sales" else "product",
        version=about.version,
        fingerprint=kpis.fingerprint(about, options),
        options=options,
        meaning=kpis.meaning(about, options),
        signed_by=by,
        note=note,
    )
    cache.ledger().sign(signature, now=datetime.now(UTC))
    return f"{name} signed {about.label}."


@st.dialog("Choose the rules", width="large")
def choose_rules(kpi: str) -> None:
    """A form for the options that hold for every KPI of the workspace."""
    about, terms = kpis.definition(kpi), cache.terms()
    refusal = st.empty()
    html.show(
        html.heading(about.label, ""),
        html.note(
            "A rule holds for every KPI that follows it, on every page and in every file, from now "
            "on. Signatures given under another rule are marked as changed."
        ),
    )
    with st.form("kpi_rules", border=False):
        chosen = about.options(terms.policies)
        options = {p.policy: _option(p, chosen[p.policy]) for p in about.choices}
        by = ledger_forms.name("rules")
        note = st.text_input("Why, for those who ask later", max_chars=4000, key="rule_note")
        done = st.form_submit_button("Use these rules", type="primary")
    changed = {name: option for name, option in options.items() if option != chosen[name]}
    if not done:
        return
    if not changed:
        html.show(html.note("Nothing was changed."))
        return
    ledger_forms.store(refusal, by, lambda: _choose_all(changed, by, note))


def _choose_all(changed: dict[str, str], by: str, note: str) -> str:
    now = datetime.now(UTC)
    choices = [NewPolicyChoice(name, option, by, note) for name, option in changed.items()]
    for choice in choices:
        cache.ledger().choose_policy(choice, now=now)
    return f"{format.plural(len(choices), 'rule')} changed."
