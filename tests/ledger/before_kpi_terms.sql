-- A ledger.db of the program before KPIs could be signed, as "sqlite3 ledger.db .dump" writes it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE ledger_format (
	format INTEGER NOT NULL, 
	PRIMARY KEY (format)
);
INSERT INTO ledger_format VALUES(1);
CREATE TABLE agreements (
	agreement_number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	title TEXT NOT NULL, 
	give TEXT NOT NULL, 
	get TEXT NOT NULL, 
	sales_owner TEXT NOT NULL, 
	product_owner TEXT NOT NULL, 
	due_date DATE, 
	status TEXT NOT NULL, 
	kpi TEXT, 
	kpi_at_agreement FLOAT, 
	data_version INTEGER, 
	created_at DATETIME NOT NULL, 
	created_by TEXT NOT NULL, 
	closed_at DATETIME, 
	closed_date DATE, 
	delivered_date DATE, 
	replaces_number INTEGER, 
	import_key TEXT, 
	version INTEGER NOT NULL, 
	CONSTRAINT status_is_known CHECK (status in ('draft', 'open', 'kept', 'missed', 'renegotiated', 'withdrawn')), 
	CONSTRAINT agreed_is_complete CHECK (status in ('draft', 'withdrawn') or (due_date is not null and sales_owner <> '' and product_owner <> '')), 
	CONSTRAINT kept_is_on_time CHECK (status <> 'kept' or (delivered_date is not null and delivered_date <= due_date)), 
	FOREIGN KEY(replaces_number) REFERENCES agreements (agreement_number), 
	UNIQUE (import_key)
);
INSERT INTO agreements VALUES(1,'Mobile search','Two design partners','Mobile search in beta','M. Okafor','J. Lindqvist','2026-11-20','open',NULL,NULL,NULL,'2026-10-31 09:30:00.000000','Dana',NULL,NULL,NULL,NULL,NULL,1);
CREATE TABLE link_verdicts (
	verdict_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	from_id TEXT NOT NULL, 
	to_id TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	decided_by TEXT NOT NULL, 
	decided_at DATETIME NOT NULL, 
	from_text TEXT NOT NULL, 
	to_text TEXT NOT NULL, 
	undone_by TEXT, 
	undone_at DATETIME, 
	CONSTRAINT kind_is_known CHECK (kind in ('ask_item', 'ask_feature', 'ask_ask', 'account')), 
	CONSTRAINT verdict_is_known CHECK (verdict in ('same', 'related', 'different', 'unsure')), 
	CONSTRAINT undone_names_who_and_when CHECK ((undone_by is null) = (undone_at is null))
);
INSERT INTO link_verdicts VALUES(1,'ask_item','ASK-1','FLD-1','same','Dana','2026-10-31 09:30:00.000000','','',NULL,NULL);
CREATE TABLE meetings (
	meeting_number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	held_on DATE NOT NULL, 
	data_version INTEGER, 
	note TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	recorded_at DATETIME NOT NULL
);
INSERT INTO meetings VALUES(1,'2026-10-20',7,'Agreed','Dana','2026-10-31 09:30:00.000000');
CREATE TABLE agreement_items (
	agreement_number INTEGER NOT NULL, 
	item_id TEXT NOT NULL, 
	PRIMARY KEY (agreement_number, item_id), 
	FOREIGN KEY(agreement_number) REFERENCES agreements (agreement_number)
);
INSERT INTO agreement_items VALUES(1,'FLD-1');
CREATE TABLE agreement_events (
	event_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	agreement_number INTEGER NOT NULL, 
	happened_at DATETIME NOT NULL, 
	"by" TEXT NOT NULL, 
	what TEXT NOT NULL, 
	note TEXT NOT NULL, 
	FOREIGN KEY(agreement_number) REFERENCES agreements (agreement_number)
);
INSERT INTO agreement_events VALUES(1,1,'2026-10-31 09:30:00.000000','Dana','recorded','');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('agreements',1);
INSERT INTO sqlite_sequence VALUES('agreement_events',1);
INSERT INTO sqlite_sequence VALUES('link_verdicts',1);
INSERT INTO sqlite_sequence VALUES('meetings',1);
CREATE INDEX link_verdicts_by_pair ON link_verdicts (kind, from_id, to_id);
CREATE INDEX agreement_events_by_agreement ON agreement_events (agreement_number, event_id);
CREATE TRIGGER agreements_no_delete before delete on agreements begin select raise(abort, 'agreements is history: delete is not allowed'); end;
CREATE TRIGGER agreement_events_no_update before update on agreement_events begin select raise(abort, 'agreement_events is history: update is not allowed'); end;
CREATE TRIGGER agreement_events_no_delete before delete on agreement_events begin select raise(abort, 'agreement_events is history: delete is not allowed'); end;
CREATE TRIGGER link_verdicts_no_delete before delete on link_verdicts begin select raise(abort, 'link_verdicts is history: delete is not allowed'); end;
COMMIT;
