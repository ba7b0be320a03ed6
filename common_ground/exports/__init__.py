"""A file becomes text tables and an account of its lines: limits, encoding, dialect."""

from common_ground.exports.handover import load_tables, start_reading, tables_of
from common_ground.exports.reader import read
from common_ground.exports.tables import Limits, RejectedLine, TextTable

__all__ = [
    "Limits", "RejectedLine", "TextTable", "load_tables", "read", "start_reading", "tables_of",
]  # fmt: skip
