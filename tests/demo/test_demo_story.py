"""The story of data/demo/README.md, counted on the exports with plain pandas."""

import numpy as np
import pandas as pd
import pytest

from common_ground.settings import DEMO

EXPORTS = DEMO / "exports"
AS_OF = pd.Timestamp("2026-10-31")
AFTER = AS_OF + pd.Timedelta(days=1)
USD = {"USD": 1.0, "EUR": 1.12}
PLANNED = ["Selected for development", "In Progress"]
BOTH = {f"FSM-{n}" for n in (219, 222, 226, 230, 233, 258, 262, 296, 298, 301)}
ONLY_SALES = {f"FSM-{n}" for n in (205, 208, 241, 250, 264, 268)}
ONLY_PRODUCT = {f"FSM-{n}" for n in (245, 249, 252, 270, 276, 283, 287, 290)}
EXISTING = {"FEAT-02", "FEAT-07", "FEAT-19", "FEAT-30", "FEAT-31"}
OUT = {"FSM-283", "FSM-287", "FSM-305", "FSM-312"}
IN = {"FSM-219", "FSM-222", "FSM-226", "FSM-230", "FSM-233", "FSM-238", "FSM-241"}
CAPACITY = 40  # person-weeks


@pytest.fixture(scope="module")
def deals():
    frame = pd.read_csv(
        EXPORTS / "hubspot-crm-exports-all-deals.csv",
        dtype={"Record ID": str, "Associated Company IDs": str},
    ).set_index("Record ID")
    frame = frame.loc[frame["Associated Company"] != "Demo Sandbox"]
    return frame.assign(
        usd=frame["Amount"] * frame["Deal Currency Code"].map(USD),
        closed=pd.to_datetime(frame["Close Date"]),
        is_open=~frame["Deal Stage"].str.startswith("Closed"),
        is_won=frame["Deal Stage"] == "Closed won",
    )


@pytest.fixture(scope="module")
def asks():
    """One row per ask and thing it is really about."""
    said = pd.read_csv(EXPORTS / "customer-requests.csv", dtype={"Deal ID": str})
    links = pd.read_csv(DEMO / "links.csv")
    return said.merge(links, left_on="Request ID", right_on="ask_id")


@pytest.fixture(scope="module")
def usage():
    frame = pd.read_csv(EXPORTS / "product-usage-events.csv.gz").drop_duplicates("event_id")
    is_ours = frame["user_email"].str.endswith("@oakspindle.example")
    is_program = frame["user_email"].str.startswith("svc-")
    frame = frame.loc[~is_ours & ~is_program & (frame["account_domain"] != "demo-sandbox.example")]
    features = pd.read_csv(EXPORTS / "features.csv").set_index("event")
    return frame.assign(
        at=pd.to_datetime(frame["timestamp"]).dt.tz_localize(None),
        area=frame["event"].map(features["area"]),
        feature_id=frame["event"].map(features["feature_id"]),
    )


@pytest.fixture(scope="module")
def items(usage):
    frame = pd.read_csv(EXPORTS / "jira-backlog.csv").set_index("Issue key")
    low, likely, high = (
        frame[f"Custom field (Effort {n} weeks)"] for n in ("low", "likely", "high")
    )
    recent = usage.loc[usage["at"] >= AFTER - pd.Timedelta(days=28)]
    reach = frame["Components"].map(recent.groupby("area")["account_domain"].nunique())
    value = reach * frame["Custom field (Impact)"] * frame["Custom field (Confidence)"]
    return frame.assign(effort=(low + 4 * likely + high) / 6, value=value.fillna(0))


@pytest.fixture(scope="module")
def subscriptions():
    frame = pd.read_csv(
        EXPORTS / "billing-subscriptions.csv", skiprows=2, skipfooter=2, engine="python"
    ).dropna(subset="Customer Domain")
    amount = frame["Annual Amount"].str.replace(r"[$€,]", "", regex=True).astype(float)
    return frame.assign(
        arr=amount * frame["Currency"].map(USD),
        start=pd.to_datetime(frame["Start Date"], format="%m/%d/%Y"),
        end=pd.to_datetime(frame["End Date"], format="%m/%d/%Y"),
    )


def arr_on(subscriptions, day):
    runs = (subscriptions["start"] <= day) & ~(subscriptions["end"] <= day)
    paid = subscriptions.loc[runs & (subscriptions["arr"] > 0)]
    return paid.groupby("Customer Domain")["arr"].sum()


