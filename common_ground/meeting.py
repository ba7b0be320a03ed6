"""From the published data and the ledger to what a meeting looks at.

Pages, commands and the pack call these functions, so that each shows the same numbers. Nothing
here computes: marts and verdicts go in, results of analysis/ come out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd

from common_ground.analysis import account_links as accounts
from common_ground.analysis import (
    account_matching,
    assumptions,
    matching,
    overlap,
    stories,
    verdict_texts,
)
from common_ground.analysis import evidence as item_evidence
from common_ground.analysis import item_values as money
from common_ground.analysis.bargain import Bargain, find_bargain
from common_ground.analysis.item_use import ItemUse, item_use
from common_ground.analysis.item_values import ItemValues, ValueRules
from common_ground.analysis.overlap import Overlap
from common_ground.analysis.plan_inputs import Choices
from common_ground.analysis.ranker_learning import Learned
from common_ground.analysis.robustness import Robustness, find_robustness
from common_ground.analysis.stories import Story
from common_ground.analysis.text_measures import Encode
from common_ground.analysis.thresholds import Thresholds
from common_ground.analysis.trades import find_openers
from common_ground.analysis.values import area_key
from common_ground.encoder import open_encoder
from common_ground.ledger import Ledger
from common_ground.settings import Settings, from_environment
from common_ground.warehouse.account_verdicts import AccountVerdict
from common_ground.warehouse.published import Data

# Headline KPIs of Brief and of its slide: three both sides own, and one that sales watches.
HEADLINES: Final = ("nrr", "request_to_ship_days", "commitments_kept", "win_rate")
NAMED: Final = ("items", "features")  # what an ask may mean


@dataclass(frozen=True)
class Decided:
    """All that people decided and the overlap and its trades depend on, as the ledger has it.

    Attributes:
        verdicts: about links; see `Ledger.verdicts`.
        assumptions: in place of the exports' values; see `Ledger.assumptions`.
        own_items: items people made from asks; see `Ledger.items`.
    """

    verdicts: pd.DataFrame
    assumptions: pd.DataFrame
    own_items: pd.DataFrame

    @classmethod
    def of(cls, ledger: Ledger) -> "Decided":
        """What the ledger holds now."""
        return cls(ledger.verdicts(), ledger.assumptions(), ledger.items())


@dataclass(frozen=True)
class Evidence:
    """The frames the overlap is made of: the marts of the same name, at the as-of date.

    The items are as `items` has them.
    """

    items: pd.DataFrame
    asks: pd.DataFrame
    deals: pd.DataFrame
    features: pd.DataFrame
    use: pd.DataFrame
    area_reach: pd.DataFrame


def evidence(data: Data, decided: Decided) -> Evidence:
    """Everything asked, planned, built and used, as of the data's day."""
    return Evidence(
        items=items(data, decided),
        asks=data.mart("mart_asks"),
        deals=data.mart("mart_deal_values"),
        features=data.mart("mart_features"),
        use=data.mart("mart_account_feature_use", as_of=data.as_of),
        area_reach=data.mart("mart_area_reach", as_of=data.as_of),
    )


def backlog(data: Data, decided: Decided) -> pd.DataFrame:
    """The backlog of the exports and, after it, the items people made from asks.

    Returns:
        the columns of mart_items. Own items are ideas without an estimate; one whose id the exports
        use too gets " (own)" behind it.
    """
    exported, made = data.mart("mart_items"), decided.own_items
    if made.empty:
        return exported
    is_taken = made["item_id"].isin(exported["item_id"])
    own = pd.DataFrame(
        {
            "item_id": made["item_id"].where(~is_taken, made["item_id"] + " (own)"),
            "title": made["title"],
            "description": made["description"].where(made["description"] != "", None),
            "area": made["area"].where(made["area"] != "", None),
            "status": "idea",
            "is_planned": False,
        }
    )
    own = own.reindex(columns=exported.columns).astype(exported.dtypes.to_dict())
    return pd.concat([exported, own], ignore_index=True)


