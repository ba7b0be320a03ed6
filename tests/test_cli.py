"""The commands print the numbers of the pages, in the documented shapes and exit statuses."""

import json
import shutil
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from common_ground import kpi_lines, kpis
from common_ground.cli import main
from common_ground.ledger import NewPolicyChoice, NewSignature, NewTarget, open_ledger
from common_ground.warehouse.published import open_published


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
    account = {"kind", "from_id", "to_id", "score", "state", "reasons", "from_open_amount"}
    assert account <= out["accounts"][0].keys()
    assert out["account_verdicts_waiting"] == 0
    assert out["ranker"]["is_own"] is False
    assert out["ranker"]["verdicts"] < out["ranker"]["needed"]
    _, out, _ = run(capsys, "overlaps", "--workspace", demo_workspace, "--json")
    needed = {"item_id", "class", "asks", "accounts", "touched", "allocated", "reach", "effort",
              "unconfirmed_share"}  # fmt: skip
    assert needed <= out["items"][0].keys()
    assert sum(item["allocated"] for item in out["items"]) == pytest.approx(out["union"])
    money = {row["kind"]: row for row in out["money"]}
    for kind in ("touched", "lost", "at_risk"):
        assert sum(item[kind] for item in out["items"]) == pytest.approx(money[kind]["summed"])
    assert money["touched"]["amount"] == pytest.approx(out["union"])


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
    assert all(each["keeps_every_rule"] for each in out["certificates"])
    assert (out["filters"]["capacity_weeks"], out["filters"]["fits_share"]) == (30, 0.8)
    assert out["reserve"]["fits"] == out["robustness"]["fits"]
    moved = sum(row["sales"] * (1 if row["way"] == "in" else -1) for row in out["swaps"]["rows"])
    assert moved == out["gains"]["sales"]
    left_out = {row["item_id"] for row in out["declined"]}
    assert not left_out & set(plans["compromise"]["items"])
    assert all(row["sentence"] for row in out["declined_accounts"])
    assert {"sales", "product", "effort", *plans} <= out["definitions"].keys()


def test_compromise_takes_what_people_decide_and_explains_itself(capsys, demo_workspace):
    shares = ("--no-deal", "shares", "--sales-share", "0.3", "--fits", "0")
    _, plain, _ = run(
        capsys, "compromise", "--workspace", demo_workspace, "--json", *shares, "--draws", "3"
    )
    assert plain["no_deal"]["basis"] == "shares"
    assert plain["reserve"]["tenths"] == 0
    assert plain["robustness"]["bargained"] == 3
    held = plain["plans"]["compromise"]["items"]
    _, other, _ = run(
        capsys, "compromise", "--workspace", demo_workspace, "--json", *shares,
        "--veto", held[0], "--explain",
    )  # fmt: skip
    assert held[0] not in other["plans"]["compromise"]["items"]
    assert [band["kind"] for band in other["bands"]].count("capacity") == 4
    assert {flip["what"] for flip in other["flips"]} <= {"effort", "reach", "chance"}


def test_compromise_refuses_what_cannot_be_by_name(capsys, demo_workspace):
    status, _, err = run(
        capsys, "compromise", "--workspace", demo_workspace, "--json", "--pin", "NO-1"
    )
    assert status == 1
    assert "NO-1 must be in, but the backlog has no such item" in err


def test_the_same_workspace_gives_the_same_numbers_twice(capsys, demo_workspace):
    first = run(capsys, "kpis", "--workspace", demo_workspace, "--json")[1]
    assert run(capsys, "kpis", "--workspace", demo_workspace, "--json")[1] == first


# ---- shared KPIs in full


def all_kpis(capsys, workspace, *arguments):
    status, out, err = run(capsys, "kpis", "--workspace", workspace, *arguments, "--json")
    assert (status, err) == (0, "")
    return {found["kpi"]: found for found in out["kpis"]}


def test_kpis_print_each_kpi_with_all_that_is_said_beside_it(capsys, demo_workspace):
    found = all_kpis(capsys, demo_workspace)
    terms = kpi_lines.terms(open_ledger(demo_workspace))
    assert list(found) == list(kpis.known_kpis())
    needed = {"value", "n", "window", "policy", "options", "version", "dropped", "signing",
              "fingerprint", "alternatives", "target", "target_set_by"}  # fmt: skip
    for name, one in found.items():
        about = kpis.definition(name)
        assert needed <= one.keys(), name
        assert one["version"] == about.version
        assert one["fingerprint"] == kpis.fingerprint(about, {})
        assert one["signing"] == kpis.standing(about, terms).state
        assert one["options"] == {policy.policy: policy.default for policy in about.choices}
        assert set(about.rules({}).values()) <= set(one["policy"].values())
        assert (one["value"] is None) == (one["reason"] is not None)


def test_one_alternative_of_each_rule_is_chosen_and_has_the_value_shown(capsys, demo_workspace):
    chosen = 0
    for name, one in all_kpis(capsys, demo_workspace).items():
        expected = [
            (policy.policy, option)
            for policy in kpis.definition(name).choices
            for option, _ in policy.options
        ]
        others = one["alternatives"]
        assert [(other["policy"], other["option"]) for other in others] == expected
        holds = {other["policy"]: other for other in others if other["is_chosen"]}
        assert len(holds) == sum(other["is_chosen"] for other in others)
        assert {policy: other["option"] for policy, other in holds.items()} == one["options"]
        for other in holds.values():
            chosen += 1
            assert (other["value"], other["n"]) == (one["value"], one["n"]), name
    assert chosen


