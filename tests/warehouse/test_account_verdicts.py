"""What people decided about accounts holds in every build, whatever the files are called."""

from datetime import date

import pytest

from common_ground.warehouse.account_verdicts import AccountVerdict
from common_ground.warehouse.build import build

COMPANIES = "account_id,account_name,account_domain,country\n"
CONTRACTS = "contract_id,account_id,account_name,account_domain,start_date,annual_amount\n"


def verdict(one, other, said="same", by="Ana"):
    return AccountVerdict(one, other, said, by)


@pytest.fixture
def make(tmp_path):
    def made(companies, contracts="", accounts=(), names=("companies.csv", "contracts.csv")):
        folder = tmp_path / "exports"
        folder.mkdir(exist_ok=True)
        for left in folder.iterdir():
            left.unlink()
        (folder / names[0]).write_text(COMPANIES + companies)
        if contracts:
            (folder / names[1]).write_text(CONTRACTS + contracts)
        return build(folder, tmp_path / "w", as_of=date(2026, 1, 31), accounts=accounts).data

    return made


def accounts_of(data):
    return data.table("contracts").set_index("contract_id")["account_id"].to_dict()


def outcomes(data):
    return data.table("account_verdicts")["outcome"].tolist()


ACME = "C1,Acme Ltd,acme.com,DE\n"
AKME = "S1,77,Akme Industries,,2025-01-01,100\n"
SAME = verdict("Acme Ltd; domain acme.com; country de; id C1", "Akme Industries; id 77")


def test_a_pair_called_the_same_is_one_account_that_says_who_decided(make):
    assert accounts_of(make(ACME, AKME))["S1"] != "C1"
    data = make(ACME, AKME, [SAME])
    assert accounts_of(data)["S1"] == "C1"
    assert data.count("accounts") == 1
    names = data.table("account_names").set_index("source_account")
    assert names.loc["77", ["how", "decided_by"]].tolist() == ["person", "Ana"]
    assert outcomes(data) == ["linked"]


def test_a_verdict_is_a_reason_to_build_again_and_taking_it_back_is_another(make):
    before = make(ACME, AKME)
    linked = make(ACME, AKME, [SAME])
    assert linked.data_version == before.data_version + 1
    assert make(ACME, AKME, [SAME]).data_version == linked.data_version
    back = make(ACME, AKME)
    assert accounts_of(back) == accounts_of(before)


@pytest.mark.parametrize(
    ("companies", "contracts"),
    [
        (ACME.replace("C1", "900"), AKME.replace("77", "78")),  # new ids
        ("900,Acme Group,www.acme.com,\n", "S1,1,AKME INDUSTRIES Inc,akme.io,2025-01-01,100\n"),
    ],
)
def test_a_verdict_survives_new_ids_new_spellings_and_renamed_files(make, companies, contracts):
    data = make(companies, contracts, [SAME], ("firmen-2027.csv", "abos-2027.csv"))
    assert accounts_of(data)["S1"] == "900"
    assert outcomes(data) == ["linked"]


def test_a_pair_called_different_is_not_linked_by_its_equal_name(make):
    companies, contracts = "C1,Atlas,,\n", "S1,77,ATLAS,,2025-01-01,100\n"
    assert accounts_of(make(companies, contracts))["S1"] == "C1"
    data = make(companies, contracts, [verdict("Atlas; id C1", "ATLAS; id 77", "different")])
    assert accounts_of(data)["S1"] != "C1"
    assert set(data.table("accounts")["name"]) == {"Atlas", "ATLAS"}
    assert outcomes(data) == ["kept apart"]


@pytest.mark.parametrize("said", ["different", "related"])
def test_rows_of_one_export_are_parted_and_the_rest_goes_where_its_domain_points(make, said):
    companies = "C1,Siemens,siemens.com,DE\nC2,Siemens Energy,siemens.com,DE\nC3,Other,other.com,\n"
    contracts = (
        "S1,C2,,,2025-01-01,100\nS2,80,Siemens AG,siemens.com,2025-01-01,1\n"
        "S3,81,Siemens Energy,siemens.com,2025-01-01,1\n"
    )
    assert set(accounts_of(make(companies, contracts)).values()) == {"C1"}
    parted = verdict(
        "Siemens Energy; domain siemens.com; country de; id C2",
        "Siemens; domain siemens.com; country de; id C1",
        said,
    )
    data = make(companies, contracts, [parted])
    found = accounts_of(data)
    assert found["S1"] == "C2"
    assert found["S2"] == "C1"
    assert sorted(data.table("accounts")["account_id"]) == ["C1", "C2", "C3"]


def test_the_program_never_links_again_what_a_person_parted(make):
    companies = "C1,Atlas,,\nC2,Atlas,,\n"
    apart = verdict("Atlas; id C1", "Atlas; id C2", "different")
    assert make(companies, "", [apart]).count("accounts") == 2


def test_same_and_different_that_contradict_each_other_keep_apart_and_say_so(make):
    companies = "C1,Aa,a.com,\nC2,Bb,b.com,\nC3,Cc,c.com,\n"
    a, b, c = (f"{n * 2}; domain {n.lower()}.com; id C{i}" for i, n in enumerate("ABC", 1))
    a, b, c = (
        text.replace("AA", "Aa").replace("BB", "Bb").replace("CC", "Cc") for text in (a, b, c)
    )
    data = make(companies, "", [verdict(a, b), verdict(b, c), verdict(a, c, "different")])
    assert data.count("accounts") == 2
    assert outcomes(data) == ["linked", "contradicted", "kept apart"]