def open_asks(asks, deals):
    """Asks in open deals, once a deal and thing, with the deal's money."""
    known = asks.loc[asks["Deal ID"].isin(deals.index[deals["is_open"]])]
    known = known.drop_duplicates(["Deal ID", "to_id"])
    return known.assign(usd=known["Deal ID"].map(deals["usd"]))


def unlocked(plan, asks, deals):
    """Number and expected money of open deals whose every blocker is in the plan."""
    blockers = asks.loc[asks["Blocker"] == "Yes"]
    blockers = blockers.loc[blockers["Deal ID"].isin(deals.index[deals["is_open"]])]
    needs = blockers.groupby("Deal ID")["to_id"].agg(set)
    free = [deal for deal, needed in needs.items() if needed <= set(plan)]
    worth = deals.loc[free, "usd"] * deals.loc[free, "Deal probability"]
    return len(free), worth.sum()


def test_offline_maps_is_among_the_three_loudest_asks(asks, deals):
    touched = open_asks(asks, deals).groupby("to_id")["usd"].sum().nlargest(3)
    assert "FSM-312" in touched.index


@pytest.mark.parametrize(("item", "area"), [("FSM-312", "Mobile app"), ("FSM-305", "Reporting")])
def test_accounts_that_ask_the_loudest_hardly_use_the_area(asks, usage, item, area):
    recent = usage.loc[usage["at"] >= AFTER - pd.Timedelta(days=28)]
    asking = set(asks.loc[asks["to_id"] == item, "Company domain"]) & set(recent["account_domain"])
    own = recent.loc[recent["account_domain"].isin(asking)]
    assert len(asking) >= 3
    assert (own["area"] == area).mean() < 0.02 < (recent["area"] == area).mean()


def test_purchase_order_numbers_unlock_deals_together_with_subcontractor_logins(asks, deals):
    alone, _ = unlocked({"FSM-233"}, asks, deals)
    other, _ = unlocked({"FSM-241"}, asks, deals)
    together, worth = unlocked({"FSM-233", "FSM-241"}, asks, deals)
    assert (alone, other, together) == (1, 0, 6)
    assert worth > 300_000


def test_existing_features_were_never_used_by_the_accounts_asking(asks, usage):
    assert set(asks.loc[asks["kind"] == "ask_feature", "to_id"]) == EXISTING
    for feature, said in asks.loc[asks["kind"] == "ask_feature"].groupby("to_id"):
        used = usage.loc[usage["feature_id"] == feature, "account_domain"]
        assert set(said["Company domain"]).isdisjoint(used), feature
        assert len(said) >= 4
        assert used.nunique() >= 20, feature


def test_both_sides_want_ten_items(asks, deals, items):
    asked = set(open_asks(asks, deals)["to_id"])
    todo = items.loc[~items["Status"].isin(["Done", "Won't do"])]
    rated = todo.loc[todo["Custom field (Impact)"].notna()]
    wanted = set(rated.index[rated["value"] > rated["value"].median()])
    wanted |= set(todo.index[todo["Status"].isin(PLANNED)])
    assert wanted & asked - {"FSM-305", "FSM-312"} == BOTH
    assert (asked & set(todo.index)) - wanted == ONLY_SALES
    assert wanted - set(asks["to_id"]) == ONLY_PRODUCT


def test_a_trade_inside_capacity_is_better_for_both_sides(asks, deals, items):
    roadmap = set(items.index[items["Status"].isin(PLANNED)])
    swapped = roadmap - OUT - {"FSM-276"} | IN
    assert items.loc[list(roadmap), "effort"].sum() <= CAPACITY
    assert items.loc[list(swapped), "effort"].sum() <= CAPACITY
    _, before = unlocked(roadmap, asks, deals)
    _, after = unlocked(swapped, asks, deals)
    assert after > 2 * before > 0
    value = items["value"]
    assert value[list(swapped)].sum() > 1.4 * value[list(roadmap)].sum()


def test_the_swapped_plan_is_closed_under_prerequisites(items):
    plan = set(items.index[items["Status"].isin(PLANNED)]) - OUT - {"FSM-276"} | IN
    inward = items.loc[list(plan)].filter(like="Inward issue link").to_numpy().ravel()
    assert {needed for needed in inward if isinstance(needed, str)} <= plan