def test_a_rule_named_in_the_command_changes_the_number_and_nothing_is_written(
    capsys, demo_workspace
):
    before = all_kpis(capsys, demo_workspace)
    other = all_kpis(capsys, demo_workspace, "--policy", "denominator=all")
    promised = next(one for one in before["win_rate"]["alternatives"] if one["option"] == "all")
    now = other["win_rate"]
    assert (now["value"], now["n"]) == (promised["value"], promised["n"])
    assert now["value"] != before["win_rate"]["value"]
    assert now["options"]["denominator"] == "all"
    assert now["fingerprint"] != before["win_rate"]["fingerprint"]
    numbers = {name: (one["value"], one["n"]) for name, one in before.items()}
    changed = {name for name, one in other.items() if (one["value"], one["n"]) != numbers[name]}
    follows = {
        name for name, entry in kpis.definitions().items() if "denominator" in entry.options({})
    }
    assert changed == {name for name in follows if before[name]["value"] is not None}
    assert all_kpis(capsys, demo_workspace) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--policy", "nothing=all"), "There is no policy 'nothing'. Policies: "),
        (("--segment", "Nonsense"), "There is no segment 'Nonsense' in this data. There are:"),
        (("--policy", "denominator=some"), "The policy denominator has no option 'some'. Options:"),
        (("--window", "fortnight"), "The window 'fortnight' cannot be read. Use "),
        (("--window", "2026-02-01..2026-01-01"), "cannot be read"),
    ],
)
def test_a_rule_or_window_nobody_knows_exits_1_and_says_what_there_is(
    capsys, demo_workspace, arguments, said
):
    status, out, err = run(capsys, "kpis", "--workspace", demo_workspace, *arguments)
    assert (status, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments", [("--policy", "denominator"), ("--by", "planet"), ("--compare", "never")]
)
def test_an_argument_that_cannot_be_read_exits_2(demo_workspace, arguments):
    with pytest.raises(SystemExit) as end:
        main(["kpis", "--workspace", str(demo_workspace), *arguments])
    assert end.value.code == 2


@pytest.mark.parametrize(
    ("by", "segment"),
    [("segment", "Small"), ("region", "Europe"), ("plan", "Starter"), ("owner", "Rosa Whitfield")],
)
def test_a_segment_of_the_command_is_that_row_of_all_segments(capsys, demo_workspace, by, segment):
    found = all_kpis(capsys, demo_workspace, "--by", by, "--segment", segment)
    data = open_published(demo_workspace)
    window = kpi_lines.headline_view(data).window
    for name in ("win_rate", "nrr", "mau"):
        split = kpis.by_segment(data, name, window, by=by).set_index("segment")
        if name == "win_rate" or segment in split.index:
            row = split.loc[segment]
            assert found[name]["n"] == row["n"], name
            assert found[name]["value"] == pytest.approx(row["value"]), name


@pytest.mark.parametrize(
    ("compare", "window"),
    [
        ("3_months", "2025-08-01..2026-08-01"),
        ("period", "2024-11-01..2025-11-01"),
        ("year", "2024-11-01..2025-11-01"),
    ],
)
def test_before_is_the_value_of_the_window_compared_with(capsys, demo_workspace, compare, window):
    found = all_kpis(capsys, demo_workspace, "--compare", compare)
    then = all_kpis(capsys, demo_workspace, "--window", window)
    told = [name for name in found if kpis.definition(name).history]
    assert found["win_rate"]["before"] is not None
    for name in told:
        assert found[name]["before"] == then[name]["value"], name
    assert found["win_rate"]["compared_with"] == then["win_rate"]["window"]


def test_nothing_stands_before_where_the_target_is_what_values_are_held_against(
    capsys, demo_workspace
):
    for one in all_kpis(capsys, demo_workspace, "--compare", "target").values():
        assert (one["before"], one["compared_with"]) == (None, None)


def test_what_the_ledger_holds_is_in_the_printed_kpis(capsys, demo_workspace, tmp_path):
    workspace = tmp_path / "workspace"
    shutil.copytree(demo_workspace, workspace)
    ledger, about = open_ledger(workspace), kpis.definition("win_rate")
    now = datetime(2026, 11, 2, tzinfo=UTC)
    goal = NewTarget("win_rate", "2026", "", Decimal("0.25"), "Priya Ramaswell")
    ledger.set_targets([goal], now=now)
    ledger.choose_policy(NewPolicyChoice("denominator", "all", "Dana Whitlock", ""), now=now)
    options = about.options({"denominator": "all"})
    for side, by in (("sales", "Marian Okafor"), ("product", "Jonas Lindqvist")):
        signature = NewSignature(
            kpi="win_rate",
            side=side,
            version=about.version,
            fingerprint=kpis.fingerprint(about, options),
            options=options,
            meaning=kpis.meaning(about, options),
            signed_by=by,
            note="",
        )
        ledger.sign(signature, now=now)
    found = all_kpis(capsys, workspace)["win_rate"]
    assert (found["target"], found["target_set_by"]) == (0.25, "Priya Ramaswell")
    assert found["options"]["denominator"] == "all"
    assert found["signing"] == "signed"
    assert found["signed_by"] == {"sales": "Marian Okafor", "product": "Jonas Lindqvist"}
    _, text, _ = run(capsys, "kpis", "--workspace", workspace)
    assert "Signed by Marian Okafor (sales), Jonas Lindqvist (product)" in text
    closed = all_kpis(capsys, workspace, "--policy", "denominator=closed")["win_rate"]
    assert closed["signing"] == "changed"
