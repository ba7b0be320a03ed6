"""The commands print the numbers of the pages, in the documented shapes and exit statuses."""

import json

import pytest

from common_ground.cli import main


def run(capsys, *arguments):
    """Exit status, JSON of standard output (or its text) and standard error."""
    status = main([str(a) for a in arguments])
    captured = capsys.readouterr()
    out = json.loads(captured.out) if "--json" in arguments and captured.out else captured.out
    return status, out, captured.err


@pytest.fixture(scope="module")
def maven(shared, tmp_path_factory):
    workspace = tmp_path_factory.mktemp("maven")
    arguments = ["build", "--exports", shared / "exports" / "maven_crm", "--workspace", workspace,
                 "--as-of", "2017-12-31"]  # fmt: skip
    assert main([str(a) for a in arguments]) == 0
    return workspace


def kpi(capsys, workspace, name, window):
    status, out, _ = run(capsys, "kpis", "--workspace", workspace, "--window", window, "--json")
    assert status == 0
    return next(value for value in out["kpis"] if value["kpi"] == name)


@pytest.mark.parametrize(
    ("name", "window", "value", "n"),
    [
        ("win_rate", "all", 4238 / 6711, 6711),
        ("won_amount", "all", 10_005_534, 4238),
        ("win_rate", "2017-10-01..2018-01-01", 1196 / 1985, 1985),
        ("won_amount", "2017-10-01..2018-01-01", 2_802_496, 1196),
        ("sales_cycle_days", "2017-10-01..2018-01-01", 51, 1196),
    ],
)
def test_maven_kpis_are_the_known_figures(capsys, maven, name, window, value, n):
    found = kpi(capsys, maven, name, window)
    assert found["value"] == pytest.approx(value, abs=1e-9)
    assert found["n"] == n
    assert found["policy"]


def test_a_share_of_amounts_is_not_shown_where_lost_deals_have_none(capsys, maven):
    found = kpi(capsys, maven, "win_rate_amount", "all")
    assert found["value"] is None
    assert found["reason"]


def test_build_prints_receipts_tables_and_checks(capsys, shared, tmp_path):
    arguments = ("build", "--exports", shared / "exports" / "maven_crm", "--workspace", tmp_path,
                 "--as-of", "2017-12-31", "--json")  # fmt: skip
    status, out, _ = run(capsys, *arguments)
    assert status == 0
    assert (out["data_version"], out["is_new"]) == (1, True)
    assert out["tables"]["deals"] == 8800
    deals = next(file for file in out["files"] if file["file"] == "sales_pipeline.csv")
    assert deals["lines"] == deals["loaded"] + deals["rejected"] + deals["other_lines"] == 8801
    assert {"sha256", "dialect", "encoding", "warnings", "questions"} <= deals.keys()
    status, again, _ = run(capsys, *arguments)
    assert (status, again["is_new"], again["data_version"]) == (0, False, 1)


def test_inspect_reads_one_file_and_writes_nothing(capsys, shared, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = shared / "exports" / "fider_sample" / "more-posts.csv"
    status, out, _ = run(capsys, "inspect", path, "--json")
    assert status == 0
    assert [(f["dialect"], f["loaded"]) for f in out["files"]] == [("fider", 3)]
    assert list(tmp_path.iterdir()) == []


def test_check_exits_1_on_a_contradiction_and_0_without(capsys, maven, shared, tmp_path):
    assert run(capsys, "check", "--workspace", maven)[0] == 0
    run(capsys, "build", "--exports", shared / "exports" / "ravenstack", "--workspace", tmp_path)
    status, out, _ = run(capsys, "check", "--workspace", tmp_path, "--json")
    assert status == 1
    numbers = {found["check"]: found["violations"] for found in out["checks"]}
    assert numbers["usage__id_repeated"] == 21
    assert numbers["tickets__before_signup"] == 1077


def test_bad_input_exits_1_and_names_the_file(capsys, tmp_path):
    (tmp_path / "deals.csv").write_bytes(b"")
    status, _, err = run(capsys, "inspect", tmp_path / "deals.csv")
    assert status == 1
    assert "deals.csv: the file is empty" in err
    assert "Traceback" not in err


def test_a_workspace_without_data_exits_1_and_says_what_to_do(capsys, tmp_path):
    for command in ("kpis", "check", "links", "overlaps", "compromise"):
        status, _, err = run(capsys, command, "--workspace", tmp_path)
        assert status == 1
        assert "nothing is published" in err


def test_wrong_usage_exits_2(capsys):
    for arguments in (["nothing"], ["inspect"], ["kpis", "--as-of", "soon"]):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 2
    assert "is not a date like" in capsys.readouterr().err


def test_links_and_overlaps_keep_their_shapes(capsys, demo_workspace):
    _, out, _ = run(capsys, "links", "--workspace", demo_workspace, "--json")
    assert {"kind", "from_id", "to_id", "rank", "score", "verdict"} <= out["links"][0].keys()
    _, out, _ = run(capsys, "overlaps", "--workspace", demo_workspace, "--json")
    needed = {"item_id", "class", "asks", "accounts", "touched", "allocated", "reach", "effort",
              "unconfirmed_share"}  # fmt: skip
    assert needed <= out["items"][0].keys()
    assert sum(item["allocated"] for item in out["items"]) == pytest.approx(out["union"])


def test_compromise_keeps_its_shape_and_its_capacity(capsys, demo_workspace):
    status, out, _ = run(
        capsys, "compromise", "--workspace", demo_workspace, "--capacity", "30", "--json"
    )
    assert status == 0
    assert out["capacity"] == 30
    assert out["proven"]
    plans = out["plans"]
    assert plans.keys() == {"no_deal", "compromise", "nash", "sales_alone", "product_alone"}
    assert all(plan["effort"] <= 30 for plan in plans.values())
    if out["trade"]:
        assert plans["compromise"]["sales"] > plans["no_deal"]["sales"]
        assert plans["compromise"]["product"] > plans["no_deal"]["product"]
    gone = set(plans["no_deal"]["items"]) - set(plans["compromise"]["items"])
    assert set(out["swaps"]["out"]) == gone


def test_the_same_workspace_gives_the_same_numbers_twice(capsys, demo_workspace):
    first = run(capsys, "kpis", "--workspace", demo_workspace, "--json")[1]
    assert run(capsys, "kpis", "--workspace", demo_workspace, "--json")[1] == first
