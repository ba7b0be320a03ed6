"""The command line: every command, its options and what they mean."""

import argparse
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from common_ground import __version__, kpis
from common_ground.analysis.plan_inputs import Choices
from common_ground.exports.tables import MEGABYTE, Limits
from common_ground.pack import contents
from common_ground.settings import from_environment


def parser(commands: Mapping[str, Callable[[argparse.Namespace], int]]) -> argparse.ArgumentParser:
    """The parser of the whole command line.

    Args:
        commands: what each command does, by its name; `run` of the parsed arguments is the one
            that was chosen, `command` its name.
    """
    whole = argparse.ArgumentParser(
        prog="python -m common_ground", description="Sales and product on one page."
    )
    whole.add_argument("--version", action="version", version=__version__)
    added = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    default = from_environment().workspace

    def command(
        name: str, text: str, workspace: bool = True, with_json: bool = True
    ) -> argparse.ArgumentParser:
        made = added.add_parser(name, help=text, description=text)
        made.set_defaults(run=commands[name])
        if with_json:
            made.add_argument("--json", action="store_true", help="print one JSON object")
        if workspace:
            made.add_argument("--workspace", type=Path, default=default, help="folder of the data")
        return made

    made = command("build", "Read a folder of exports and publish it as one DuckDB file.")
    made.add_argument(
        "--exports",
        type=Path,
        help="folder with the export files; default: those the workspace keeps",
    )
    made.add_argument("--decisions", type=Path, help="decisions.toml to use and keep")
    made.add_argument("--as-of", type=_day, help="today for every number, YYYY-MM-DD")
    _add_limit(made)
    made = command("inspect", "Read one file and print its receipt; write nothing.", False)
    made.add_argument("file", type=Path)
    _add_limit(made)
    command("check", "Say what is wrong with the published data; exit 1 on a contradiction.")
    _add_view(command("kpis", "Print the shared KPIs."))
    command("links", "Print which asks mean which items, and which accounts may be one company.")
    made = command("overlaps", "Print what both sides want, by class and by item.")
    made.add_argument(
        "--level",
        type=float,
        default=from_environment().link_level,
        help="suggested links count from this score (0..1) up",
    )
    made = command("compromise", "Print the trade that leaves both sides better off.")
    _add_choices(made)
    made = command("pack", "Write the leadership pack.", with_json=False)
    made.add_argument("--out", type=Path, required=True, help="file.pdf, .pptx, .html or .png")
    made.add_argument("--mask-names", action="store_true", help="letters in place of names")
    made.add_argument("--pages", help="comma separated: " + ", ".join(contents.PAGES))
    command("demo", "Build the demo workspace.", with_json=False)
    text = "Open the app on 127.0.0.1; builds the demo where nothing is published."
    made = command("run", text, with_json=False)
    made.add_argument("--port", type=int, help="default: the first free one from 8501 up")
    made.add_argument("--empty", action="store_true", help="do not build the demo")
    made.add_argument("--no-browser", action="store_true", help="do not open a browser")
    return whole


def _add_choices(parser: argparse.ArgumentParser) -> None:
    given = from_environment()
    add = parser.add_argument
    add("--capacity", type=_at_least_0, default=given.capacity_weeks, help="person-weeks")
    add("--fits", type=_share, default=Choices(0).fits_share, help="cases a plan fits in, 0 to 1")
    add("--no-deal", choices=("roadmap", "shares"), default="roadmap", help="without a deal")
    add("--sales-share", type=_share, default=given.sales_share, help="of capacity, 0 to 1")
    add("--pin", action="append", default=[], metavar="ITEM", help="must be in")
    add("--veto", action="append", default=[], metavar="ITEM", help="is ruled out")
    add(
        "--team",
        action="append",
        default=[],
        type=lambda text: _named_number(text, _at_least_0),
        metavar="TEAM=WEEKS",
        help="capacity of a team the backlog names; may be repeated",
    )
    add(
        "--horizon",
        action="append",
        default=[],
        type=lambda text: _named_number(text, _share),
        metavar="HORIZON=SHARE",
        help="share of capacity kept for a horizon the backlog names; may be repeated",
    )
    add("--draws", type=int, default=0, help="inputs drawn and bargained anew; 300 take seconds")
    add("--explain", action="store_true", help="with --json: bands, and what would flip the plan")


def _at_least_0(text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 up")
    return number


def _share(text: str) -> float:
    share = _at_least_0(text)
    if share > 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to 1")
    return share


def _named_number(text: str, number: Callable[[str], float]) -> tuple[str, float]:
    name, equals, value = text.rpartition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER")
    return name, number(value)


def _add_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-megabytes",
        type=int,
        default=Limits().max_bytes // MEGABYTE,
        metavar="N",
        help="size of the largest file; unpacked it may be twice as large",
    )


def _add_view(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", type=_day, help="the last day counted; default: the workspace's")
    parser.add_argument(
        "--window", default="trailing_12_months", help=", ".join(kpis.NAMED) + ", or DAY..DAY"
    )
    parser.add_argument(
        "--by", choices=kpis.DIMENSIONS, default="segment", help="what segments are"
    )
    parser.add_argument("--segment", help="one segment; default: all")
    parser.add_argument(
        "--compare", choices=list(kpis.COMPARISONS), default="3_months", help="what with"
    )
    parser.add_argument(
        "--policy",
        action="append",
        default=[],
        type=_policy,
        metavar="POLICY=OPTION",
        help="a rule other than the workspace's; may be repeated",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-10-31") from error


def _policy(text: str) -> tuple[str, str]:
    policy, equals, option = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not POLICY=OPTION")
    return policy, option
