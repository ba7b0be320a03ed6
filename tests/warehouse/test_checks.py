"""Every rule on the data finds what it is about, and nothing on sound data."""

from datetime import date

import pytest

from common_ground.warehouse import models
from common_ground.warehouse.build import build

BROKEN = {
    "accounts.csv": """account_id,account_name,account_domain,created_date,is_churned
C1,Acme,acme.com,2026-03-01,true
C2,ACME Ltd,acme.com,2026-03-01,
C3,Sandbox,sandbox.com,2026-01-01,
""",
    "deals.csv": """deal_id,account_id,stage,amount,created_date,closed_date,product
D1,,open,,2026-01-01,2026-01-05,Nothing listed
D9,C77,open,1,2026-01-01,2026-12-05,
D2,C1,won,5,2026-02-01,2026-01-01,
D3,C1,won,5,2026-02-01,2027-01-01,
D4,C1,Legal review,5,2026-02-01,2026-12-01,
""",
    "products.csv": "product,series,list_price\nPro,A,10\n",
    "contracts.csv": """contract_id,account_id,start_date,end_date,annual_amount,currency
S1,C1,2026-05-01,2026-04-01,10,USD
S2,C1,2026-05-01,,,USD
S3,C1,2026-05-01,2026-06-01,10,CHF
""",
    "events.csv": """event_id,occurred_at,event,contract_id,account_domain,user_email,event_count
e1,2026-01-01,View,S2,,a@acme.com,1
e1,2026-01-02,View,S2,,a@acme.com,1
e2,2026-08-01,View,S3,,a@acme.com,1
e3,2027-01-01,View,S2,,a@acme.com,1
e4,2026-06-01,View,,stranger.io,b@stranger.io,1
e5,2026-06-01,View,S2,,me@staff.com,1
e6,2026-06-01,View,S2,,a@acme.com,-4
""",
    "features.csv": "feature_id,name,event\nF1,Views,View\nF2,Looks,View\n",
    "tickets.csv": "ticket_id,account_id,opened_date\nT1,C1,2026-01-01\n",
    "churn.csv": "churn_event_id,account_id,churn_date\nX1,C3,2026-05-01\n",
    "asks.csv": "ask_id,text,account_id,deal_id,item_key\nA1,please,C1,D99,NOPE-1\n",
    "items.csv": "item_id,title,status\nI1,Something,idea\n",
    "rules.csv": "item_id,other_item_id,rule\nI1,GONE-1,requires\n",
}
SOUND = {
    "accounts.csv": "account_id,account_name,account_domain\nC1,Acme,acme.com\n",
    "deals.csv": """deal_id,account_id,stage,amount,created_date,closed_date
D1,C1,won,5,2026-01-01,2026-02-01
""",
}
DECISIONS = """
as_of = 2026-09-30
staff_domains = ["staff.com"]
[excluded_accounts]
"Sandbox" = "internal"
"""


def checked(folder, files):
    exports = folder / "exports"
    exports.mkdir()
    for name, text in files.items():
        (exports / name).write_text(text)
    (folder / "decisions.toml").write_text(DECISIONS)
    data = build(exports, folder / "w", folder / "decisions.toml", date(2026, 9, 30)).data
    return data, data.checks().set_index("check")["violations"]


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    return checked(tmp_path_factory.mktemp("broken"), BROKEN)


@pytest.mark.parametrize("name", sorted(models.checks()))
def test_a_rule_finds_what_it_is_about(broken, name):
    data, found = broken
    assert found[name] > 0
    assert len(data.violations(name)) == found[name]


def test_sound_data_breaks_no_rule(tmp_path):
    _, found = checked(tmp_path, SOUND)
    assert found[found > 0].to_dict() == {}


def test_every_rule_says_what_it_means_and_how_bad_it_is():
    for check in models.checks().values():
        assert check.severity in ("fail", "warn")
        assert check.label[0].isupper()
        assert check.says.endswith(".")
