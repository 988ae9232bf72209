from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.render.html.links import Inside, Served

IDS = st.text(st.characters(codec="utf-8"), min_size=1)


@given(IDS)
def test_an_id_survives_the_way_through_an_address(target_id):
    for href in (Served("../").target(target_id), Served("../").rule(target_id)):
        parts = urlsplit(href)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        *way, last = parts.path.split("/")
        assert way in (["..", "targets"], ["..", "requirements"])
        assert unquote(last) == target_id


@pytest.mark.parametrize(
    ("target_id", "href"),
    [
        ("mp01.corp.contoso.com:443", "./targets/mp01.corp.contoso.com%3A443"),
        ("sql03.corp.contoso.com\\cm_p01", "./targets/sql03.corp.contoso.com%5Ccm_p01"),
        ("[2001:db8::1]:443", "./targets/%5B2001%3Adb8%3A%3A1%5D%3A443"),
        ("\ud800", "./targets/%3F"),
    ],
)
def test_what_browsers_would_read_otherwise_is_encoded(target_id, href):
    assert Served("./").target(target_id) == href


def test_a_filter_names_only_what_is_asked():
    assert Served("./").fleet({"q": "a b&c", "site": ""}) == "./?q=a+b%26c"
    assert Served("../").fleet({}) == "../"


def test_inside_a_file_places_are_numbered():
    links = Inside({"a:1": 1}, {"rule": 2})
    assert (links.target("a:1"), links.rule("rule")) == ("#target-1", "#requirement-2")
    assert links.target("b:1") is None
    assert links.rule("other") is None
