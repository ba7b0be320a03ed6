"""The ledger: what was agreed, what became of it, and what people decided about links and KPIs."""

from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd
from sqlalchemy import insert, select

from common_ground.errors import LedgerError
from common_ground.ledger import (
    assumptions,
    frames,
    guesses,
    kpi_terms,
    own_items,
    scenarios,
    stories,
    verdicts,
)
from common_ground.ledger.agreements import (
    TERMS,
    StatusChange,
    add_event,
    apply_status,
    as_frame_row,
    find,
    insert_agreement,
    insert_listed,
    items_of_agreements,
    read_rows,
    store_items,
    update_agreement,
)
from common_ground.ledger.assumption_records import NewAssumption
from common_ground.ledger.guesses import NewGuess
from common_ground.ledger.kpi_records import NewPolicyChoice, NewSignature, NewTarget
from common_ground.ledger.own_items import NewItem
from common_ground.ledger.records import (
    ListedAgreement,
    ListedVerdict,
    NewAgreement,
    NewMeeting,
    NewVerdict,
    Status,
    check_author,
    utc_instant,
)
from common_ground.ledger.scenarios import NewScenario
from common_ground.ledger.store import Store
from common_ground.ledger.stories import NewStory
from common_ground.ledger.tables import agreement_events, agreements, meetings


