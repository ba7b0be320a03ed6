"""A file written from bytes and read back."""

import pytest

from common_ground.exports import Limits, TextTable, read


@pytest.fixture
def tables_of(tmp_path):
    def read_bytes(content: bytes | str, name="export.csv", limits=None) -> list[TextTable]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path, limits or Limits())

    return read_bytes


@pytest.fixture
def table_of(tables_of):
    def read_one(content: bytes | str, name="export.csv", limits=None) -> TextTable:
        (table,) = tables_of(content, name, limits)
        return table

    return read_one