def items(data: Data, decided: Decided) -> pd.DataFrame:
    """`backlog` with what people assume in place of its values: columns of mart_items."""
    return assumptions.apply(backlog(data, decided), decided.assumptions)


def remembered(data: Data, decided: Decided) -> verdict_texts.Remembered:
    """Verdicts on the ids of this data, also after an export gave its rows other ids."""
    texts = verdict_texts.known_texts(
        data.mart("mart_asks"), items(data, decided), data.mart("mart_features")
    )
    return verdict_texts.on_these_ids(decided.verdicts, texts)


def encoder() -> Encode | None:
    """The sentence encoder the environment names; None where it names none.

    Raises:
        EncoderError: it cannot be used.
    """
    folder = from_environment().encoder
    return None if folder is None else open_encoder(folder)


def links(data: Data, decided: Decided, per_ask: int = matching.PER_ASK) -> pd.DataFrame:
    """Explicit, decided and suggested links of all asks; see `matching.suggest_links`."""
    return matching.suggest_links(
        data.mart("mart_asks"),
        items(data, decided),
        data.mart("mart_features"),
        remembered(data, decided).verdicts,
        per_ask,
        encode=encoder(),
    )


def ranker_used(data: Data, decided: Decided) -> Learned:
    """What orders the suggestions of `links`: shipped or learned, and how well each does."""
    return matching.ranker_used(
        data.mart("mart_asks"),
        items(data, decided),
        data.mart("mart_features"),
        remembered(data, decided).verdicts,
        encode=encoder(),
    )


def ask_fates(data: Data, decided: Decided, level: float, sources: Sequence[str]) -> pd.DataFrame:
    """What becomes of the asks of some exports: known items or features, or new.

    Args:
        data: in which those exports are loaded.
        decided: what the ledger holds.
        level: suggestions count from this score (0..1) up.
        sources: names of the exports.

    Returns:
        one row per ask: ask_id, account_name, text, fate (decided, suggested or new), means (title
        of the item or name of the feature; None for a new ask), score (0..1), source.
    """
    asks = data.mart("mart_asks")
    asks = asks[asks["source"].str.split("/").str[0].isin(list(sources))]
    known = links(data, decided)
    best = known[known["score"] >= level].sort_values(
        ["from_id", "score", "to_id"], ascending=[True, False, True]
    )
    best = best.drop_duplicates("from_id").set_index("from_id")
    titles = {key: name for (table, key), name in names(data, decided).items() if table in NAMED}
    found = asks[["ask_id", "account_name", "text"]].copy()
    how = found["ask_id"].map(best["how"])
    found["fate"] = how.map({"suggested": "suggested"}).where(how == "suggested", "decided")
    found.loc[how.isna(), "fate"] = "new"
    found["means"] = found["ask_id"].map(best["to_id"]).map(titles)
    found["score"] = found["ask_id"].map(best["score"])
    found["source"] = asks["source"]
    return found.sort_values(["fate", "ask_id"], ascending=[False, True], ignore_index=True)


def same_asks(data: Data, decided: Decided) -> pd.DataFrame:
    """Asks that may mean the same; see `matching.suggest_same_asks`."""
    return matching.suggest_same_asks(
        data.mart("mart_asks"), remembered(data, decided).verdicts, encode=encoder()
    )


def alike_accounts(data: Data) -> pd.DataFrame:
    """Pairs of accounts that look alike, whatever was decided; see `account_matching.find_alike`.

    It takes 15 s of CPU for 20,000 accounts, and no verdict changes it.
    """
    return account_matching.find_alike(data.mart("mart_account_names"))


