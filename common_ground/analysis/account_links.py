"""Links between accounts as a reviewer sees them: made by the build, decided, and suggested.

The build applies verdicts, so a verdict given after it, or taken back, takes effect with the next
one; until then its row says so. Whatever a person decided of a pair, it is not suggested again.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import product
from typing import Any, Final

import pandas as pd

from common_ground.analysis.account_matching import suggest_accounts

IN_FORCE: Final = "in force"
NEXT_BUILD: Final = "next build"
TAKEN_BACK: Final = "taken back, next build"
OPEN: Final = "open"

WEIGHTS: Final = (
    "deal_count", "open_amount", "won_amount", "contract_count", "ask_count", "usage_row_count",
)  # fmt: skip
SAID: Final = ("account_id", "name", "names", "domains", "countries", "exports", *WEIGHTS)
ACCOUNT_LINK_COLUMNS: Final = [
    "kind",
    "from_id",
    "to_id",
    "score",
    "verdict",
    "how",
    "decided_by",
    "warning",
    "state",
    "reasons",
    *(f"{side}_{column}" for side in ("from", "to") for column in SAID),
]

APART: Final = ("different", "related")  # verdicts that keep two accounts apart
# What exports say of an account, and where mart_account_names has it.
_TOLD: Final = {"names": "name", "domains": "domain", "countries": "country", "exports": "source"}
_AGAINST: Final = ("two countries", "two domains", "two legal forms", "both in one export")
_WARNINGS: Final = {
    "unknown": "no export names one of the two any more",
    "unclear": "one of the two may be several accounts, so the verdict changes nothing",
    "contradicted": "another verdict keeps the two apart, so they were not linked",
}


def ends(links: pd.DataFrame) -> pd.DataFrame:
    """Both ends of links as `list_links` returns them.

    Returns:
        one row per end (a naming, as from_id and to_id), in their order: end, and `SAID`.
    """
    parts = [
        links[[f"{side}_id", *(f"{side}_{column}" for column in SAID)]].set_axis(
            ["end", *SAID], axis=1
        )
        for side in ("from", "to")
    ]
    return pd.concat(parts).drop_duplicates("end").sort_values("end", ignore_index=True)


def list_links(
    names: pd.DataFrame,
    weights: pd.DataFrame,
    applied: pd.DataFrame,
    verdicts: pd.DataFrame,
    alike: pd.DataFrame,
) -> pd.DataFrame:
    """Every link between two ways of naming a company.

    Args:
        names: mart_account_names.
        weights: mart_account_weights.
        applied: mart_account_verdicts, what the build made of the verdicts it knew.
        verdicts: of the ledger; kind, from_id, to_id, verdict, decided_by.
        alike: `account_matching.find_alike` of the same names.

    Returns:
        one row per link, decided ones first, then suggested ones, best first, then those the build
        made. kind is account; from_id and to_id are namings, what a verdict is about; score is
        0..1, 1 where linked; verdict (same, related, different, unsure or None); how is verdict,
        suggested, domain or exact name; decided_by; warning is what speaks against it, else None;
        state ("in force", "next build" where a verdict waits for a build, "taken back, next
        build", "open" for a suggestion); reasons (tuple of words). Then for each side (from_, to_)
        account_id (None where no export names it, or it may be several), name, names, domains,
        countries, exports (tuples, all of that account's), deal_count, open_amount and won_amount
        (workspace currency), contract_count, ask_count, usage_row_count, all of the whole account:
        where two names are linked, both sides show the same ones.
    """
    about = _about(names, weights)
    leading = _leading(names)
    namings: dict[str, set[str]] = defaultdict(set)
    for naming, account in zip(names["naming"], names["account_id"], strict=True):
        namings[naming].add(account)
    decided = _decided(applied, verdicts, namings)
    found = [decided, _suggested(alike, decided, leading), _linked(names, leading)]
    links = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    pairs = [frozenset(pair) for pair in zip(links["from_id"], links["to_id"], strict=True)]
    is_first = ~pd.Series(pairs, links.index, dtype=object).duplicated()
    links = links[is_first & (links["from_id"] != links["to_id"])]
    links = links.assign(kind="account").reset_index(drop=True)
    for side in ("from", "to"):
        known = about.reindex(links[f"{side}_account_id"]).reset_index(drop=True)
        for told in _TOLD:
            known[told] = [each if isinstance(each, tuple) else () for each in known[told]]
        links = links.join(known.add_prefix(f"{side}_"))
        links[f"{side}_name"] = _own_name(links[f"{side}_id"], names)
    return links[ACCOUNT_LINK_COLUMNS]


def count_waiting(applied: pd.DataFrame, verdicts: pd.DataFrame) -> int:
    """How many verdicts, given or taken back, the data does not follow until the next build.

    Args:
        applied: as for `list_links`.
        verdicts: as for `list_links`.
    """
    return int((_decided(applied, verdicts, {})["state"] != IN_FORCE).sum())


def _about(names: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """What a reviewer is told of each account_id."""
    said = {
        told: names.dropna(subset=column).groupby("account_id")[column].agg(_distinct)
        for told, column in _TOLD.items()
    }
    return weights.set_index("account_id")[list(WEIGHTS)].join(pd.DataFrame(said))


def _distinct(values: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(values.unique()))


def _leading(names: pd.DataFrame) -> dict[str, str]:
    """The naming that stands for each account: with a domain and a name where there is one."""
    ordered = names.assign(no_domain=names["domain"].isna(), no_name=names["name"].isna())
    first = ordered.sort_values(["no_domain", "no_name", "naming"]).drop_duplicates("account_id")
    return dict(zip(first["account_id"], first["naming"], strict=True))


def _own_name(ids: pd.Series, names: pd.DataFrame) -> pd.Series:
    """The name in a naming; the naming itself where no export has it any more, or no name."""
    known = names.dropna(subset="name").drop_duplicates("naming").set_index("naming")["name"]
    return ids.map(known).astype(object).fillna(ids)


def _decided(
    applied: pd.DataFrame, verdicts: pd.DataFrame, namings: Mapping[str, set[str]]
) -> pd.DataFrame:
    """Verdicts that count, and those the data still follows although they were taken back.

    `from_accounts` and `to_accounts` are all accounts a naming may be, from_account_id and
    to_account_id the one it is.
    """
    built = {
        frozenset((row["from_naming"], row["to_naming"])): row for row in applied.to_dict("records")
    }
    rows: list[tuple[object, ...]] = []
    for row in verdicts.loc[verdicts["kind"] == "account"].to_dict("records"):
        pair = row["from_id"], row["to_id"]
        known = built.pop(frozenset(pair), None)
        is_waiting = _is_waiting(row["verdict"], known)
        state = NEXT_BUILD if is_waiting else IN_FORCE
        warning = None if known is None or is_waiting else _WARNINGS.get(str(known["outcome"]))
        if known is None:
            accounts = tuple(tuple(sorted(namings.get(naming, ()))) for naming in pair)
        else:
            accounts = tuple(known["from_account_ids"]), tuple(known["to_account_ids"])
            accounts = accounts if known["from_naming"] == pair[0] else accounts[::-1]
        rows.append((*pair, row["verdict"], row["decided_by"], state, warning, *accounts))
    for known in built.values():
        if known["verdict"] != "unsure":
            said = (known[name] for name in ("from_naming", "to_naming", "verdict", "decided_by"))
            accounts = tuple(known["from_account_ids"]), tuple(known["to_account_ids"])
            rows.append((*said, TAKEN_BACK, None, *accounts))
    columns = ["from_id", "to_id", "verdict", "decided_by", "state", "warning"]
    frame = pd.DataFrame(rows, columns=[*columns, "from_accounts", "to_accounts"], dtype=object)
    reasons = pd.Series([()] * len(frame), frame.index, dtype=object)
    return frame.assign(
        how="verdict",
        score=frame["verdict"].eq("same").astype(float),
        reasons=reasons,
        from_account_id=_the_one(frame["from_accounts"]),
        to_account_id=_the_one(frame["to_accounts"]),
    )


def _the_one(accounts: pd.Series) -> pd.Series:
    """The account where it is one; None: none, or several."""
    found = [each[0] if len(each) == 1 else None for each in accounts]
    return pd.Series(found, accounts.index, dtype=object)


def _is_waiting(verdict: str, known: Mapping[Any, Any] | None) -> bool:
    """Whether the data does not follow a verdict yet; one that is unsure changes nothing."""
    was = "unsure" if known is None else known["verdict"]
    return bool(verdict != was)


def _suggested(
    alike: pd.DataFrame, decided: pd.DataFrame, leading: Mapping[str, str]
) -> pd.DataFrame:
    columns = (decided[name] for name in ("verdict", "from_accounts", "to_accounts"))
    settled = [
        pair
        for verdict, one, other in zip(*columns, strict=True)
        # A "same" that may mean several accounts has to be given again, a rejection has not
        if verdict in APART or (len(one) == 1 and len(other) == 1)
        for pair in product(one, other)
    ]
    found = suggest_accounts(alike, settled)
    against = [
        ", ".join(reason for reason in reasons if reason in _AGAINST) or None
        for reasons in found["reasons"]
    ]
    return found.assign(
        from_id=found["from_account_id"].map(leading),
        to_id=found["to_account_id"].map(leading),
        verdict=None,
        decided_by=None,
        state=OPEN,
        how="suggested",
        warning=pd.Series(against, found.index, dtype=object),
    )


def _linked(names: pd.DataFrame, leading: Mapping[str, str]) -> pd.DataFrame:
    """Ways of naming an account that the build put to its leading one, other than by an id."""
    made = names.assign(from_id=names["account_id"].map(leading))
    made = made[made["how"].isin(["domain", "exact name"]) & (made["naming"] != made["from_id"])]
    made = made.drop_duplicates("naming").sort_values(["from_id", "naming"])
    reasons = [(f"the same {how.removeprefix('exact ')}",) for how in made["how"]]
    return pd.DataFrame(
        {
            "from_id": made["from_id"],
            "to_id": made["naming"],
            "from_account_id": made["account_id"],
            "to_account_id": made["account_id"],
            "score": 1.0,
            "verdict": None,
            "how": made["how"],
            "decided_by": None,
            "warning": None,
            "state": IN_FORCE,
            "reasons": pd.Series(reasons, made.index, dtype=object),
        }
    )
