import base64
from xml.etree import ElementTree

from common_ground.charts import sparkline
from common_ground.charts.template import palette

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*args):
    source = sparkline.line(*args)
    head, body = source.split(",")
    assert head == "data:image/svg+xml;base64"
    return ElementTree.fromstring(base64.b64decode(body))


def points(picture):
    return [
        [tuple(float(n) for n in pair.split(",")) for pair in run.get("points").split()]
        for run in picture.findall(f"{SVG}polyline")
    ]


def test_higher_values_lie_higher_and_the_dot_ends_the_line():
    picture = drawn([1.0, 3.0, 2.0], None, "sales", "light")
    [(first, second, third)] = points(picture)
    assert second[1] < third[1] < first[1]
    dot = picture.find(f"{SVG}circle")
    assert (float(dot.get("cx")), float(dot.get("cy"))) == third
    assert dot.get("fill") == palette("light").sales


def test_the_target_is_on_the_scale_of_the_line():
    picture = drawn([1.0, 2.0], 3.0, "shared", "dark")
    target = float(picture.find(f"{SVG}line").get("y1"))
    assert target < min(y for _, y in points(picture)[0])


def test_a_missing_month_breaks_the_line():
    assert [len(run) for run in points(drawn([1, 2, None, 2, 1], None, "product", "light"))] == [
        2,
        2,
    ]


def test_an_unchanged_value_is_a_level_line_inside_the_picture():
    [run] = points(drawn([5.0, 5.0, 5.0], None, "sales", "light"))
    assert len({y for _, y in run}) == 1


def test_one_point_is_no_line():
    assert sparkline.line([4.0, None], 3.0, "sales", "light") == ""
    assert sparkline.line([], None, "sales", "light") == ""


def shares(part, whole):
    source = sparkline.against_all(part, whole, "light")
    return ElementTree.fromstring(base64.b64decode(source.split(",")[1]))


def test_shares_lie_on_a_scale_from_nothing_to_all():
    whole, part = points(shares([0.0, 0.5], [1.0, 1.0]))
    assert whole[0][1] < part[1][1] < part[0][1]
    assert part[1][1] == (whole[0][1] + part[0][1]) / 2


def test_a_share_nobody_knows_is_a_gap_and_one_month_is_no_line():
    picture = shares([None, None], [0.4, 0.5])
    assert len(points(picture)) == 1
    assert len(picture.findall(f"{SVG}circle")) == 1
    assert sparkline.against_all([0.1], [0.2], "light") == ""