def account_links(
    data: Data, verdicts: pd.DataFrame, alike: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Accounts that were linked, decided or may be the same; see `account_links.list_links`.

    Args:
        data: published data.
        verdicts: of the ledger.
        alike: `alike_accounts` of the same data; None: found now.
    """
    return accounts.list_links(
        data.mart("mart_account_names"),
        data.mart("mart_account_weights"),
        data.mart("mart_account_verdicts"),
        verdicts,
        alike_accounts(data) if alike is None else alike,
    )


def account_suggestions(
    data: Data, verdicts: pd.DataFrame, alike: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Pairs of accounts that may be one company and that nobody decided, best first.

    Args:
        data: published data.
        verdicts: of the ledger.
        alike: `alike_accounts` of the same data; None: found now.

    Returns:
        the rows of `account_links` whose `how` is suggested; its from_id and to_id are what a
        verdict of kind account is given on.
    """
    found = account_links(data, verdicts, alike)
    return found[found["how"] == "suggested"].reset_index(drop=True)


def account_verdicts_waiting(data: Data, verdicts: pd.DataFrame) -> int:
    """How many verdicts on accounts the data follows only from the next build on.

    Args:
        data: published data.
        verdicts: of the ledger.
    """
    return accounts.count_waiting(data.mart("mart_account_verdicts"), verdicts)


def account_verdicts(verdicts: pd.DataFrame) -> tuple[AccountVerdict, ...]:
    """What people decided about accounts, as a build takes it.

    Args:
        verdicts: of the ledger.
    """
    decided = verdicts.loc[verdicts["kind"] == "account"]
    columns = (decided[name] for name in ("from_id", "to_id", "verdict", "decided_by"))
    return tuple(AccountVerdict(*each) for each in zip(*columns, strict=True))


def overlaps(
    data: Data,
    decided: Decided,
    known_links: pd.DataFrame,
    level: float,
    window: tuple[date | None, date | None] = (None, None),
    segment: str | None = None,
    thresholds: Thresholds | None = None,
    known_same_asks: pd.DataFrame | None = None,
) -> Overlap:
    """What is asked, planned, built and used, in five classes.

    Args:
        data: published data.
        decided: what the ledger holds.
        known_links: as `links` returns them; of all asks, whatever the filters.
        level: suggestions count from this score (0..1) up.
        window: first day and first day outside of the asks; None for open ends.
        segment: asks and deals of one segment; None for all.
        thresholds: what the classes turn on; None for the settings.
        known_same_asks: as `same_asks` returns them, where they are known; None computes them.
    """
    known = evidence(data, decided)
    start, end = window
    return overlap.classify(
        known.items,
        overlap.in_scope(known.asks, segment, start, end),
        overlap.in_scope(known.deals, segment),
        known.features,
        known.use,
        known.area_reach,
        known_links,
        level,
        same_asks=same_asks(data, decided) if known_same_asks is None else known_same_asks,
        thresholds=thresholds,
    )


def value_rules(settings: Settings) -> ValueRules:
    """What the money behind things turns on, as pages, commands and the pack start with."""
    return ValueRules(
        recovery_share=settings.recovery_share,
        renewal_within_days=settings.renewal_within_days,
    )


def item_values(data: Data, known: Overlap, rules: ValueRules) -> ItemValues:
    """Money behind everything on the map: open by kind, lost, renewals at risk; see ItemValues.

    Args:
        data: published data.
        known: the overlap, whose filters (segment, window, level) hold for the money too.
        rules: what the money turns on.
    """
    first = data.as_of + timedelta(days=1)
    renewals = data.mart(
        "mart_renewals",
        window_start=first,
        window_end=first + timedelta(days=rules.renewal_within_days),
        currency="constant",
        discounts="net",
    )
    return money.item_values(
        known,
        data.mart("mart_deal_values"),
        data.mart("mart_asks"),
        renewals if data.loaded.get("contracts") else None,
        rules,
    )


@dataclass(frozen=True)
class Behind:
    """Everything behind one thing on the map: figures, use of its area, the story.

    Attributes:
        card: deals, words, links and prerequisites.
        use: of its area or of the feature; None where neither is measured.
        story: the words that tell most; None where nobody asks.
    """

    card: item_evidence.Evidence
    use: ItemUse | None
    story: Story | None


def behind(
    data: Data, decided: Decided, known: Overlap, item_id: str, ask_id: str | None = None
) -> Behind:
    """What stands behind one thing on the map.

    Args:
        data: published data.
        decided: what the ledger holds, that `known` was made with.
        known: the overlap.
        item_id: of `known.items`.
        ask_id: whose words the story is; the ask that tells most unless given.

    Raises:
        KeyError: the map has no such thing.
    """
    of = evidence(data, decided)
    card = item_evidence.evidence(
        known, item_id, of.items, of.asks, of.deals, data.mart("mart_item_rules")
    )
    use = _use_behind(data, card, known.thresholds.weekly_from_weeks, of.features)
    story = (
        stories.best(item_id, card.links, of.deals, use)
        if ask_id is None
        else stories.of_ask(item_id, ask_id, card.links, of.deals, use)
    )
    return Behind(card, use, story)


def _use_behind(
    data: Data, card: item_evidence.Evidence, weekly_from_weeks: int, features: pd.DataFrame
) -> ItemUse | None:
    """Use of the feature that is asked for, else of the thing's area."""
    thing = card.thing
    if thing["kind"] == "feature":
        what, keys = thing["title"], [thing["item_id"]]
    else:
        what = thing["area"]
        is_own = area_key(features["area"]).eq(area_key(pd.Series([what])).iloc[0])
        keys = features.loc[is_own.fillna(False).astype(bool), "feature_id"].tolist()
    if not keys or not data.loaded.get("usage"):
        return None
    asked = {"as_of": data.as_of, "features": keys}
    return item_use(
        str(what),
        card.links[["account_id", "account_name", "segment"]],
        data.mart("mart_account_use", **asked),
        data.mart("mart_account_use_months", **asked),
        weekly_from_weeks,
    )


def bargain(
    data: Data, decided: Decided, known: Overlap, choices: Choices, frontier: bool = False
) -> Bargain:
    """The trade that leaves both sides better off, from the same evidence as the overlap.

    Args:
        data: published data.
        decided: what the ledger holds, that `known` was made with.
        known: the overlap, for which deals wait for what.
        choices: capacity and what else people decide.
        frontier: also list the plans between the two favourites, which takes seconds.

    Raises:
        PlanError: the choices or the rules contradict each other.
    """
    return find_bargain(
        items(data, decided),
        known.deal_things,
        data.mart("mart_deal_values"),
        data.mart("mart_area_reach", as_of=data.as_of),
        data.mart("mart_item_rules"),
        choices,
        frontier=frontier,
    )


def openers(of: Bargain) -> tuple[str, ...]:
    """What would open a trade, in sentences, the nearest first; () where there is one."""
    if of.found.trade:
        return ()
    return find_openers(of.prepared.problem, of.found, of.reserve.level)


def draws(of: Bargain) -> Robustness:
    """How often both gain and the plan fits, over seeded draws; no plan is searched anew."""
    return find_robustness(of.prepared.problem, of.found, bargained=0)


def default_choices(settings: Settings) -> Choices:
    """What the Compromise page starts with, and Brief, commands and pack show."""
    return Choices(capacity_weeks=settings.capacity_weeks, sales_share=settings.sales_share)


def names(data: Data, decided: Decided) -> dict[tuple[str, str], str]:
    """What people call a row, by canonical table and key: deals, items, features, accounts."""
    deals = data.mart("mart_deal_values")
    planned, features = items(data, decided), data.mart("mart_features")
    named = {
        "deals": (deals["deal_id"], deals["name"]),
        "items": (planned["item_id"], planned["title"]),
        "features": (features["feature_id"], features["name"]),
        "accounts": (deals["account_id"], deals["account_name"]),
    }
    return {
        (table, str(key)): str(name)
        for table, (keys, values) in named.items()
        for key, name in zip(keys, values, strict=True)
        if pd.notna(key) and pd.notna(name)
    }


def counts(data: Data, decided: Decided) -> dict[str, int]:
    """Rows the overlap and the trade rest on: open deals, asks, items; by their singular."""
    deals = data.mart("mart_deal_values")
    return {
        "open deal": int(deals["is_open"].sum()),
        "ask": len(data.mart("mart_asks")),
        "item": len(items(data, decided)),
        "account": int(deals["account_id"].nunique()),
    }