class Ledger:
    """Agreements, link verdicts, meetings and terms of KPIs of one workspace.

    Safe to share between threads. Every method is one transaction; what a method has returned is
    on disk. There is no clock inside: `now` is the instant a thing is written down (with its time
    zone), `on` the workspace's day it counts for.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def agreements(self) -> pd.DataFrame:
        """Every agreement, in the order they were recorded.

        Returns:
            One row per agreement_id ("A1"): title, give (by sales), get (from product),
            sales_owner, product_owner, due_date, status (draft, open, kept, missed, renegotiated,
            withdrawn), kpi, kpi_at_agreement (the KPI's unit), data_version, item_ids (tuple of
            ids, sorted), created_at (UTC), created_by, closed_at (UTC), closed_date (the
            workspace's day), delivered_date (for kept: on or before due_date), replaces
            (agreement_id), version (rises with each change).
        """
        with self._store.reading() as connection:
            items = items_of_agreements(connection)
            query = select(agreements).order_by(agreements.c.agreement_number)
            rows = [as_frame_row(row, items) for row in read_rows(connection, query)]
        return frames.frame(rows, frames.AGREEMENTS)

    def history(self, agreement_id: str | None = None) -> pd.DataFrame:
        """What happened to one agreement, or to all, oldest first.

        Returns:
            One row per event_id: agreement_id, happened_at (UTC), by, what (recorded, completed,
            or the status it changed to), note.

        Raises:
            LedgerError: `agreement_id` is not in the ledger.
        """
        query = select(agreement_events).order_by(agreement_events.c.event_id)
        with self._store.reading() as connection:
            if agreement_id is not None:
                number = find(connection, agreement_id)["agreement_number"]
                query = query.where(agreement_events.c.agreement_number == number)
            rows = [
                {**row, "agreement_id": f"A{row['agreement_number']}"}
                for row in read_rows(connection, query)
            ]
        return frames.frame(rows, frames.HISTORY)

    def record(self, agreement: NewAgreement, *, by: str, now: datetime, note: str = "") -> str:
        """Write an agreement down.

        Args:
            agreement: what was agreed; status "draft" to complete it later.
            by: who writes it down.
            now: instant it is written down.
            note: kept in its history.

        Returns:
            Its agreement_id.

        Raises:
            LedgerError: nobody signs, `replaces` is unknown, or its import_key is there already.
        """
        check_author(f"The agreement '{agreement.title[:60]}'", by)
        with self._store.writing() as connection:
            return insert_agreement(connection, agreement, by, utc_instant(now), note)

    def complete(
        self, agreement_id: str, agreement: NewAgreement, *, by: str, version: int, now: datetime
    ) -> None:
        """Replace the words of a draft, and open it unless `agreement` is still a draft.

        Raises:
            LedgerError: unknown id, someone changed it since `version`, or it is no draft.
        """
        check_author(f"The change to {agreement_id}", by)
        with self._store.writing() as connection:
            found = find(connection, agreement_id, version)
            if found["status"] != "draft":
                raise LedgerError(
                    f"{agreement_id} is {found['status']}, and only a draft can be rewritten. "
                    "Renegotiate it, so that both versions stay on record."
                )
            values = {field: getattr(agreement, field) for field in TERMS}
            update_agreement(connection, found, values)
            store_items(connection, found["agreement_number"], agreement.item_ids)
            what = "completed" if agreement.status == "open" else "rewritten"
            add_event(connection, found["agreement_number"], utc_instant(now), by, what, "")

    def change_status(
        self,
        agreement_id: str,
        status: Status,
        *,
        by: str,
        version: int,
        now: datetime,
        on: date,
        delivered_date: date | None = None,
        note: str = "",
    ) -> None:
        """Close an agreement, or open it again.

        Args:
            agreement_id: as in `agreements`.
            status: kept, missed, withdrawn, or open to take a closing back.
            by: who says so.
            version: the version this person was looking at.
            now: instant it is written down.
            on: the workspace's day it counts for.
            delivered_date: day both sides had delivered; needed for kept, known or not for missed.
            note: kept in the history.

        Raises:
            LedgerError: unknown id, someone changed it since `version`, the status cannot follow
                the present one, or a kept agreement was not delivered by its due date.
        """
        check_author(f"The change to {agreement_id}", by)
        with self._store.writing() as connection:
            found = find(connection, agreement_id, version)
            change = StatusChange(status, utc_instant(now), by, on, delivered_date, note)
            apply_status(connection, found, change)

    def renegotiate(
        self,
        agreement_id: str,
        replacement: NewAgreement,
        *,
        by: str,
        version: int,
        now: datetime,
        on: date,
        note: str = "",
    ) -> str:
        """Close an open agreement that is not due yet and record the one that replaces it.

        Returns:
            agreement_id of the replacement.

        Raises:
            LedgerError: unknown id, someone changed it since `version`, it is not open, or its due
                date has passed: then it was missed, and the new one is a new promise.
        """
        check_author(f"The change to {agreement_id}", by)
        with self._store.writing() as connection:
            found = find(connection, agreement_id, version)
            number, instant = found["agreement_number"], utc_instant(now)
            new_id = insert_agreement(connection, replacement, by, instant, note, replaces=number)
            change = StatusChange("renegotiated", instant, by, on, None, f"Replaced by {new_id}")
            apply_status(connection, found, change)
        return new_id

    def record_all(
        self, listed: Sequence[ListedAgreement], *, by: str, now: datetime
    ) -> tuple[str, ...]:
        """Record agreements kept elsewhere, all or none; those known are left as they are.

        Args:
            listed: in the order they were made, each with an import_key.
            by: who brings them in.
            now: instant they are written down.

        Returns:
            agreement_id of each one that was not in the ledger yet.

        Raises:
            LedgerError: one of them cannot be; nothing was stored.
        """
        check_author("The list of agreements", by)
        query = select(agreements.c.import_key, agreements.c.agreement_number)
        with self._store.writing() as connection:
            known = {key: number for key, number in connection.execute(query) if key is not None}
            recorded = []
            for one in listed:
                if one.agreement.import_key in known:
                    continue
                new_id = insert_listed(connection, one, known, by, utc_instant(now))
                known[one.agreement.import_key] = find(connection, new_id)["agreement_number"]
                recorded.append(new_id)
        return tuple(recorded)

    def decide(self, verdict: NewVerdict, *, now: datetime, seen: int | None = None) -> int:
        """Store a verdict; it counts from now on for its pair.

        Args:
            verdict: what was decided.
            now: instant it is written down.
            seen: verdict_id of the pair's verdict that this person was looking at, 0 for none;
                None stores whatever was decided meanwhile.

        Returns:
            Its verdict_id, for `undo`.

        Raises:
            LedgerError: someone decided the pair after `seen`; nothing was stored.
        """
        with self._store.writing() as connection:
            if seen is not None:
                verdicts.check_unchanged(connection, verdict, seen)
            return verdicts.insert_verdict(connection, verdict, utc_instant(now))

    def take_over_verdicts(
        self, listed: Sequence[ListedVerdict], *, now: datetime
    ) -> verdicts.TakenOver:
        """Bring in verdicts given elsewhere, all or none; what was decided later here stays.

        Args:
            listed: each with the person and the instant it was given.
            now: instant they are brought in; no verdict may be later.

        Raises:
            LedgerError: one of them is from the future; nothing was stored.
        """
        with self._store.writing() as connection:
            return verdicts.take_over(connection, listed, utc_instant(now))

    def create_item(self, item: NewItem, *, now: datetime) -> str:
        """Store an item that no backlog has yet, and its ask's verdict "same".

        Returns:
            Its item_id ("NEW-1").
        """
        instant = utc_instant(now)
        with self._store.writing() as connection:
            item_id = own_items.insert_item(connection, item, instant)
            made_from = NewVerdict(
                "ask_item",
                item.ask_id,
                item_id,
                "same",
                item.created_by,
                from_text=item.ask_text,
                to_text=item.text,
            )
            verdicts.insert_verdict(connection, made_from, instant)
        return item_id

    def withdraw_item(self, item_id: str, *, by: str, now: datetime, note: str = "") -> None:
        """Take an own item back, for example when the backlog has it. Its row stays.

        Raises:
            LedgerError: no such item, or it was withdrawn already.
        """
        check_author(f"Withdrawing {item_id}", by)
        with self._store.writing() as connection:
            own_items.insert_withdrawal(connection, item_id, by, utc_instant(now), note)

    def items(self) -> pd.DataFrame:
        """Items that people made from asks and nobody withdrew, in the order they were made.

        Returns:
            One row per item_id ("NEW-1"): title, description, area, from_ask_id, created_by,
            created_at (UTC).
        """
        history = self.item_history()
        standing = history[history["withdrawn_at"].isna()]
        return standing[list(frames.OWN_ITEMS)].reset_index(drop=True)

    def item_history(self) -> pd.DataFrame:
        """Every item ever made, oldest first.

        Returns:
            One row per item_id: the columns of `items`; withdrawn_by, withdrawn_at (UTC) and
            withdrawn_note for those taken back.
        """
        with self._store.reading() as connection:
            return own_items.item_history(connection)

    def undo(self, verdict_id: int, *, by: str, now: datetime) -> None:
        """Take a verdict back; the one before it, if any, counts again. Its row stays.

        Raises:
            LedgerError: no such verdict, or it was taken back already.
        """
        check_author(f"Undoing verdict {verdict_id}", by)
        with self._store.writing() as connection:
            verdicts.take_back(connection, verdict_id, by, utc_instant(now))

    def verdicts(self) -> pd.DataFrame:
        """The verdict that counts for each pair: the latest one not taken back.

        Two asks, or two accounts, are the same pair in either order.

        Returns:
            One row per kind and pair, in the order decided: verdict_id, kind, from_id, to_id,
            verdict, decided_by, decided_at (UTC), from_text, to_text (as they were shown).
        """
        return verdicts.latest_of_each_pair(self.verdict_history())

    def verdict_history(self) -> pd.DataFrame:
        """Every verdict ever given, oldest first.

        Returns:
            One row per verdict_id: the columns of `verdicts`, and undone_by and undone_at (UTC)
            for those taken back.
        """
        with self._store.reading() as connection:
            return verdicts.verdict_history(connection)

    def record_meeting(self, meeting: NewMeeting, *, now: datetime) -> str:
        """Write a meeting down and return its meeting_id ("M1")."""
        values = {**vars(meeting), "recorded_at": utc_instant(now)}
        with self._store.writing() as connection:
            new_row = insert(meetings).values(values).returning(meetings.c.meeting_number)
            return f"M{connection.execute(new_row).scalar_one()}"

    def meetings(self) -> pd.DataFrame:
        """Every meeting, earliest first.

        Returns:
            One row per meeting_id: held_on, data_version, note, recorded_by, recorded_at (UTC).
        """
        query = select(meetings).order_by(meetings.c.held_on, meetings.c.meeting_number)
        with self._store.reading() as connection:
            rows = [
                {**row, "meeting_id": f"M{row['meeting_number']}"}
                for row in read_rows(connection, query)
            ]
        return frames.frame(rows, frames.MEETINGS)

    def sign(self, signature: NewSignature, *, now: datetime) -> int:
        """Store a signature; it replaces the one the same side gave this KPI before.

        Returns:
            Its signature_id, for `withdraw_signature`.
        """
        with self._store.writing() as connection:
            return kpi_terms.insert_signature(connection, signature, utc_instant(now))

    def withdraw_signature(
        self, signature_id: int, *, by: str, now: datetime, note: str = ""
    ) -> None:
        """Take a standing signature back; its side has then signed nothing. Its row stays.

        Raises:
            LedgerError: no such signature, it was withdrawn already, or a later one replaced it.
        """
        check_author(f"Withdrawing signature {signature_id}", by)
        with self._store.writing() as connection:
            kpi_terms.insert_withdrawal(connection, signature_id, by, utc_instant(now), note)

    def signatures(self) -> pd.DataFrame:
        """The signatures that stand: each side's latest one of a KPI, unless withdrawn.

        Returns:
            One row per kpi and side, in the order signed: signature_id, kpi, side (sales or
            product), version, fingerprint, options (dict of option id by policy id), meaning (the
            words as they were signed), signed_by, signed_at (UTC), note.
        """
        history = self.signature_history()
        standing = history[history["is_standing"]]
        return standing[list(frames.SIGNATURES)].reset_index(drop=True)

    def signature_history(self, kpi: str | None = None) -> pd.DataFrame:
        """Every signature ever given to one KPI, or to all, oldest first.

        Returns:
            One row per signature_id: the columns of `signatures`; withdrawn_by, withdrawn_at
            (UTC) and withdrawn_note for those taken back; is_standing.
        """
        with self._store.reading() as connection:
            return kpi_terms.signature_history(connection, kpi)

    def choose_policy(self, choice: NewPolicyChoice, *, now: datetime) -> int:
        """Store the choice of an option; it counts from now on. Returns its choice_id."""
        with self._store.writing() as connection:
            return kpi_terms.insert_choice(connection, choice, utc_instant(now))

    def policies(self) -> pd.DataFrame:
        """The option that counts for each policy somebody chose for: the latest.

        Returns:
            One row per policy, in the order chosen: policy, option, chosen_by, chosen_at (UTC),
            note.
        """
        latest = kpi_terms.latest_of_each(self.policy_history(), ["policy"])
        return latest[list(frames.POLICIES)]

    def policy_history(self) -> pd.DataFrame:
        """Every choice ever made, oldest first: one row per choice_id, columns of `policies`."""
        with self._store.reading() as connection:
            return kpi_terms.policy_history(connection)

    def set_targets(self, targets: Sequence[NewTarget], *, now: datetime) -> int:
        """Set or remove targets, all or none; each counts from now on.

        Returns:
            How many were stored.

        Raises:
            LedgerError: a KPI, period and segment is among them twice; nothing was stored.
        """
        kpi_terms.check_each_once(targets)
        instant = utc_instant(now)
        with self._store.writing() as connection:
            kpi_terms.insert_targets(connection, targets, instant)
        return len(targets)

    def targets(self) -> pd.DataFrame:
        """The target that counts where somebody set or removed one: the latest.

        Returns:
            One row per kpi, period and segment ("" means all), in the order set: kpi, period,
            segment, target (Decimal in the KPI's unit; None: removed, also what an export
            brought), set_by, set_at (UTC), note.
        """
        latest = kpi_terms.latest_of_each(self.target_history(), ["kpi", "period", "segment"])
        return latest[list(frames.TARGETS)]

    def target_history(self, kpi: str | None = None) -> pd.DataFrame:
        """Every target ever set for one KPI, or for all, oldest first.

        Returns:
            One row per target_id: the columns of `targets`.
        """
        with self._store.reading() as connection:
            return kpi_terms.target_history(connection, kpi)

    def put_story(self, story: NewStory, *, now: datetime) -> int:
        """Put a story on the Brief, in place of the one its item had. Returns its story_id."""
        with self._store.writing() as connection:
            return stories.put_on(connection, story, utc_instant(now))

    def take_story_off(self, story_id: int, *, by: str, now: datetime) -> None:
        """Take a story off the Brief. Its row stays.

        Raises:
            LedgerError: no such story, or it does not stand any more.
        """
        check_author(f"Taking story {story_id} off", by)
        with self._store.writing() as connection:
            stories.take_off(connection, int(story_id), by, utc_instant(now))

    def stories(self) -> pd.DataFrame:
        """The stories on the Brief: the latest of each item, unless taken off.

        Returns:
            One row per item_id, in the order put on: story_id, ask_id, title (of the item), text
            (as it was shown), decided_by, decided_at (UTC).
        """
        return stories.standing(self.story_history())

    def story_history(self) -> pd.DataFrame:
        """Every story put on or taken off, oldest first: one row per story_id, and `what`."""
        with self._store.reading() as connection:
            return stories.story_history(connection)

    def assume(self, assumed: Sequence[NewAssumption], *, now: datetime) -> int:
        """Write down values that count in place of the export's, or take some back; all or none.

        Returns:
            How many were stored.

        Raises:
            LedgerError: an item and field is among them twice, or one is taken back that nobody
                assumes; nothing was stored.
        """
        instant = utc_instant(now)
        with self._store.writing() as connection:
            assumptions.insert_assumptions(connection, assumed, instant)
        return len(assumed)

    def assumptions(self) -> pd.DataFrame:
        """The assumption register as it stands: the latest value of each item and field.

        Returns:
            One row per item_id ("" for weights) and field, in the order assumed: item_id, field
            (of `FIELDS`), value (Decimal in the field's unit), set_by, set_at (UTC), note.
        """
        return assumptions.standing(self.assumption_history())

    def assumption_history(self) -> pd.DataFrame:
        """Everything ever assumed or taken back, oldest first.

        Returns:
            One row per assumption_id: the columns of `assumptions`; value None: taken back.
        """
        with self._store.reading() as connection:
            return assumptions.history(connection)

    def save_scenario(self, scenario: NewScenario, *, now: datetime) -> str:
        """Save what people chose under a name. Returns its scenario_id ("S1").

        Raises:
            LedgerError: a scenario that stands has this name.
        """
        with self._store.writing() as connection:
            return scenarios.insert_scenario(connection, scenario, utc_instant(now))

    def withdraw_scenario(
        self, scenario_id: str, *, by: str, now: datetime, note: str = ""
    ) -> None:
        """Take a scenario back. Its row stays.

        Raises:
            LedgerError: no such scenario, or it was withdrawn already.
        """
        check_author(f"Withdrawing {scenario_id}", by)
        with self._store.writing() as connection:
            scenarios.insert_withdrawal(connection, scenario_id, by, utc_instant(now), note)

    def scenarios(self) -> pd.DataFrame:
        """The scenarios that stand, in the order saved.

        Returns:
            One row per scenario_id ("S1"): name, choices (dict of plain values), data_version,
            saved_by, saved_at (UTC), note.
        """
        return scenarios.standing(self.scenario_history())

    def scenario_history(self) -> pd.DataFrame:
        """Every scenario ever saved, oldest first.

        Returns:
            One row per scenario_id: the columns of `scenarios`; withdrawn_by, withdrawn_at (UTC)
            and withdrawn_note for those taken back.
        """
        with self._store.reading() as connection:
            return scenarios.history(connection)

    def guess(self, made: Sequence[NewGuess], *, now: datetime) -> int:
        """Write guesses of one side at values of the other down, all or none; how many.

        Raises:
            LedgerError: a side guesses at an item twice under one data version.
        """
        instant = utc_instant(now)
        with self._store.writing() as connection:
            guesses.insert_guesses(connection, made, instant)
        return len(made)

    def guesses(self) -> pd.DataFrame:
        """Every guess, in the order made.

        Returns:
            One row per side, item_id and data_version: title, guess and actual (Decimal; accounts
            for sales, workspace currency for product), guessed_by, guessed_at (UTC).
        """
        with self._store.reading() as connection:
            return guesses.standing(guesses.history(connection))
