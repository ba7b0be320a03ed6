"""The connection that builds and analyses reaches no file but its own."""

import duckdb
import pytest

from common_ground.warehouse import composing


def test_a_build_can_neither_read_nor_write_other_files_nor_change_its_own_limits(tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    with composing.staging_area(tmp_path / "built.duckdb") as connection:
        connection.execute("set lock_configuration = true")
        for statement in (
            f"select * from read_csv('{other}')",
            f"select * from '{other}'",
            f"select * from glob('{tmp_path}/*')",
            f"copy (select 1) to '{tmp_path}/out.csv'",
            f"attach '{tmp_path}/another.duckdb'",
            "install httpfs",
            "set enable_external_access = true",
            "set memory_limit = '100GB'",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["built.duckdb", "other.csv"]


def test_names_of_the_program_are_no_tables(tmp_path):
    secret = composing.MEMORY_LIMIT  # a name a replacement scan could find
    assert secret
    with (
        composing.staging_area(tmp_path / "built.duckdb") as connection,
        pytest.raises(duckdb.CatalogException),
    ):
        connection.execute("select * from secret")
