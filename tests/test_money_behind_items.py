"""The money behind items against a second computation with pandas, from the canonical tables."""

import shutil
from datetime import timedelta

import duckdb
import pandas as pd
import pytest

from common_ground import meeting
from common_ground.analysis.item_values import ValueRules
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
from common_ground.warehouse import models, schema
from common_ground.warehouse.published import Data, published_file

RULES = ValueRules(recovery_share=0.1, renewal_within_days=120)

# The demo's contracts mostly run on; here many end soon, some of them followed by another one.
CHANGES = """
update contracts
set end_date = (select as_of from workspace) + cast(20 + hash(contract_id) % 200 as integer)
where hash(contract_id) % 3 = 0 and (end_date is null or end_date > (select as_of from workspace));
insert into contracts
select
    contract_id || '-next', account_id, end_date, null, annual_amount / 2, monthly_amount / 2,
    null, currency, plan, false, null
from contracts where end_date > (select as_of from workspace) and hash(account_id) % 4 = 0;
update deals set amount = null where hash(deal_id) % 11 = 0;
update deals set probability = null, is_stage_mapped = false where hash(deal_id) % 7 = 0;
update deals set deal_type = 'renewal' where stage = 'lost' and hash(deal_id) % 5 = 0;
"""


@pytest.fixture(scope="module")
def data(demo_workspace, tmp_path_factory):
    copy = tmp_path_factory.mktemp("changed") / "changed.duckdb"
    shutil.copy(published_file(demo_workspace)[0], copy)
    connection = duckdb.connect(str(copy))
    for model in models.marts().values():
        if not model.params:
            connection.execute(f"drop table {model.name}")
    connection.execute(CHANGES)
    schema.create_marts(connection)
    return Data(connection)


def overlap(data, workspace, segment=None):
    ledger = open_ledger(workspace)
    decided = Decided.of(ledger)
    return meeting.overlaps(data, decided, meeting.links(data, decided), 0.35, segment=segment)


@pytest.fixture(scope="module", params=["all", "segment"])
def asked(request, data, demo_workspace):
    """The map, the money, and the links as one row per ask and item."""
    segment = None if request.param == "all" else "Mid-market"
    known = overlap(data, demo_workspace, segment)
    found = meeting.item_values(data, known, RULES)
    links = known.links_used[known.links_used["item_id"].isin(known.items["item_id"])]
    return found, links[["ask_id", "item_id"]], segment


def rates(data):
    """Workspace currency for one unit, of the fiscal year of the as-of date."""
    known = data.table("fx_rates")
    start = data.fiscal_year_start_month
    year = data.as_of.year if data.as_of.month >= start else data.as_of.year - 1
    now = known[known["fiscal_year"] == year].set_index("currency")["rate"].to_dict()
    return {data.currency: 1.0} | now


def deals_asking(data, links, segment):
    """One row per item and deal that counts, with workspace money."""
    asks, deals, accounts = (data.table(name) for name in ("asks", "deals", "accounts"))
    accounts = accounts.set_index("account_id")
    as_of = pd.Timestamp(data.as_of)
    is_open = deals["stage"].isin(["open", "qualified"])
    is_future = (deals["created_date"] > as_of) | (~is_open & (deals["closed_date"] > as_of))
    is_excluded = deals["account_id"].map(accounts["is_excluded"]).eq(True)
    deals = deals.assign(
        is_open=is_open,
        is_lost=deals["stage"].isin(["lost", "no_decision"])
        | (deals["stage"].eq("disqualified") & deals["qualified_date"].notna()),
        money=(deals["amount"] * deals["currency"].map(rates(data))).round(2),
        segment=deals["account_id"].map(accounts["segment"]),
    )[~is_future & ~is_excluded]
    if segment is not None:
        deals = deals[deals["segment"] == segment]
    default = deals["stage"].map({"open": 0.2, "qualified": 0.5})
    chance = deals["probability"].fillna(default.where(deals["is_stage_mapped"]))
    deals = deals.assign(chance=chance)
    pairs = links.merge(asks[["ask_id", "deal_id", "is_blocker"]], on="ask_id")
    once = pairs.groupby(["item_id", "deal_id"], as_index=False)["is_blocker"].any()
    return once.merge(deals, on="deal_id")


def compare(found, column, expected):
    got = found.items.set_index("item_id")[column]
    wanted = expected.reindex(got.index).fillna(0.0)
    pd.testing.assert_series_equal(got, wanted, check_names=False, atol=1e-6, rtol=0)
    assert (got > 0).any()


