"""CPU of the Shared KPIs page with many usage rows: build, first run, and what each click costs.

The demo's exports, with 0.1, 1 and 10 million events of its own accounts in place of its usage,
spread evenly over people, features and days, so that hardly two fall together: the hardest
case. A rerun is a click that changes nothing; then another KPI, window, segment and day are chosen,
each for the first time, as in a server that looks ahead beside the clicks. Last, what it costs that
nobody looked ahead, as in the first seconds after a publication. Goal: 300 ms CPU for every rerun,
whatever the usage.
"""

import gc
import logging
import os
import shutil
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from statistics import median

import duckdb
import streamlit as st
from streamlit.testing.v1 import AppTest

from common_ground.exports.tables import Limits
from common_ground.settings import DEMO, PROJECT
from common_ground.ui import cache
from common_ground.warehouse.build import build

SIZES = (100_000, 1_000_000, 10_000_000)
RERUNS = 5
USAGE = "product-usage-events.csv.gz"
EVENTS = """
copy (
    with accounts as (
        select list(distinct account_domain order by account_domain) as names
        from read_csv($usage, all_varchar = true)
        where account_domain is not null and account_domain not like '%oakspindle%'
    ),
    events as (
        select list(distinct event order by event) as names
        from read_csv($features, all_varchar = true)
        where event is not null
    )
    select
        'e' || n as event_id,
        strftime(
            timestamp '2025-09-01' + to_seconds(cast(hash(n) % (426 * 86400) as bigint)),
            '%Y-%m-%dT%H:%M:%SZ'
        ) as timestamp,
        accounts.names[cast(1 + hash(n, 1) % len(accounts.names) as bigint)] as account_domain,
        'p' || hash(n, 2) % 25 || '@'
        || accounts.names[cast(1 + hash(n, 1) % len(accounts.names) as bigint)] as user_email,
        events.names[cast(1 + hash(n, 3) % len(events.names) as bigint)] as event
    from range($rows) as numbers (n)
    cross join accounts
    cross join events
) to '{out}' (header, delimiter ',')
"""
UNFORESEEN = {
    "another window": {"window": "This quarter so far"},
    "another segment": {"segment": "Mid-market"},
    "another day": {"as_of": "As of 31 Jul 2026"},
    "another comparison": {"compare": "Against a year before"},
}
CLICKS = {
    "another KPI": {"kpi": "Win rate"},
    "another KPI, of use": {"kpi": "Adoption, breadth"},
    **UNFORESEEN,
    "another region": {"segment": "region: Europe"},
    "another split": {"by": "By industry"},
    "window and segment": {"window": "Last full quarter", "segment": "Enterprise"},
    "segment and day": {"segment": "Small", "as_of": "As of 30 Jun 2026"},
}


def write_exports(folder: Path, rows: int) -> None:
    """The demo's exports, its usage replaced by `rows` events."""
    folder.mkdir()
    for path in (DEMO / "exports").iterdir():
        if path.name != USAGE:
            shutil.copy(path, folder)
    out = folder / "product-usage-events.csv"
    values = {
        "usage": str(DEMO / "exports" / USAGE),
        "features": str(DEMO / "exports" / "features.csv"),
        "rows": rows,
    }
    duckdb.connect().execute(EVENTS.replace("{out}", str(out).replace("'", "''")), values)


def clicks(workspace: Path) -> dict[str, float]:
    """CPU milliseconds of the page's runs, by what was clicked."""
    os.environ["COMMON_GROUND_WORKSPACE"] = str(workspace)
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=600).run()
    app.switch_page("pages/shared_kpis.py")
    st.cache_data.clear()
    found = {"first run": _cpu(app)}
    found |= {f"{name}, not looked ahead": spent for name, spent in _each(app, UNFORESEEN).items()}
    _forget(app)
    started = time.process_time()
    deque(cache.look_ahead(), maxlen=0)
    gc.collect()
    gc.freeze()  # as the server does
    found["looking ahead"] = 1000 * (time.process_time() - started)
    found["rerun"] = median(_cpu(app) for _ in range(RERUNS))
    return found | _each(app, CLICKS)


def _forget(app: AppTest) -> None:
    """As if the data had just been published, and its page opened once."""
    st.cache_data.clear()
    kept = cache.published().kept
    assert kept is not None
    kept.clear()
    app.run()


def _each(app: AppTest, clicks: dict[str, dict[str, str]]) -> dict[str, float]:
    """CPU of each click, from the same view."""
    found = {}
    for name, chosen in clicks.items():
        before = {key: app.selectbox(key=key).value for key in chosen}
        for key, value in chosen.items():
            app.selectbox(key=key).set_value(value)
        found[name] = _cpu(app)
        for key, value in before.items():
            app.selectbox(key=key).set_value(value)
        app.run()
    return found


def _cpu(app: AppTest) -> float:
    started = time.process_time()
    app.run()
    spent = 1000 * (time.process_time() - started)
    if app.exception:
        raise SystemExit(app.exception[0].message)
    return spent


def main() -> None:
    """Print a table, one column a size."""
    logging.disable(logging.WARNING)  # Streamlit warns that no browser is connected
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    columns: list[dict[str, float]] = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_exports(Path(folder) / "exports", rows)
            workspace = Path(folder) / "workspace"
            started = time.perf_counter()
            limits = Limits(max_bytes=1 << 32, max_unpacked_bytes=1 << 33)
            decisions = DEMO / "decisions.toml"
            build(Path(folder) / "exports", workspace, decisions, limits=limits)
            columns.append({"build s": time.perf_counter() - started, **clicks(workspace)})
    print(f"| | {' | '.join(f'{rows:,} events' for rows in sizes)} |")
    print(f"|---|{'---|' * len(sizes)}")
    for name in columns[0]:
        cells = " | ".join(
            f"{column[name]:,.{1 if name == 'build s' else 0}f}" for column in columns
        )
        print(f"| {name if name == 'build s' else f'{name}, CPU ms'} | {cells} |")


if __name__ == "__main__":
    main()