def test_about_three_deals_in_ten_are_won(deals):
    closed = deals.loc[~deals["is_open"] & (deals["Deal Type"] != "Renewal")]
    for start, end in (("2024-11-01", "2025-11-01"), ("2025-11-01", "2026-11-01")):
        year = closed.loc[(closed["closed"] >= start) & (closed["closed"] < end)]
        assert 0.27 <= year["is_won"].mean() <= 0.34


def test_deals_with_unmet_blockers_are_won_less_often(asks, deals, items):
    blockers = asks.loc[asks["Blocker"] == "Yes"]
    unmet = blockers.loc[blockers["to_id"].map(items["Status"]) != "Done", "Deal ID"].unique()
    closed = deals.loc[~deals["is_open"] & deals.index.isin(unmet)]
    assert len(closed) >= 10
    assert closed["is_won"].mean() < 0.2


def test_net_revenue_retention_is_near_104_percent(subscriptions):
    opening = arr_on(subscriptions, AS_OF - pd.DateOffset(years=1))
    closing = arr_on(subscriptions, AS_OF).reindex(opening.index).fillna(0)
    assert 1.03 <= closing.sum() / opening.sum() <= 1.05
    assert 0.90 <= np.minimum(opening, closing).sum() / opening.sum() <= 0.95
    assert 205 <= len(arr_on(subscriptions, AS_OF)) <= 235


def test_the_portal_grows_and_nobody_asks(asks, usage, items):
    months = [AFTER - pd.Timedelta(days=28 * n) for n in (2, 1, 0)]
    accounts = {}
    for start, end in zip(months, months[1:], strict=False):
        window = usage.loc[(usage["at"] >= start) & (usage["at"] < end)]
        accounts[end] = window.groupby("area")["account_domain"].nunique()
    growth = accounts[months[2]] / accounts[months[1]] - 1
    assert growth.idxmax() == "Customer portal"
    assert growth["Customer portal"] > 0.2
    assert growth.drop("Customer portal").max() < 0.1
    todo = items.loc[items["Status"] == "Idea"]
    portal = todo.index[todo["Components"] == "Customer portal"]
    assert set(portal).isdisjoint(asks["to_id"])


def test_won_new_business_starts_a_subscription(deals, subscriptions):
    companies = pd.read_csv(EXPORTS / "hubspot-crm-exports-all-companies.csv", dtype=str)
    domain = companies.set_index("Record ID")["Company Domain Name"]
    won = deals.loc[deals["is_won"] & (deals["Deal Type"] == "New business")]
    paid = subscriptions.loc[subscriptions["arr"] > 0]
    for _, deal in won.iterrows():
        own = paid.loc[paid["Customer Domain"] == domain[deal["Associated Company IDs"]]]
        days = (own["start"] - deal["closed"].normalize()).dt.days
        assert days.between(0, 30).any(), deal["Deal Name"]


def test_usage_stops_before_service_does(usage, subscriptions):
    last_end = subscriptions.groupby("Customer Domain").agg(
        end=("end", "max"), runs=("end", "size")
    )
    is_gone = subscriptions.groupby("Customer Domain")["end"].count() == last_end["runs"]
    ended = last_end.loc[is_gone & (last_end["end"] <= AS_OF), "end"]
    last_seen = usage.groupby("account_domain")["at"].max()
    seen = last_seen[last_seen.index.isin(ended.index)]
    assert len(seen) >= 15
    assert (seen < ended[seen.index]).all()


def test_loss_reasons_name_what_was_missing(deals):
    reasons = deals["Closed Lost Reason"].dropna().str.lower()
    assert reasons.str.contains("sso|single sign-on").sum() >= 2
    assert reasons.str.contains("po number").sum() >= 1


def test_at_least_ten_requests_shipped_in_the_last_year(asks, items):
    done = items.loc[items["Status"] == "Done", "Resolved"]
    released = pd.to_datetime(asks["to_id"].map(done), format="%d/%b/%y %I:%M %p")
    asked = pd.to_datetime(asks["Date"], format="%d/%m/%Y %H:%M")
    shipped = asks.loc[released >= "2025-11-01"].assign(days=(released - asked).dt.days)
    assert len(shipped) >= 10
    assert (shipped["days"] > 0).all()
    assert 60 <= shipped["days"].median() <= 100
