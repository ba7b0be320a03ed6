"""The committed demo exports: made by the generator, with the flaws real exports have."""

import csv
import gzip
import io
import subprocess
import sys
import tomllib

import pytest

from common_ground.settings import DEMO

EXPORTS = DEMO / "exports"
USAGE = "product-usage-events.csv.gz"
REQUESTS = "customer-requests.csv"
LARGEST = 3_000_000  # bytes of a committed file


@pytest.fixture(scope="module")
def made_again(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "exports"
    subprocess.run([sys.executable, DEMO / "generate.py", folder], check=True)
    return folder


def rows(name, **options):
    return list(csv.DictReader(io.StringIO((EXPORTS / name).read_text("utf-8-sig")), **options))


def backlog_rows():
    """Header and rows, as a list because the header repeats names."""
    with (EXPORTS / "jira-backlog.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_generator_makes_exactly_the_committed_files(made_again):
    assert {path.name for path in made_again.iterdir()} == {path.name for path in EXPORTS.iterdir()}
    for path in EXPORTS.glob("*.csv"):
        assert (made_again / path.name).read_bytes() == path.read_bytes(), path.name
    assert (made_again.parent / "links.csv").read_bytes() == (DEMO / "links.csv").read_bytes()


def test_the_generator_makes_exactly_the_committed_events(made_again):
    # Compared unpacked: another zlib packs the same text into other bytes.
    again, committed = (folder / USAGE for folder in (made_again, EXPORTS))
    assert gzip.decompress(again.read_bytes()) == gzip.decompress(committed.read_bytes())
    assert committed.read_bytes()[4:8] == bytes(4), "the packed file names a moment"


def test_every_committed_file_is_small():
    assert max(path.stat().st_size for path in EXPORTS.iterdir()) < LARGEST


def test_every_mail_domain_is_reserved_for_examples():
    addresses = {row["Email"] for row in rows("nps-csat-surveys.csv")}
    domains = {row["Company Domain Name"] for row in rows("hubspot-crm-exports-all-companies.csv")}
    domains |= {address.split("@")[1] for address in addresses}
    assert [domain for domain in domains if not domain.endswith(".example")] == []


def test_two_companies_are_entered_twice():
    domains = [row["Company Domain Name"] for row in rows("hubspot-crm-exports-all-companies.csv")]
    twice = {domain for domain in domains if domains.count(domain) > 1}
    assert twice == {"pallisterfiregroup.example", "larchlowe.example"}


def test_one_stage_is_mapped_by_nobody():
    decisions = tomllib.loads((DEMO / "decisions.toml").read_text())
    deals = rows("hubspot-crm-exports-all-deals.csv")
    unmapped = [deal for deal in deals if deal["Deal Stage"] not in decisions["stages"]]
    assert {deal["Deal Stage"] for deal in unmapped} == {"Legal review"}
    assert len(unmapped) == 9


def test_open_deals_lack_companies_and_amounts():
    deals = rows("hubspot-crm-exports-all-deals.csv")
    opened = [deal for deal in deals if not deal["Deal Stage"].startswith("Closed")]
    assert sum(not deal["Associated Company"] for deal in opened) == 12
    assert sum(not deal["Amount"] for deal in opened) == 7
    assert sum(deal["Close Date"] < "2026-11-01" for deal in opened) >= 8


def test_the_billing_report_has_a_title_and_a_footer_that_counts():
    lines = (EXPORTS / "billing-subscriptions.csv").read_text().splitlines()
    assert lines[0] == "Subscriptions by customer"
    data = [line for line in lines if line.startswith("SUB-")]
    assert lines[-2] == f"Total records: {len(data)}"
    assert any("€" in line for line in data)


def test_two_billed_customers_are_not_in_the_crm():
    text = (EXPORTS / "billing-subscriptions.csv").read_text()
    header = text.index("Subscription ID")
    billed = {row["Customer Domain"] for row in csv.DictReader(io.StringIO(text[header:]))}
    known = {row["Company Domain Name"] for row in rows("hubspot-crm-exports-all-companies.csv")}
    assert len(billed - known - {None}) == 2


def test_requests_write_the_day_first_and_deals_the_year():
    days = [int(row["Date"][:2]) for row in rows(REQUESTS)]
    assert max(days) > 12
    assert rows("hubspot-crm-exports-all-deals.csv")[0]["Create Date"][:4] == "2024"


def test_requests_are_many_and_every_one_is_said_in_its_own_words():
    asks = rows(REQUESTS)
    assert len(asks) >= 150
    assert len({ask["Request"] for ask in asks}) == len(asks)
    assert sum(ask["Blocker"] == "Yes" for ask in asks) >= 45
    assert sum(bool(ask["Merged into"]) for ask in asks) == 10
    ids = {ask["Request ID"] for ask in asks}
    assert {ask["Merged into"] for ask in asks} - {""} <= ids


def test_requests_name_only_deals_and_items_that_exist():
    asks = rows(REQUESTS)
    deals = {deal["Record ID"] for deal in rows("hubspot-crm-exports-all-deals.csv")}
    things = {row["feature_id"] for row in rows("features.csv")}
    things |= {row[1] for row in backlog_rows()}
    assert {ask["Deal ID"] for ask in asks} - {""} <= deals
    assert {ask["Item"] for ask in asks} - {""} <= things


def test_the_backlog_repeats_headers_and_has_text_over_several_lines():
    backlog = backlog_rows()
    header = backlog[0]
    assert header.count("Labels") == 2
    assert header.count("Inward issue link (Blocks)") == 2
    description = header.index("Description")
    assert any("\n" in row[description] and '"' in row[description] for row in backlog)
    likely, status = header.index("Custom field (Effort likely weeks)"), header.index("Status")
    todo = [row for row in backlog[1:] if row[status] not in ("Done", "Won't do")]
    assert len(todo) == 60
    assert sum(not row[likely] for row in todo) == 2


def test_usage_has_staff_a_program_and_repeated_events():
    with gzip.open(EXPORTS / USAGE, "rt", newline="") as file:
        events = list(csv.DictReader(file))
    assert 120_000 <= len(events) <= 160_000
    ids = [event["event_id"] for event in events]
    assert len(ids) - len(set(ids)) == 15
    senders = {event["user_email"] for event in events}
    decisions = tomllib.loads((DEMO / "decisions.toml").read_text())
    assert set(decisions["service_users"]) <= senders
    assert any(sender.endswith("@" + decisions["staff_domains"][0]) for sender in senders)
    assert max(event["timestamp"] for event in events) < "2026-11-01"
