"""One company under several names is one account; two companies never become one by name alone."""

from datetime import date

import pytest

from common_ground.warehouse.build import build

COMPANIES = "account_id,account_name,account_domain\n"
CONTRACTS = "contract_id,account_id,account_name,account_domain,start_date,annual_amount\n"


@pytest.fixture
def make(tmp_path):
    def made(companies, contracts):
        folder = tmp_path / "exports"
        folder.mkdir()
        (folder / "companies.csv").write_text(COMPANIES + companies)
        (folder / "contracts.csv").write_text(CONTRACTS + contracts)
        return build(folder, tmp_path / "w", as_of=date(2026, 1, 31)).data

    return made


def account_of(data, contract):
    return data.table("contracts").set_index("contract_id").loc[contract, "account_id"]


def test_the_same_id_links(make):
    data = make("C1,Acme,acme.com\n", "S1,C1,,,2025-01-01,100\n")
    assert account_of(data, "S1") == "C1"


def test_the_same_corporate_domain_links_other_spellings(make):
    data = make("C1,Acme Ltd,acme.com\n", "S1,77,ACME Limited UK,www.acme.com,2025-01-01,100\n")
    assert account_of(data, "S1") == "C1"
    names = data.table("account_names").set_index("source_account")
    assert names.loc["77", "how"] == "domain"


def test_the_same_name_without_legal_form_links(make):
    data = make("C1,Acme Ltd,\n", "S1,77,ACME LIMITED,,2025-01-01,100\n")
    assert account_of(data, "S1") == "C1"


def test_a_free_mail_domain_links_nothing(make):
    data = make("C1,Acme,gmail.com\n", "S1,77,Other,gmail.com,2025-01-01,100\n")
    assert account_of(data, "S1") != "C1"


def test_equal_names_with_two_domains_stay_two_accounts(make):
    data = make("C1,Atlas,atlas.de\nC2,Atlas,atlas.com\n", "S1,77,Atlas,atlas.fr,2025-01-01,100\n")
    assert data.count("accounts") == 3
    assert account_of(data, "S1") not in ("C1", "C2")


def test_an_account_entered_twice_is_one_and_is_said(make):
    data = make("C1,Bluebay Gaming,bluebay.com\nC2,bluebay gaming ltd,bluebay.com\n",
                "S1,C2,,,2025-01-01,100\n")  # fmt: skip
    assert data.count("accounts") == 1
    assert account_of(data, "S1") == "C1"
    checks = data.checks().set_index("check")
    assert checks.loc["accounts__entered_twice", "violations"] == 1


def test_an_account_no_crm_knows_is_kept_and_marked(make):
    data = make("C1,Acme,acme.com\n", "S1,77,Newcomer,new.io,2025-01-01,100\n")
    account = data.table("accounts").set_index("account_id").loc[account_of(data, "S1")]
    assert (account["name"], bool(account["is_in_crm"])) == ("Newcomer", False)