def test_open_lost_and_weighted_money(data, asked):
    found, links, segment = asked
    rows = deals_asking(data, links, segment)
    is_renewal = rows["deal_type"].eq("renewal")
    is_expansion = rows["deal_type"].eq("expansion")
    parts = {
        "touched": rows["is_open"],
        "blocked": rows["is_open"] & rows["is_blocker"],
        "new": rows["is_open"] & ~is_renewal & ~is_expansion,
        "expansion": rows["is_open"] & is_expansion,
        "renewal": rows["is_open"] & is_renewal,
        "lost": rows["is_lost"] & ~is_renewal,
    }
    for column, chosen in parts.items():
        compare(found, column, rows[chosen].groupby("item_id")["money"].sum())
    weighted = rows.assign(expected=rows["money"] * rows["chance"])
    for column in ("touched", "new", "expansion", "renewal"):
        own = weighted[parts[column]]
        compare(found, f"{column}_weighted", own.groupby("item_id")["expected"].sum())
    compare(found, "recoverable", rows[parts["lost"]].groupby("item_id")["money"].sum() / 10)


def test_deals_without_amount_or_chance_are_counted(data, asked):
    found, links, segment = asked
    rows = deals_asking(data, links, segment)
    rows = rows[rows["is_open"]]
    touched = found.money[found.money["kind"] == "touched"]
    assert touched["without_amount"].sum() == rows["money"].isna().sum() > 0
    unknown = rows["money"].notna() & rows["chance"].isna()
    assert touched["without_probability"].sum() == unknown.sum() > 0


def test_renewals_at_risk(data, asked):
    found, links, _segment = asked
    asks, deals, accounts = (data.table(name) for name in ("asks", "deals", "accounts"))
    of_deal = asks["deal_id"].map(deals.set_index("deal_id")["account_id"])
    asks = asks.assign(account_id=asks["account_id"].fillna(of_deal))
    excluded = set(accounts.loc[accounts["is_excluded"], "account_id"])
    first, last = (
        pd.Timestamp(data.as_of + timedelta(days=days)) for days in (1, RULES.renewal_within_days)
    )
    contracts = data.table("contracts")
    contracts = contracts[
        ~contracts["is_trial"]
        & ~contracts["account_id"].isin(excluded)
        & ~(contracts["end_date"] <= contracts["start_date"])
        & (contracts["start_date"] <= last)
    ]
    contracts = contracts.assign(
        arr=(contracts["annual_amount"] * contracts["currency"].map(rates(data))).round(2)
    )
    at_risk = {}
    for account, own in contracts.groupby("account_id"):
        ends = own[own["end_date"].between(first, last) & (own["arr"] > 0)]
        stays = own["end_date"].isna() | (own["end_date"] > last)
        follows = own[stays & (own["start_date"] >= ends["end_date"].min())]
        at_risk[account] = max(ends["arr"].sum() - follows["arr"].sum(), 0.0)
    pairs = links.merge(asks[["ask_id", "account_id"]], on="ask_id")
    pairs = pairs.drop_duplicates(["item_id", "account_id"])
    pairs = pairs.assign(money=pairs["account_id"].map(at_risk))
    compare(found, "at_risk", pairs.groupby("item_id")["money"].sum())
    whole = found.totals.set_index("kind").loc["at_risk", "amount"]
    asking = pairs.dropna(subset="money").drop_duplicates("account_id")
    assert whole == pytest.approx(asking["money"].sum())


def test_the_money_is_that_of_the_map(asked):
    found, _links, _segment = asked
    parts = found.items[["new", "expansion", "renewal"]].sum(axis=1)
    assert parts.tolist() == pytest.approx(found.items["touched"].tolist())
    totals = found.totals.set_index("kind")
    assert totals.loc["touched", "summed"] == pytest.approx(found.items["touched"].sum())


def test_the_card_and_the_map_count_the_same_use(data, demo_workspace):
    decided = Decided.of(open_ledger(demo_workspace))
    known = overlap(data, demo_workspace)
    of = meeting.evidence(data, decided)
    reach = dict(
        zip(of.area_reach["area"].str.lower(), of.area_reach["active_accounts"], strict=True)
    )
    in_use = of.use.loc[of.use["events_28d"] > 0, "account_id"].nunique()
    for item_id in known.items["item_id"]:
        found = meeting.behind(data, decided, known, item_id)
        thing, use = found.card.thing, found.use
        if use is None:
            continue
        assert len(use.known) == thing["users_asking"]
        assert use.active(asking_only=True)[0] == thing["users_asking_active"] or (
            thing["kind"] == "feature"
        )
        if thing["kind"] == "feature":
            habits = tuple(use.habits().values())
            assert habits == (thing["never_used"], thing["sometimes_used"], thing["weekly_used"])
        else:
            used, active = use.active(asking_only=False)
            assert used == reach[thing["area"].strip().lower()]
            assert active == in_use
        last = use.trend.iloc[-1]
        assert (last["all_used"], last["all_active"]) == use.active(asking_only=False)
