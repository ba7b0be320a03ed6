"""A file becomes text tables and an account of its lines: limits, encoding, dialect."""

from common_ground.exports.child import read_in_child
from common_ground.exports.reader import read
from common_ground.exports.tables import Limits, RejectedLine, TextTable

__all__ = ["Limits", "RejectedLine", "TextTable", "read", "read_in_child"]
