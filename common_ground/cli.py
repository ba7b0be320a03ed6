"""The commands: every page's numbers for a script, a test or a sceptic.

Exit status: 0 done; 1 the data does not allow it, the message says why; 2 wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd

from common_ground import bargain_lines, kpi_lines, kpis, leadership, meeting
from common_ground.analysis.overlap import Overlap
from common_ground.arguments import parser
from common_ground.charts.format import money_short
from common_ground.demo import make_demo
from common_ground.errors import CommonGroundError, DecisionError, OutdatedError, PackError
from common_ground.exports.tables import MEGABYTE, Limits
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
from common_ground.pack import contents, files
from common_ground.settings import from_environment
from common_ground.visible import visible
from common_ground.warehouse.account_verdicts import AccountVerdict
from common_ground.warehouse.build import Build, build, inspect
from common_ground.warehouse.published import Published, open_published, read_pointer
from common_ground.warehouse.receipts import Receipt

_INTERRUPTED = 130  # what shells say of a command stopped with Ctrl+C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    chosen = parser(_COMMANDS).parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except CommonGroundError as error:
        print(f"common_ground {chosen.command}: {visible(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return _INTERRUPTED


def _limits(max_megabytes: int) -> Limits:
    size = max_megabytes * MEGABYTE
    return Limits(max_bytes=size, max_unpacked_bytes=2 * size)


def _print_json(content: object) -> None:
    print(json.dumps(content, default=_plain, indent=2, allow_nan=False))


def _plain(value: object) -> object:
    if isinstance(value, date | pd.Timestamp):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _progress(what: str, share: float) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{share:4.0%} {what}", end="", file=sys.stderr, flush=True)
        if share >= 1:
            print(file=sys.stderr)


def receipt_json(receipt: Receipt) -> dict[str, object]:
    """A receipt as `build --json` and `inspect --json` print it."""
    content = asdict(receipt)
    content["rejected_lines"] = content.pop("rejected")[:100]
    content["asked"] = content.pop("questions")
    return content | {
        "rejected": len(receipt.rejected),
        "questions": [question.sentence for question in receipt.questions],
        "other_lines": sum(receipt.other_lines.values()),
        "other_kinds": dict(receipt.other_lines),
    }


def _receipt_text(receipt: Receipt) -> str:
    others = ", ".join(f"{count:,} {kind}" for kind, count in receipt.other_lines.items())
    lines = [
        f"{receipt.file}: {receipt.dialect_label} {receipt.table}, {receipt.encoding}",
        f"  {receipt.lines:,} lines = {receipt.loaded:,} loaded + {len(receipt.rejected):,} "
        f"rejected + {sum(receipt.other_lines.values()):,} others ({others or 'none'})",
    ]
    lines += [f"  look: {text}" for text in receipt.warnings]
    lines += [f"  question: {question.sentence}" for question in receipt.questions]
    lines += [f"  line {r.line} rejected: {r.reason}" for r in receipt.rejected[:5]]
    if len(receipt.rejected) > 5:
        lines.append(f"  and {len(receipt.rejected) - 5:,} more rejected, see the Data page")
    # A name from a file must not steer the terminal
    return "\n".join(map(visible, lines))


def _build(chosen: argparse.Namespace) -> int:
    made = build(
        chosen.exports,
        chosen.workspace,
        chosen.decisions,
        chosen.as_of,
        _progress,
        _limits(chosen.max_megabytes),
        _account_verdicts(chosen.workspace),
    )
    if chosen.json:
        _print_json(build_json(made))
        return 0
    if not made.is_new:
        print(
            f"Nothing new: data version {made.data.data_version} was built from these files, "
            "decisions and date. Nothing was written."
        )
        return 0
    for receipt in made.receipts:
        print(_receipt_text(receipt))
    if made.skipped:
        print(f"Not exports, not read: {', '.join(made.skipped)}")
    for note in made.notes:
        print(f"Note: {note}")
    _print_checks(made.data)
    _print_changes(made.data)
    rows = ", ".join(f"{count:,} {name}" for name, count in made.data.counts().items())
    print(f"Published data version {made.data.data_version} as of {made.data.as_of}: {rows}")
    return 0


def _account_verdicts(workspace: Path) -> tuple[AccountVerdict, ...]:
    return meeting.account_verdicts(open_ledger(workspace).verdicts())


def build_json(made: Build) -> dict[str, object]:
    """A build as `build --json` prints it."""
    return {
        "data_version": made.data.data_version,
        "is_new": made.is_new,
        "as_of": made.data.as_of,
        "tables": made.data.counts(),
        "files": [receipt_json(receipt) for receipt in made.receipts],
        "skipped": list(made.skipped),
        "notes": list(made.notes),
        "checks": _records(made.data.checks()),
        "changes": [
            {"table": table, "change": change, "rows": rows}
            for table, change, rows in _counted(made.data)
        ],
    }


def _counted(data: Published) -> list[tuple[str, str, int]]:
    """Table, change and number of rows that differ from the version before."""
    changes = data.changes()
    counted = changes.value_counts(["canonical_table", "change"]).reset_index().to_dict("records")
    rows = [(str(c["canonical_table"]), str(c["change"]), int(c["count"])) for c in counted]
    return sorted(rows)


def _print_checks(data: Published) -> None:
    for rule in _records(data.checks()):
        if rule["violations"]:
            print(
                f"{rule['severity']}: {rule['label']}: {rule['violations']:,}. {rule['sentence']}"
            )


def _print_changes(data: Published) -> None:
    changes = data.changes()
    if changes.empty:
        return
    parts = [f"{rows:,} {table} {change}" for table, change, rows in _counted(data)]
    print(f"Since data version {data.data_version - 1}: {', '.join(parts)}")


def _inspect(chosen: argparse.Namespace) -> int:
    receipts = inspect(chosen.file, limits=_limits(chosen.max_megabytes))
    if chosen.json:
        _print_json({"files": [receipt_json(receipt) for receipt in receipts]})
    else:
        for receipt in receipts:
            print(_receipt_text(receipt))
    return 0


def _check(chosen: argparse.Namespace) -> int:
    data = open_published(chosen.workspace)
    found = data.checks()
    failed = found[(found.severity == "fail") & (found.violations > 0)]
    window = kpi_lines.headline_view(data).window
    gap = kpis.unexplained(kpis.compute(data, kpis.BRIDGE, window))
    if chosen.json:
        content = {"checks": _records(found), "bridge_unexplained": gap}
        _print_json({"data_version": data.data_version, **content})
    else:
        _print_checks(data)
        broken = int((found.violations > 0).sum())
        print(
            f"{len(found)} rules, {broken} broken, {len(failed)} of them contradictions in the data"
        )
        adds_up = "adds up to the cent" if not gap else f"leaves {gap:,.2f} unexplained"
        print(f"The change of recurring revenue {adds_up}")
    return 1 if len(failed) or gap else 0


def _kpis(chosen: argparse.Namespace) -> int:
    data = open_published(chosen.workspace)
    as_of = chosen.as_of or data.as_of
    view = kpis.view(
        chosen.window,
        as_of,
        data.fiscal_year_start_month,
        chosen.by,
        chosen.segment,
        chosen.compare,
    )
    known = kpis.segments(data, chosen.by)
    if chosen.segment is not None and chosen.segment not in known:
        raise DecisionError(
            f"There is no {chosen.by} {chosen.segment!r} in this data. There are: "
            f"{', '.join(known) or 'none'}."
        )
    terms = kpi_lines.terms(open_ledger(chosen.workspace))
    terms = replace(terms, policies={**terms.policies, **dict(chosen.policy)})
    told = list(kpi_lines.all_told(data, kpis.known_kpis(), view, terms).values())
    if chosen.json:
        _print_json(
            {
                "as_of": as_of,
                "data_version": data.data_version,
                "currency": data.currency,
                "kpis": [kpi_lines.as_json(data, each, view, terms) for each in told],
            }
        )
        return 0
    window = view.window
    start = window.start or "the beginning"
    print(f"As of {as_of}, data version {data.data_version}, {start} to {window.last_day}")
    for each in told:
        print(kpi_lines.as_text(each.line, data.currency))
    return 0


def _links(chosen: argparse.Namespace) -> int:
    data = open_published(chosen.workspace)
    decided = Decided.of(open_ledger(chosen.workspace))
    found = pd.concat(
        [meeting.links(data, decided), meeting.same_asks(data, decided)], ignore_index=True
    )
    companies = meeting.account_links(data, decided.verdicts)
    waiting = meeting.account_verdicts_waiting(data, decided.verdicts)
    if chosen.json:
        learned = vars(meeting.ranker_used(data, decided))
        ranker = {name: learned[name] for name in learned if name != "coefficients"}
        ranker["has_encoder"] = meeting.encoder() is not None
        _print_json(
            {
                "data_version": data.data_version,
                "ranker": ranker,
                "links": _records(found),
                "accounts": _records(companies),
                "account_verdicts_waiting": waiting,
            }
        )
        return 0
    for link in _records(found):
        said = link["verdict"] or link["how"]
        print(f"{link['from_id']} -> {link['to_id']}: {said}, score {link['score']:.2f}")
    print(f"{len(found):,} links of {found['from_id'].nunique():,} asks")
    for row in _records(companies[companies["how"].isin(["verdict", "suggested"])]):
        said = f"{row['verdict'] or 'may be the same'}, {row['state']}"
        why = f" ({', '.join(row['reasons'])})" if row["reasons"] else ""
        print(f"{row['from_id']} <> {row['to_id']}: {said}{why}, score {row['score']:.2f}")
    if waiting:
        verb = "counts" if waiting == 1 else "count"
        print(f"{waiting:,} of the verdicts on accounts {verb} from the next build on")
    return 0


def _overlap_of(data: Published, decided: Decided, level: float) -> Overlap:
    return meeting.overlaps(data, decided, meeting.links(data, decided), level)


def _overlaps(chosen: argparse.Namespace) -> int:
    data = open_published(chosen.workspace)
    found = _overlap_of(data, Decided.of(open_ledger(chosen.workspace)), chosen.level)
    if chosen.json:
        rules = meeting.value_rules(from_environment())
        values = meeting.item_values(data, found, rules)
        new = [name for name in values.items if name not in found.items or name == "item_id"]
        _print_json(
            {
                "as_of": data.as_of,
                "data_version": data.data_version,
                "currency": data.currency,
                "level": chosen.level,
                "thresholds": asdict(found.thresholds),
                "value_rules": asdict(rules),
                "items": _records(found.items.merge(values.items[new], on="item_id")),
                "classes": _records(found.classes),
                "money": _records(values.totals),
                "union": found.union,
                "unconfirmed_share": found.unconfirmed_share,
            }
        )
        return 0
    for row in _records(found.classes):
        money = money_short(row["allocated"], data.currency)
        print(f"{row['label']}: {row['count']:,}, {money} allocated. {row['action'].capitalize()}.")
    print(
        f"{money_short(found.union, data.currency)} of open deals in all; "
        f"{found.unconfirmed_share:.0%} of it rests on links no person has confirmed"
    )
    return 0


def _compromise(chosen: argparse.Namespace) -> int:
    data = open_published(chosen.workspace)
    decided = Decided.of(open_ledger(chosen.workspace))
    level = from_environment().link_level
    known = _overlap_of(data, decided, level)
    choices = replace(
        meeting.default_choices(from_environment()),
        capacity_weeks=chosen.capacity,
        fits_share=chosen.fits,
        no_deal=chosen.no_deal,
        sales_share=chosen.sales_share,
        pins=tuple(chosen.pin),
        vetoes=tuple(chosen.veto),
        team_weeks=tuple(chosen.team),
        horizon_shares=tuple(chosen.horizon),
    )
    of = meeting.bargain(data, decided, known, choices, frontier=chosen.json)
    if chosen.json:
        about = {
            "as_of": data.as_of,
            "data_version": data.data_version,
            "currency": data.currency,
            "link_level": level,
        }
        _print_json(about | bargain_lines.as_json(of, choices, chosen.draws, chosen.explain))
        return 0
    for line in bargain_lines.as_text(of, data.currency):
        print(visible(line))
    return 0


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as JSON objects; what is not there is null."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def _pack(chosen: argparse.Namespace) -> int:
    data, ledger = open_published(chosen.workspace), open_ledger(chosen.workspace)
    terms = kpi_lines.terms(ledger)
    sources = leadership.gather(data, Decided.of(ledger), terms, from_environment())
    masks = leadership.masks_of(data, terms.agreements) if chosen.mask_names else None
    deck = contents.build(sources, _pages(chosen.pages), masks)
    chosen.out.write_bytes(files.content(deck, chosen.out.suffix.removeprefix(".")))
    slides = f"{len(deck.slides)} slides as of {data.as_of}"
    print(f"{chosen.out}: {slides}, data version {data.data_version}")
    return 0


def _pages(named: str | None) -> list[str] | None:
    if named is None:
        return None
    pages = [page.strip() for page in named.split(",")]
    if unknown := [page for page in pages if page not in contents.PAGES]:
        raise PackError(
            f"There is no page {', '.join(unknown)}. Pages: {', '.join(contents.PAGES)}."
        )
    return pages


def _demo(chosen: argparse.Namespace) -> int:
    made = make_demo(chosen.workspace, _progress)
    word = "Built" if made.is_new else "Nothing new in"
    print(f"{word} the demo workspace, data version {made.data.data_version}")
    return 0


def _bring_up_to_date(workspace: Path) -> None:
    """Build again what another version of this program built, where the exports are kept."""
    try:
        open_published(workspace)
    except OutdatedError:
        print("Building the workspace again for this version of Common Ground")
        build(None, workspace, progress=_progress, accounts=_account_verdicts(workspace))
    except CommonGroundError:
        return  # what is wrong with the workspace, the pages say


def _run(chosen: argparse.Namespace) -> int:
    if read_pointer(chosen.workspace) is None and not chosen.empty:
        print("Building the demo workspace")
        make_demo(chosen.workspace, _progress)
    _bring_up_to_date(chosen.workspace)
    from common_ground.ui import serve  # the server is slow to import; other commands need none

    serve.main(chosen.workspace, chosen.port, open_browser=False if chosen.no_browser else None)
    return 0


_COMMANDS: Final = {
    "build": _build,
    "inspect": _inspect,
    "check": _check,
    "kpis": _kpis,
    "links": _links,
    "overlaps": _overlaps,
    "compromise": _compromise,
    "pack": _pack,
    "demo": _demo,
    "run": _run,
}
