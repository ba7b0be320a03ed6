"""One ledger database: how it is opened, and what its failures mean to the user."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event, exc
from sqlalchemy.pool import NullPool

from common_ground.errors import LedgerError
from common_ground.ledger import tables

# Writers wait for each other this long; a write takes about a millisecond.
BUSY_TIMEOUT_SECONDS = 10

# By ledger: threads of this program take turns, for SQLite gives none to who has waited longest.
_TURNS: dict[str, threading.Lock] = {}


class Store:
    """Transactions on a ledger database; safe to share between threads.

    Every transaction has a connection of its own that is closed with it, so that a page left open
    holds nothing and a copied workspace has no stray journal.
    """

    def __init__(self, url: URL) -> None:
        self._name = url.database or str(url)
        self._turn = _TURNS.setdefault(self._name, threading.Lock())
        self._engine = _engine(url)
        with self.writing() as connection:
            _check_sound(connection)
            tables.metadata.create_all(connection)
            if connection.dialect.name == "sqlite":
                for trigger in tables.SQLITE_TRIGGERS:
                    connection.exec_driver_sql(trigger)
            self._check_format(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the ledger throughout."""
        with self._explained(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in writing, durable once it ends without an error."""
        with self._turn, self._explained(), self._engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn a failure of the database into what the user can do about it."""
        try:
            yield
        except (exc.IntegrityError, exc.ProgrammingError):
            raise  # a bug of ours, not a matter for the user
        except (exc.DBAPIError, sqlite3.Error) as error:
            reason = str(error.orig) if isinstance(error, exc.DBAPIError) else str(error)
            raise LedgerError(f"{self._name}: {_what_to_do(reason)}") from error

    def _check_format(self, connection: Connection) -> None:
        found = connection.execute(sqlalchemy.select(tables.ledger_format.c.format)).scalar()
        if found is None:
            connection.execute(sqlalchemy.insert(tables.ledger_format).values(format=tables.FORMAT))
        elif found > tables.FORMAT:
            raise LedgerError(
                f"{self._name} was written by a newer Common Ground (ledger format {found}, this "
                f"program knows {tables.FORMAT}). Update Common Ground; nothing was changed."
            )


def _engine(url: URL) -> Engine:
    engine = sqlalchemy.create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own begin comes too late for reads and cannot lock at once, see _begin_sqlite.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}",
        "journal_mode = wal",
        "synchronous = full",
        "foreign_keys = on",
    ):
        connection.execute(f"pragma {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a write fails at once when another one is writing;
    # an immediate one waits its turn.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _check_sound(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    found = connection.exec_driver_sql("pragma quick_check(1)").scalar()
    if found != "ok":
        raise sqlite3.DatabaseError(f"malformed: {found}")


def _what_to_do(reason: str) -> str:
    if "locked" in reason or "busy" in reason:
        return (
            f"another program has been writing to the ledger for over {BUSY_TIMEOUT_SECONDS} s. "
            "Nothing was stored; close that program and try again."
        )
    if "malformed" in reason or "not a database" in reason:
        return (
            f"the ledger is damaged ({reason}). Nothing was changed. Move the file and any -wal "
            "and -shm file beside it elsewhere, put back your last copy, and open it again."
        )
    return (
        f"the ledger cannot be used ({reason}). Nothing was stored. Check that the folder exists, "
        "can be written to and has free space, then try again."
    )
