"""What a person is shown of each column before deciding what it means."""

from common_ground.exports.overview import columns_of


def test_filled_share_different_values_and_examples_of_each_column(table_of):
    table = table_of(f"id,note,x\n1,a,\n2,a,{'long ' * 20}\n3,,\n4,b,\n")
    found = columns_of(table).to_dict("records")
    assert found[0] == {"header": "id", "filled": 1.0, "different": 4, "examples": "1, 2, 3"}
    assert found[1] == {"header": "note", "filled": 0.75, "different": 2, "examples": "a, b"}
    assert found[2]["filled"] == 0.25
    assert len(found[2]["examples"]) <= 40
    assert found[2]["examples"].endswith("…")
