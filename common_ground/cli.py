"""The commands: every page's numbers for a script, a test or a sceptic.

Exit status: 0 done; 1 the data does not allow it, the message says why; 2 wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd

from common_ground import __version__
from common_ground.errors import CommonGroundError
from common_ground.settings import from_environment
from common_ground.warehouse.build import Build, build, inspect
from common_ground.warehouse.published import Published, open_published
from common_ground.warehouse.receipts import Receipt


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except CommonGroundError as error:
        print(f"common_ground {chosen.command}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m common_ground", description="Sales and product on one page."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    default = from_environment().workspace

    def command(name: str, text: str, workspace: bool = True) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=globals()[f"_{name}"])
        made.add_argument("--json", action="store_true", help="print one JSON object")
        if workspace:
            made.add_argument("--workspace", type=Path, default=default, help="folder of the data")
        return made

    made = command("build", "Read a folder of exports and publish it as one DuckDB file.")
    made.add_argument("--exports", type=Path, required=True, help="folder with the export files")
    made.add_argument("--decisions", type=Path, help="decisions.toml to use and keep")
    made.add_argument("--as-of", type=_day, help="today for every number, YYYY-MM-DD")
    made = command("inspect", "Read one file and print its receipt; write nothing.", False)
    made.add_argument("file", type=Path)
    command("check", "Say what is wrong with the published data; exit 1 on a contradiction.")
    made = command("kpis", "Print the shared KPIs.")
    made.add_argument("--as-of", type=_day, help="the last day counted; default: the workspace's")
    made.add_argument("--window", default="trailing_12_months", help="or all, quarter, month, A..B")
    made.add_argument("--segment", help="one segment; default: all")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-10-31") from error


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
    return content | {
        "rejected": len(receipt.rejected),
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
    lines += [f"  question: {text}" for text in receipt.questions]
    lines += [f"  line {r.line} rejected: {r.reason}" for r in receipt.rejected[:5]]
    if len(receipt.rejected) > 5:
        lines.append(f"  and {len(receipt.rejected) - 5:,} more rejected, see the Data page")
    return "\n".join(lines)


def _build(chosen: argparse.Namespace) -> int:
    made = build(chosen.exports, chosen.workspace, chosen.decisions, chosen.as_of, _progress)
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


def build_json(made: Build) -> dict[str, object]:
    """A build as `build --json` prints it."""
    changes = made.data.changes()
    counted = changes.groupby(["canonical_table", "change"]).size() if len(changes) else {}
    return {
        "data_version": made.data.data_version,
        "is_new": made.is_new,
        "as_of": made.data.as_of,
        "tables": made.data.counts(),
        "files": [receipt_json(receipt) for receipt in made.receipts],
        "skipped": list(made.skipped),
        "notes": list(made.notes),
        "checks": made.data.checks().to_dict("records"),
        "changes": [
            {"table": table, "change": change, "rows": int(rows)}
            for (table, change), rows in counted.items()
        ],
    }


def _print_checks(data: Published) -> None:
    for found in data.checks().itertuples():
        if found.violations:
            print(f"{found.severity}: {found.label}: {found.violations:,}. {found.sentence}")


def _print_changes(data: Published) -> None:
    changes = data.changes()
    if changes.empty:
        return
    counted = changes.groupby(["canonical_table", "change"]).size()
    parts = [f"{rows:,} {table} {change}" for (table, change), rows in counted.items()]
    print(f"Since data version {data.data_version - 1}: {', '.join(parts)}")


def _inspect(chosen: argparse.Namespace) -> int:
    receipts = inspect(chosen.file)
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
    if chosen.json:
        _print_json({"data_version": data.data_version, "checks": found.to_dict("records")})
    else:
        _print_checks(data)
        broken = int((found.violations > 0).sum())
        print(
            f"{len(found)} rules, {broken} broken, {len(failed)} of them contradictions in the data"
        )
    return 1 if len(failed) else 0


def _kpis(chosen: argparse.Namespace) -> int:
    raise SystemExit(2)
