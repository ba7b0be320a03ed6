"""Building a workspace from usage events, against DuckDB's typed load of the same file.

The reader keeps every row or says where it went, casts, joins accounts and reduces to days; the
yardstick only parses. Goal: at most 3 times its time for 1,000,000 events.
"""

import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from common_ground.warehouse.build import build

EVENTS = 1_000_000
TYPED = """
create table events as select * from read_csv(?, header = true, delim = ',', quote = '"',
    columns = {'event_id': 'varchar', 'timestamp': 'timestamp', 'account_domain': 'varchar',
               'user_email': 'varchar', 'event': 'varchar'})
"""


def write_events(path: Path, events: int) -> None:
    """A year of events of 400 accounts, 12 people each, 40 features; about 108 bytes a row."""
    draw = random.Random(11)
    first = datetime(2025, 9, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as stream:
        stream.write("event_id,timestamp,account_domain,user_email,event\n")
        for number in range(events):
            account = draw.randrange(400)
            moment = first + timedelta(seconds=draw.randrange(365 * 86_400))
            stream.write(
                f"event-{number:012d}-{draw.randrange(16**6):06x},"
                f"{moment:%Y-%m-%d %H:%M:%S},customer-{account:03d}.example,"
                f"person{draw.randrange(12):02d}@customer-{account:03d}.example,"
                f"Feature {draw.randrange(40):02d} used\n"
            )


def measure(events: int = EVENTS) -> dict[str, float]:
    """Seconds of both, and their ratio; the file lies in the page cache for both."""
    with tempfile.TemporaryDirectory() as folder:
        exports = Path(folder) / "exports"
        exports.mkdir()
        path = exports / "events.csv"
        write_events(path, events)
        path.read_bytes()
        started = time.perf_counter()
        with duckdb.connect(str(Path(folder) / "typed.duckdb")) as connection:
            connection.execute(TYPED, [str(path)])
        typed = time.perf_counter() - started
        started = time.perf_counter()
        made = build(exports, Path(folder) / "workspace", as_of=date(2026, 8, 31))
        whole = time.perf_counter() - started
        if made.receipts[0].loaded != events:
            raise SystemExit(f"{made.receipts[0].loaded:,} of {events:,} events loaded")
    return {"events": events, "typed_s": typed, "build_s": whole, "ratio": whole / typed}


def main() -> None:
    """Print one line a size."""
    for events in [int(text) for text in sys.argv[1:]] or [EVENTS]:
        found = measure(events)
        print(
            f"{events:,} events: DuckDB typed load {found['typed_s']:.2f} s, "
            f"whole build {found['build_s']:.2f} s, ratio {found['ratio']:.2f} (goal 3)"
        )


if __name__ == "__main__":
    main()
