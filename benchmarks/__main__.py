"""Run every benchmark, one after the other: `make bench`."""

import subprocess
import sys

from common_ground.settings import PROJECT

ALL = (
    "csv_files", "hostile_files", "reading_speed", "usage_build", "page_reruns", "kpi_reruns",
    "overlap_page", "review_keys", "plans", "request_links", "first_verdicts", "account_links",
    "link_speed",
)  # fmt: skip


def main() -> int:
    """Run each as a program of its own; the exit status says whether all of them ran."""
    failed = 0
    for name in ALL:
        print(f"== {name}", flush=True)
        failed += subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], cwd=PROJECT
        ).returncode
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