def test_a_verdict_on_what_no_export_names_waits_and_one_on_many_accounts_is_told(make):
    companies = "C1,Atlas,atlas.de,DE\nC2,Atlas,atlas.fr,FR\nC3,Bolt,bolt.com,\n"
    gone = verdict("Gone Ltd; domain gone.com", "Bolt; domain bolt.com; id C3")
    vague = verdict("Atlas", "Bolt; domain bolt.com; id C3")
    data = make(companies, "", [gone, vague])
    assert outcomes(data) == ["unknown", "unclear"]
    assert data.count("accounts") == 3


def test_same_names_in_two_countries_stay_two_even_with_one_domain(make):
    data = make(
        "C1,Atlas,atlas.com,Germany\nC2,Atlas,atlas.com,FR\nC3,Atlas,atlas.com,Deutschland\n"
    )
    assert data.table("accounts")["account_id"].tolist() == ["C1", "C2"]
    unnamed = make("C1,Atlas,,Germany\nC2,Atlas,,FR\nC3,Atlas,,DE\n")
    assert unnamed.table("accounts")["account_id"].tolist() == ["C1", "C2"]


def test_a_domain_of_two_companies_links_only_with_the_name_of_one(make):
    companies = "C1,Atlas Nord,atlas.com,DE\nC2,Atlas Sud,atlas.com,FR\n"
    contracts = "S1,7,Atlas Sud,atlas.com,2025-01-01,1\nS2,8,Somebody,atlas.com,2025-01-01,1\n"
    found = accounts_of(make(companies, contracts))
    assert found["S1"] == "C2"
    assert found["S2"] not in ("C1", "C2")


def test_a_company_is_not_its_parent(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "companies.csv").write_text(
        "account_id,account_name,account_domain,parent_account\n"
        "C1,Atlas,atlas.com,\nC2,Atlas Energy,atlas.com,C1\nC3,Bolt,bolt.com,C1\n"
    )
    data = build(folder, tmp_path / "w", as_of=date(2026, 1, 31)).data
    parents = data.table("accounts").set_index("account_id")["parent_account_id"].dropna()
    assert parents.to_dict() == {"C2": "C1", "C3": "C1"}


def test_one_domain_does_not_make_one_company_of_a_name_and_a_longer_one(make):
    assert make("C1,Siemens,siemens.com,\nC2,Siemens Energy,siemens.com,\n").count("accounts") == 2


def test_equal_names_with_two_legal_forms_are_two_companies(make):
    companies = "C1,Acme GmbH,,\nC2,Acme S.A.,,\n"
    found = make(companies, "S1,7,Acme Inc.,,2025-01-01,1\nS2,8,Acme Corp,,2025-01-01,1\n")
    assert sorted(found.table("accounts")["name"]) == ["Acme Corp", "Acme GmbH", "Acme S.A."]
    assert accounts_of(found)["S1"] == accounts_of(found)["S2"]


@pytest.mark.parametrize(
    ("companies", "count"),
    [
        ("C1,Acme,,\nC2,ACME,,\n", 2),  # listed twice, and nothing but the name is the same
        ("C1,Acme Inc,,\nC2,Acme,,US\n", 2),
        ("C1,Acme Inc,acme.com,US\nC2,Acme,,\n", 2),
        ("C1,Acme Inc,acme.com,US\nC2,Acme,,USA\n", 1),
        ("C1,Acme Inc,acme.com,US\nC2,Acme Inc,,France\n", 2),
        ("C1,Acme GmbH,acme.com,\nC2,Acme Energy AG,acme.com,\n", 2),
    ],
)
def test_rows_of_one_name_are_one_company_only_where_more_than_the_name_says_so(
    make, companies, count
):
    assert make(companies).count("accounts") == count


def test_a_name_links_across_exports_with_its_legal_form_and_alone_only_suggests(make):
    companies = "C1,Acme Inc.,,\n"
    contracts = "S1,,ACME INC,,2025-01-01,1\nS2,,Acme,,2025-01-01,1\n"
    found = accounts_of(make(companies, contracts))
    assert found["S1"] == "C1"
    assert found["S2"] != "C1"


def test_a_company_that_got_another_name_is_found_again_by_its_id(make):
    data = make("C1,Summit Works,,\n", AKME, [verdict("Acme Ltd; id C1", "Akme Industries; id 77")])
    assert accounts_of(data)["S1"] == "C1"
    assert outcomes(data) == ["linked"]


def test_an_id_that_two_exports_have_is_not_enough_to_be_found_again(make):
    data = make("77,Summit Works,summit.com,\nC2,Bolt,bolt.com,\n",
                "S1,77,Akme Industries,akme.com,2025-01-01,100\n",
                [verdict("Old Name; id 77", "Bolt; domain bolt.com; id C2")])  # fmt: skip
    assert outcomes(data) == ["unknown"]
    assert data.count("accounts") == 3


def test_of_a_parent_and_its_subsidiary_the_one_with_the_name_is_found_again(make):
    companies = "C8,Atlas Ltd,atlas.com,\nC9,Atlas Energy Ltd,atlas.com,\nC3,Bolt,bolt.com,\n"
    said = verdict("Atlas Energy; domain atlas.com; id C2", "Bolt; domain bolt.com; id C3")
    data = make(companies, "S1,C3,,,2025-01-01,1\n", [said])
    assert accounts_of(data)["S1"] == "C9"
    assert data.count("accounts") == 2


def test_a_domain_under_which_an_export_has_many_names_links_nothing(make):
    names = ("Ade", "Bolt", "Corum", "Delft", "Etna", "Fargo", "Gera")
    rows = [f"C{at},{name},postbox.example,\n" for at, name in enumerate(names)]
    assert make("".join(rows)).count("accounts") == 7
    assert make("".join(rows[:6])).count("accounts") == 1
