"""One file, staged in memory: what its cells became, and the receipt."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from common_ground.warehouse import staging
from common_ground.warehouse.decisions import Decisions
from common_ground.warehouse.receipts import Receipt, receive


@dataclass
class StagedFile:
    """The receipt of a file and its rows in line order, a dict a row; decimals as floats."""

    receipt: Receipt
    rows: list[dict]

    def column(self, name: str) -> list:
        return [row[name] for row in self.rows]

    @property
    def warnings(self) -> str:
        return "\n".join(self.receipt.warnings)


def stage_file(path: Path, text: str | bytes, decisions: Decisions | None = None) -> StagedFile:
    """Write a file, stage it, and give back what became of it."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    connection = duckdb.connect()
    try:
        connection.execute("set timezone = 'UTC'")
        staging.create_staging(connection)
        receipt = receive(connection, path, decisions or Decisions())[0]
        found = connection.table(f"staging.{receipt.table}").order("line").df()
    finally:
        connection.close()
    rows = found.astype(object).where(found.notna(), None).to_dict("records")
    return StagedFile(receipt, rows)
