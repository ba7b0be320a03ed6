"""The KPI registry: queries/kpis.toml as definitions."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from common_ground.kpis.policies import Policy, policies
from common_ground.settings import QUERIES

AGREEMENTS = "agreements"  # in place of a mart: the ledger's agreements, passed in by the caller

SIDES = ("sales", "shared", "product")
UNITS = (
    "share",
    "count",
    "days",
    "currency",
    "ratio",
    "currency_per_day",
    "score",
    "per_week",
)
COVERS = ("window", "day", "week", "use_month", "quarter", "retention")


@dataclass(frozen=True)
class Beside:
    """A second number of a KPI, on the same rows."""

    label: str
    unit: str
    value: str


@dataclass(frozen=True)
class Definition:
    """One KPI as both sides sign it.

    Attributes:
        kpi: id; a KPI whose meaning changes gets a new one.
        label: as people say it.
        question: what it answers.
        side: sales, shared or product.
        unit: share (0..1), count, days, currency, ratio, currency_per_day, score, per_week.
        better: up or down.
        definition: in one sentence.
        formula: in words and signs.
        caveat: what a sceptic should know.
        source: exports it comes from.
        mart: the one mart it is computed over, or AGREEMENTS.
        value: aggregate over the rows that count.
        n: aggregate, how many things it rests on; `counted` names them: "closed" deals.
        min_rows: below this n the value is not shown.
        rows: which rows of the mart it is about.
        time: column that puts a row into a window; "" where the mart does it.
        covers: the span it is about, one of COVERS.
        hits: for a share of counts, the number counted; "" otherwise.
        dropped: aggregate, how many things were left out for a reason.
        leave_out: reason and condition, first that holds.
        beside: second numbers.
        policies: rules it follows, those with options included.
        needs: kind of record and what to say when none is loaded.
        null_reason: why there is no value though rows are there.
        rows_mart: mart with the rows behind it; the same unless it is aggregated.
        required: KPI whose reciprocal is the target where none is set, or "".
        adds_up: a sum over the window, so that only a target for that very period compares.
        history: whether earlier month ends can be rebuilt from the exports.
        decimals: shown after the point.
        moves: ids of the KPIs it moves, for the tree.
        sales_owner, product_owner: who answers for the definition on each side.
        version: raised when the formula is corrected.
        changes: version and "<date>: <what changed>", oldest first.
        retired: "<date>: <why>", or "".
    """

    kpi: str
    label: str
    question: str
    side: str
    unit: str
    better: str
    definition: str
    formula: str
    caveat: str
    source: str
    mart: str
    value: str
    n: str
    counted: str
    min_rows: int
    rows: str
    time: str
    covers: str
    hits: str
    dropped: str
    leave_out: tuple[tuple[str, str], ...]
    beside: tuple[Beside, ...]
    policies: tuple[Policy, ...]
    needs: tuple[tuple[str, str], ...]
    null_reason: str
    rows_mart: str
    required: str
    adds_up: bool
    history: bool
    decimals: int
    moves: tuple[str, ...]
    sales_owner: str
    product_owner: str
    version: str
    changes: tuple[tuple[str, str], ...]
    retired: str

    @property
    def choices(self) -> tuple[Policy, ...]:
        """Policies whose option changes it."""
        return tuple(policy for policy in self.policies if policy.is_choice)

    def options(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """The option of each of its choices; the default where nothing is chosen."""
        return {policy.policy: chosen.get(policy.policy, policy.default) for policy in self.choices}

    def rules(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """Every rule it follows as a sentence by id, under the options chosen."""
        options = self.options(chosen)
        return {
            policy.policy: policy.sentence(options.get(policy.policy, ""))
            for policy in self.policies
        }


@cache
def definitions() -> Mapping[str, Definition]:
    """Every KPI by id, in the order of the registry.

    Raises:
        ValueError: an entry lacks a key or has one nobody knows; a mistake in this project.
    """
    text = (QUERIES / "kpis.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)
    exports = entries.pop("exports")
    return {kpi: _definition(kpi, entry, exports) for kpi, entry in entries.items()}


def definition(kpi: str) -> Definition:
    """The KPI of an id.

    Raises:
        KeyError: no KPI has it.
    """
    return definitions()[kpi]


def _definition(kpi: str, entry: dict[str, Any], exports: dict[str, str]) -> Definition:
    defaults: dict[str, Any] = {
        "value": "",
        "n": "",
        "min_rows": 1,
        "rows": "true",
        "time": "",
        "covers": "window",
        "hits": "",
        "dropped": "count(*)",
        "null_reason": f"{entry.get('label', kpi)} cannot be computed from these rows.",
        "rows_mart": entry.get("mart"),
        "required": "",
        "adds_up": False,
        "history": True,
        "decimals": 0,
        "sales_owner": "sales lead",
        "product_owner": "product lead",
        "version": "1",
        "retired": "",
    }
    try:
        given = {
            **defaults,
            **entry,
            "leave_out": tuple(entry.get("leave_out", {}).items()),
            "beside": tuple(Beside(**part) for part in entry.get("beside", [])),
            "policies": tuple(policies()[name] for name in entry["policies"]),
            "moves": tuple(entry.get("moves", [])),
            "changes": tuple(entry.get("changes", {}).items()),
            "needs": tuple((name, exports[name]) for name in entry["needs"]),
        }
        made = Definition(kpi=kpi, **given)
    except (KeyError, TypeError) as error:
        raise ValueError(f"queries/kpis.toml, [{kpi}]: {error}") from error
    for name, allowed in (("side", SIDES), ("unit", UNITS), ("covers", COVERS)):
        if getattr(made, name) not in allowed:
            raise ValueError(f"queries/kpis.toml, [{kpi}]: {name} must be one of {allowed}")
    if made.better not in ("up", "down"):
        raise ValueError(f"queries/kpis.toml, [{kpi}]: better must be up or down")
    return made
