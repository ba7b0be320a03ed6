"""Cells, headers and file names are text: kept as written, escaped wherever they are shown."""

import csv
import io
import json
import re
from datetime import date
from html import escape
from html.parser import HTMLParser

import pandas as pd
import pytest
from pptx import Presentation

from common_ground import kpi_lines, leadership
from common_ground.charts import segments
from common_ground.cli import build_json, receipt_json
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
from common_ground.pack import contents, files
from common_ground.settings import Settings
from common_ground.ui import html
from common_ground.ui.downloads import csv_bytes
from common_ground.visible import visible
from common_ground.warehouse.build import build, inspect
from common_ground.warehouse.decisions import Decisions, FileDecision

# Nobody waits for the first four with money, so that the pack lists them as product's own.
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '<img src=x onerror="alert(1)">',
    "override": "Acme \u202efdp.exe",
    "formula": '=HYPERLINK("http://x","y")',
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(1)",
    "tab": "\t=1+1",
    "carriage return": "\r=1+1",
    "line end": "\n=1+1",
    "isolate": "Acme \u2066x\u2069 Ltd",
    "zero width": "Ac\u200bme",
    "bell": "Ring\x07 me\x1b[31m",
    "quote": "'; drop table deals; --",
    "double quote": '"; drop table deals; --',
    "path": "../../etc/passwd",
    "link": "[x](javascript:alert(1))",
    "formula of TeX": "$\\latex$ :red[x]",
    "braces": "{0} {name} %{text} %s",
    "long": "N" * 10_000,
}
NAMES = list(HOSTILE.values())
FILE = (
    "=1+1 <img src=x onerror=alert(1)> '; drop table deals; -- [x](javascript:y) $a$ \u202efdp.csv"
)
SPREADSHEET_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def table(header, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def write_exports(folder):
    """Accounts, deals, asks and items that are called all those things, in a file called so."""
    folder.mkdir()
    places = range(len(NAMES))
    header = ["account_id", "account_name", "segment", "account_domain"]
    rows = [[f"A{n}", NAMES[n], NAMES[n], f"a{n}.example"] for n in places]
    (folder / "accounts.csv").write_bytes(table(header, rows))
    header = ["deal_id", "account_id", "name", "stage", "amount", "created_date", "closed_date",
              "lost_reason", "<script>alert(1)</script>"]  # fmt: skip
    rows = [
        [f"D{n}", f"A{n}", NAMES[n], "won" if n < 4 else "open", 1000, "2026-01-05", "2026-05-05",
         NAMES[n], NAMES[n]]
        for n in places
    ]  # fmt: skip
    (folder / FILE).write_bytes(table(header, rows))
    header = ["ask_id", "account_id", "deal_id", "title", "text", "item_key", "asked_date",
              "asked_by", "is_blocker", "votes"]  # fmt: skip
    rows = [
        [f"R{n}", f"A{n}", f"D{n}", NAMES[n], NAMES[n], f"I{n}", "2026-02-01", NAMES[n], "yes", 3]
        for n in places
    ]
    (folder / "asks.csv").write_bytes(table(header, rows))
    header = ["item_id", "title", "description", "area", "status", "effort_likely", "reach"]
    rows = [[f"I{n}", NAMES[n], NAMES[n], NAMES[n], "planned", 2 + n % 3, 5] for n in places]
    (folder / "items.csv").write_bytes(table(header, rows))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    write_exports(folder / "exports")
    return build(folder / "exports", folder / "workspace", as_of=date(2026, 6, 30))


@pytest.fixture(scope="module")
def deck(made, tmp_path_factory):
    ledger = open_ledger(tmp_path_factory.mktemp("ledger"))
    sources = leadership.gather(made.data, Decided.of(ledger), kpi_lines.terms(ledger), Settings())
    return contents.build(sources)


@pytest.mark.parametrize(
    ("canonical", "key", "column"),
    [
        ("accounts", "account_id", "name"),
        ("accounts", "account_id", "segment"),
        ("deals", "deal_id", "name"),
        ("deals", "deal_id", "lost_reason"),
        ("asks", "ask_id", "text"),
        ("asks", "ask_id", "asked_by"),
        ("items", "item_id", "title"),
        ("items", "item_id", "description"),
    ],
)
def test_canonical_tables_hold_every_cell_exactly_as_written(made, canonical, key, column):
    found = made.data.table(canonical)
    by_place = {
        int(name.lstrip("ADRI")): text for name, text in zip(found[key], found[column], strict=True)
    }
    assert by_place == dict(enumerate(NAMES))


def test_every_row_of_every_hostile_file_is_loaded(made):
    assert {r.file: (r.loaded, len(r.rejected)) for r in made.receipts} == {
        name: (len(NAMES), 0) for name in ("accounts.csv", "asks.csv", "items.csv", FILE)
    }
    assert made.data.count("deals") == len(NAMES)


def test_a_hostile_header_is_named_on_the_receipt_and_nothing_else(made):
    receipt = next(r for r in made.receipts if r.file == FILE)
    assert receipt.unused_columns == ("<script>alert(1)</script>",)


def test_a_file_is_known_by_its_whole_name_in_the_register(made):
    assert FILE in set(made.data.loads()["file"])


@pytest.mark.parametrize("header", [*HOSTILE.values()], ids=[*HOSTILE])
def test_a_hostile_header_is_no_sql_and_its_column_can_be_mapped(tmp_path, header):
    path = tmp_path / "deals.csv"
    path.write_bytes(table(["deal_id", "stage", header], [["D1", "open", "12"]]))
    # A header is known by its text without outer blanks
    decision = FileDecision(columns={header.strip(): "amount"})
    receipt = inspect(path, Decisions(files={"deals.csv": decision}))[0]
    assert receipt.loaded == 1
    assert receipt.mapped_columns["amount"] == header.strip()


def test_no_cell_of_a_csv_is_a_formula_and_none_hides_characters(made):
    for canonical in ("accounts", "deals", "asks", "items", "loads"):
        text = csv_bytes(made.data.table(canonical)).decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        risky = [cell for cell in cells if cell.startswith(SPREADSHEET_STARTS)]
        assert [cell for cell in risky if not re.fullmatch(r"-?\d+(\.\d+)?", cell)] == []
        assert text == visible(text)
    assert "‹U+202E›fdp.exe" in csv_bytes(made.data.table("deals")).decode()


def test_receipts_are_json_that_gives_back_every_name(made):
    printed = json.dumps(build_json(made), default=str)
    assert printed.isascii()
    assert FILE in {each["file"] for each in json.loads(printed)["files"]}
    assert json.dumps(receipt_json(made.receipts[0]), default=str).isascii()


class _Tags(HTMLParser):
    """Tags, handlers and addresses that a browser would see."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags_of(page):
    parser = _Tags()
    parser.feed(page)
    return parser.found


@pytest.mark.parametrize("name", NAMES, ids=[*HOSTILE])
def test_a_page_shows_a_name_as_text_with_nothing_hidden(name):
    shown = html.quote("sales", name, name)
    assert [tag for tag, _ in tags_of(shown)] == ["blockquote", "footer"]
    assert shown == visible(shown)


def test_the_pack_as_html_holds_no_tag_or_handler_of_a_name(deck):
    page = files.content(deck, "html").decode()
    outside = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL)
    tags = tags_of(outside)
    assert "img" not in {tag for tag, _ in tags}
    assert not [attrs for _, attrs in tags if any(name.startswith("on") for name in attrs)]
    assert not [attrs for _, attrs in tags if "javascript:" in str(attrs.get("href"))]
    assert "<script>alert(1)" not in page
    drawn = "".join(re.findall(r'<script type="application/json".*?</script>', page))
    assert drawn == visible(drawn)
    assert "&lt;script&gt;" in outside
    assert "‹U+202E›fdp.exe" in outside
    assert not re.search("[\u200b\u202e\u2066\u2069\x07\x1b]", outside)


def test_the_pack_as_pptx_holds_names_as_text_and_links_nowhere(deck):
    slides = Presentation(io.BytesIO(files.content(deck, "pptx"))).slides
    texts = []
    for slide in slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
            if shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
    whole = "\n".join(texts)
    assert "<script>" in whole
    assert "‹U+202E›fdp.exe" in whole
    assert not [slide for slide in slides if b"hlinkClick" in slide.part.blob]
    assert not re.search("[\u200b\u202e\u2066\u2069\x07\x1b]", whole)


@pytest.mark.parametrize("name", ["<b>Bold</b>", "A\u202eB"])
def test_a_segment_on_a_chart_is_text(name):
    found = pd.DataFrame(
        {"segment": [name], "value": [1.0], "n": [5], "low": [None], "high": [None]}
    )
    figure = segments.draw(found, "sales", "light", lambda value, n: f"{value} {n}")
    assert figure.layout.yaxis.ticktext[0].strip() == escape(visible(name))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a‹U+202E›b"),
        ("a\u2066b\u2069", "a‹U+2066›b‹U+2069›"),
        ("a\u200bb\ufeff", "a‹U+200B›b‹U+FEFF›"),
        ("a\x00\x1b[31m", "a‹U+0000›‹U+001B›[31m"),
        ("a\u00adb\u2028c", "a‹U+00AD›b‹U+2028›c"),
        ("pay\u200dpal", "pay‹U+200D›pal"),
        ("\u200dx", "‹U+200D›x"),
        ("tab\tand\r\nline", "tab\tand\r\nline"),
        ("Grüße, 日本語, العربية, עברית", "Grüße, 日本語, العربية, עברית"),
        ("👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم"),
    ],
)
def test_what_nobody_can_see_is_written_out_and_what_belongs_to_a_script_stays(text, shown):
    assert visible(text) == shown
