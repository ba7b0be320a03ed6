"""Earlier data versions can be compared with while their files are kept."""

import shutil

import duckdb
import pytest

from common_ground.errors import WorkspaceError
from common_ground.warehouse import earlier
from common_ground.warehouse.published import open_published


@pytest.fixture
def workspace(demo_workspace, tmp_path):
    return shutil.copytree(demo_workspace, tmp_path / "workspace")


def test_the_versions_before_the_published_one_are_offered_newest_first(workspace):
    published = open_published(workspace)
    (found,) = earlier.kept_versions(workspace, published)
    assert found.data_version == published.data_version - 1
    assert found.as_of < published.as_of


def test_a_version_whose_file_is_gone_is_not_offered(workspace):
    (workspace / "warehouse" / "cg-1.duckdb").unlink()
    assert earlier.kept_versions(workspace, open_published(workspace)) == ()
    with pytest.raises(WorkspaceError, match="Data v1 cannot be read any more"):
        earlier.open_version(workspace, 1)


def test_an_earlier_version_is_read_like_the_published_one(workspace):
    data = earlier.open_version(workspace, 1)
    assert len(data.mart("mart_asks")) < len(open_published(workspace).mart("mart_asks"))
    data.close()


def test_a_version_of_another_program_is_refused(workspace):
    with duckdb.connect(str(workspace / "warehouse" / "cg-1.duckdb")) as connection:
        connection.execute("update build_info set format = format - 1")
    with pytest.raises(WorkspaceError, match="built by another version of Common Ground"):
        earlier.open_version(workspace, 1)


def test_a_damaged_file_is_refused(workspace):
    (workspace / "warehouse" / "cg-1.duckdb").write_bytes(b"not a database")
    with pytest.raises(WorkspaceError, match="cannot be read any more"):
        earlier.open_version(workspace, 1)
