"""Exports that other people's tools wrote: what loads, what is reported, to the last row."""

import shutil
from datetime import date

import pytest

from common_ground.errors import CommonGroundError
from common_ground.warehouse.build import build, inspect


def violations(data):
    return data.checks().set_index("check")["violations"].to_dict()


@pytest.fixture(scope="module")
def maven(shared, tmp_path_factory):
    workspace = tmp_path_factory.mktemp("maven")
    return build(shared / "exports" / "maven_crm", workspace, as_of=date(2017, 12, 31))


@pytest.fixture(scope="module")
def ravenstack(shared, tmp_path_factory):
    return build(shared / "exports" / "ravenstack", tmp_path_factory.mktemp("ravenstack"))


def test_maven_loads_every_deal_with_its_outcome(maven):
    deals = maven.data.table("deals")
    assert deals["stage"].value_counts().to_dict() == {
        "won": 4238, "lost": 2473, "qualified": 1589, "open": 500,
    }  # fmt: skip
    assert maven.data.count("accounts") == 85


def test_maven_receipts_add_up_to_the_lines_of_the_files(maven, shared):
    assert len(maven.receipts) == 5
    for receipt in maven.receipts:
        raw = (shared / "exports" / "maven_crm" / receipt.file).read_bytes()
        assert receipt.lines == len(raw.splitlines())
        other = sum(receipt.other_lines.values())
        assert receipt.lines == receipt.loaded + len(receipt.rejected) + other


def test_maven_says_what_is_missing_in_numbers(maven):
    found = violations(maven.data)
    assert found["deals__without_account"] == 1425
    assert found["deals__open_without_amount"] == 2089
    assert found["deals__product_not_listed"] == 1480
    assert set(maven.data.violations("deals__product_not_listed")["product"]) == {"GTXPro"}


def test_maven_open_deals_have_no_amount_instead_of_nought(maven):
    deals = maven.data.table("deals")
    is_open = deals["stage"].isin(["open", "qualified"])
    assert deals.loc[is_open, "amount"].isna().all()
    assert deals.loc[~is_open & (deals["stage"] == "won"), "amount"].sum() == 10_005_534


def test_maven_readme_beside_the_exports_is_named_and_not_read(maven):
    assert maven.skipped == ("SOURCE.txt",)


def test_ravenstack_loads_all_five_tables(ravenstack):
    assert {r.table: r.loaded for r in ravenstack.receipts} == {
        "accounts": 500, "contracts": 5000, "usage_events": 25000, "tickets": 2000,
        "churn_events": 600,
    }  # fmt: skip


def test_ravenstack_checks_say_in_numbers_what_is_wrong(ravenstack):
    found = violations(ravenstack.data)
    assert found["usage__id_repeated"] == 21
    assert found["usage__before_contract_start"] == 19_142
    assert found["usage__after_contract_end"] == 290
    assert found["tickets__before_signup"] == 1077
    assert found["accounts__churn_flag_disagrees"] == (110 - 75) + (352 - 75)


def test_ravenstack_usage_finds_its_account_through_the_subscription(ravenstack):
    used = ravenstack.data.table("usage_daily")["account_id"]
    assert used.nunique() == 500
    assert set(used) <= set(ravenstack.data.table("accounts")["account_id"])


def test_a_second_version_of_an_export_shows_what_changed(shared, tmp_path):
    exports, workspace = tmp_path / "exports", tmp_path / "workspace"
    shutil.copytree(shared / "exports" / "crm_versions", exports)
    second = (exports / "sales_pipeline_v2.csv").read_bytes()
    (exports / "sales_pipeline_v2.csv").unlink()
    build(exports, workspace)
    lines = second.splitlines(keepends=True)
    # One deal removed and one changed on top of the five that the real second version adds
    changed = lines[2].replace(b"45508", b"45509")
    (exports / "sales_pipeline_v1.csv").write_bytes(b"".join([lines[0], changed, *lines[3:]]))
    made = build(exports, workspace)
    deals = made.data.changes().query("canonical_table == 'deals'")
    assert deals["change"].value_counts().to_dict() == {"added": 5, "removed": 1, "changed": 1}
    assert list(deals.query("change == 'removed'")["key"]) == ["D0"]
    assert deals.query("change == 'changed'")["what"].item() == "amount 45508.00 → 45509.00"


def test_both_versions_in_one_folder_are_refused(shared, tmp_path):
    from common_ground.errors import DuplicateExportError

    with pytest.raises(DuplicateExportError, match="8,800 of its 8,805 deals also stand in"):
        build(shared / "exports" / "crm_versions", tmp_path)


@pytest.mark.parametrize("name", ["jira_cloud_sample/jira_cloud_all_fields.csv",
                                  "jira_cloud_sample/jira_timeline_tab_separated.csv",
                                  "fider_sample/more-posts.csv"])  # fmt: skip
def test_small_real_exports_build_by_themselves(shared, tmp_path, name):
    (tmp_path / "exports").mkdir()
    shutil.copy(shared / "exports" / name, tmp_path / "exports")
    made = build(tmp_path / "exports", tmp_path / "workspace", as_of=date(2026, 1, 1))
    assert sum(r.loaded for r in made.receipts) > 0


def test_every_shared_export_loads_or_says_why_with_a_receipt_that_adds_up(shared):
    refused, loaded = {}, {}
    for path in sorted((shared / "exports").glob("*/*.csv")):
        try:
            receipts = inspect(path)
        except CommonGroundError as error:
            refused[path.name] = str(error)
            continue
        raw = path.read_bytes()
        for receipt in receipts:
            others = sum(receipt.other_lines.values())
            assert receipt.lines == len(raw.splitlines()), path
            assert receipt.lines == receipt.loaded + len(receipt.rejected) + others, path
            assert receipt.detected_by, path
            loaded[path.name] = receipt.dialect
    assert refused.keys() == {"empty.csv"}
    assert "only a header" in refused["empty.csv"]
    assert loaded["feature_requests_excerpt.csv"] == "customer_requests"
    assert loaded["sales_pipeline_v2.csv"] == "crm_objects"
