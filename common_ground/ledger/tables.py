"""The tables of the ledger, the one place that names their columns."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

# Raised by one when a table changes in a way older programs cannot read.
FORMAT = 1

STATUSES = ("draft", "open", "kept", "missed", "renegotiated", "withdrawn")
VERDICTS = ("same", "related", "different", "unsure")
LINK_KINDS = ("ask_item", "ask_feature", "ask_ask", "account")
SIDES = ("sales", "product")


def _one_of(column: str, allowed: tuple[str, ...]) -> CheckConstraint:
    labels = ", ".join(f"'{value}'" for value in allowed)
    return CheckConstraint(f"{column} in ({labels})", name=f"{column}_is_known")


metadata = MetaData()

ledger_format = Table(
    "ledger_format", metadata, Column("format", Integer, primary_key=True, autoincrement=False)
)

# One row per agreement. Days are the workspace's days, instants are UTC without a zone.
agreements = Table(
    "agreements",
    metadata,
    Column("agreement_number", Integer, primary_key=True, autoincrement=True),
    Column("title", Text, nullable=False),
    Column("give", Text, nullable=False),
    Column("get", Text, nullable=False),
    Column("sales_owner", Text, nullable=False),
    Column("product_owner", Text, nullable=False),
    Column("due_date", Date),
    Column("status", Text, nullable=False),
    Column("kpi", Text),
    Column("kpi_at_agreement", Float),
    Column("data_version", Integer),
    Column("created_at", DateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("closed_at", DateTime),
    Column("closed_date", Date),
    Column("delivered_date", Date),
    Column("replaces_number", Integer, ForeignKey("agreements.agreement_number")),
    Column("import_key", Text, unique=True),
    Column("version", Integer, nullable=False),
    _one_of("status", STATUSES),
    # What is agreed has a day and an owner on each side; only a draft may still lack them.
    CheckConstraint(
        "status in ('draft', 'withdrawn')"
        " or (due_date is not null and sales_owner <> '' and product_owner <> '')",
        name="agreed_is_complete",
    ),
    CheckConstraint(
        "status <> 'kept' or (delivered_date is not null and delivered_date <= due_date)",
        name="kept_is_on_time",
    ),
    sqlite_autoincrement=True,
)

# One row per agreement and item it covers.
agreement_items = Table(
    "agreement_items",
    metadata,
    Column("agreement_number", ForeignKey("agreements.agreement_number"), primary_key=True),
    Column("item_id", Text, primary_key=True),
)

# One row per thing that happened to an agreement; rows are only ever added.
agreement_events = Table(
    "agreement_events",
    metadata,
    Column("event_id", Integer, primary_key=True, autoincrement=True),
    Column("agreement_number", ForeignKey("agreements.agreement_number"), nullable=False),
    Column("happened_at", DateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index("agreement_events_by_agreement", "agreement_number", "event_id"),
    sqlite_autoincrement=True,
)

# One row per verdict given; undoing one marks it and keeps the row.
link_verdicts = Table(
    "link_verdicts",
    metadata,
    Column("verdict_id", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("from_id", Text, nullable=False),
    Column("to_id", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", DateTime, nullable=False),
    Column("from_text", Text, nullable=False),
    Column("to_text", Text, nullable=False),
    Column("undone_by", Text),
    Column("undone_at", DateTime),
    _one_of("kind", LINK_KINDS),
    _one_of("verdict", VERDICTS),
    CheckConstraint("(undone_by is null) = (undone_at is null)", name="undone_names_who_and_when"),
    Index("link_verdicts_by_pair", "kind", "from_id", "to_id"),
    sqlite_autoincrement=True,
)

# One row per joint meeting.
meetings = Table(
    "meetings",
    metadata,
    Column("meeting_number", Integer, primary_key=True, autoincrement=True),
    Column("held_on", Date, nullable=False),
    Column("data_version", Integer),
    Column("note", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    sqlite_autoincrement=True,
)

# One row per signature under a KPI's definition; a side's latest one replaces those before it.
kpi_signatures = Table(
    "kpi_signatures",
    metadata,
    Column("signature_id", Integer, primary_key=True, autoincrement=True),
    Column("kpi", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("options", Text, nullable=False),  # JSON, option id by policy id
    Column("meaning", Text, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("signed_at", DateTime, nullable=False),
    Column("note", Text, nullable=False),
    _one_of("side", SIDES),
    Index("kpi_signatures_by_kpi", "kpi", "side", "signature_id"),
    sqlite_autoincrement=True,
)

# One row per signature taken back.
signature_withdrawals = Table(
    "signature_withdrawals",
    metadata,
    Column("signature_id", ForeignKey("kpi_signatures.signature_id"), primary_key=True),
    Column("withdrawn_by", Text, nullable=False),
    Column("withdrawn_at", DateTime, nullable=False),
    Column("withdrawn_note", Text, nullable=False),
)

# One row per choice of a policy's option; the latest of a policy counts.
policy_choices = Table(
    "policy_choices",
    metadata,
    Column("choice_id", Integer, primary_key=True, autoincrement=True),
    Column("policy", Text, nullable=False),
    Column("option", Text, nullable=False),
    Column("chosen_by", Text, nullable=False),
    Column("chosen_at", DateTime, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_autoincrement=True,
)

# One row per target set or removed; the latest of a KPI, period and segment ('' means all) counts.
# A target is text because SQLite would make a float of a number; null removes it.
kpi_targets = Table(
    "kpi_targets",
    metadata,
    Column("target_id", Integer, primary_key=True, autoincrement=True),
    Column("kpi", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("segment", Text, nullable=False),
    Column("target", Text),
    Column("set_by", Text, nullable=False),
    Column("set_at", DateTime, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_autoincrement=True,
)

# One row per story put on the Brief or taken off it; the latest of an item counts.
brief_stories = Table(
    "brief_stories",
    metadata,
    Column("story_id", Integer, primary_key=True, autoincrement=True),
    Column("item_id", Text, nullable=False),
    Column("ask_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", DateTime, nullable=False),
    _one_of("what", ("put on", "taken off")),
    sqlite_autoincrement=True,
)

# One row per value assumed or taken back; the latest of an item and field counts. Weights belong to
# no item: item_id is ''. A value is text because SQLite would make a float of a number; null takes
# the assumption back.
assumptions = Table(
    "assumptions",
    metadata,
    Column("assumption_id", Integer, primary_key=True, autoincrement=True),
    Column("item_id", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text),
    Column("set_by", Text, nullable=False),
    Column("set_at", DateTime, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_autoincrement=True,
)

# One row per item that people made from an ask; the backlog does not have it.
own_items = Table(
    "own_items",
    metadata,
    Column("item_number", Integer, primary_key=True, autoincrement=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("from_ask_id", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    sqlite_autoincrement=True,
)

# One row per such item taken back.
item_withdrawals = Table(
    "item_withdrawals",
    metadata,
    Column("item_number", ForeignKey("own_items.item_number"), primary_key=True),
    Column("withdrawn_by", Text, nullable=False),
    Column("withdrawn_at", DateTime, nullable=False),
    Column("withdrawn_note", Text, nullable=False),
)

# One row per scenario saved: what people chose on Compromise, by name.
scenarios = Table(
    "scenarios",
    metadata,
    Column("scenario_number", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("choices", Text, nullable=False),  # JSON, see `scenarios.NewScenario`
    Column("data_version", Integer, nullable=False),
    Column("saved_by", Text, nullable=False),
    Column("saved_at", DateTime, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_autoincrement=True,
)

# One row per scenario taken back.
scenario_withdrawals = Table(
    "scenario_withdrawals",
    metadata,
    Column("scenario_number", ForeignKey("scenarios.scenario_number"), primary_key=True),
    Column("withdrawn_by", Text, nullable=False),
    Column("withdrawn_at", DateTime, nullable=False),
    Column("withdrawn_note", Text, nullable=False),
)

# One row per guess of one side at a value of the other; the first of a side, item and data version
# counts. Values are text because SQLite would make floats of numbers.
guesses = Table(
    "guesses",
    metadata,
    Column("guess_id", Integer, primary_key=True, autoincrement=True),
    Column("side", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("guess", Text, nullable=False),
    Column("actual", Text, nullable=False),
    Column("data_version", Integer, nullable=False),
    Column("guessed_by", Text, nullable=False),
    Column("guessed_at", DateTime, nullable=False),
    _one_of("side", SIDES),
    sqlite_autoincrement=True,
)

# SQLite itself refuses what would rewrite history.
_HISTORY = (
    (agreements, "delete"),
    (agreement_events, "update"),
    (agreement_events, "delete"),
    (link_verdicts, "delete"),
    *(
        (table, action)
        for table in (
            kpi_signatures,
            signature_withdrawals,
            policy_choices,
            kpi_targets,
            brief_stories,
            assumptions,
            own_items,
            item_withdrawals,
            scenarios,
            scenario_withdrawals,
            guesses,
        )
        for action in ("update", "delete")
    ),
)
SQLITE_TRIGGERS = tuple(
    f"create trigger if not exists {table.name}_no_{action} before {action} on {table.name} "
    f"begin select raise(abort, '{table.name} is history: {action} is not allowed'); end"
    for table, action in _HISTORY
)
