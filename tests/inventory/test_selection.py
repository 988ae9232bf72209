"""Site, role and name select; shards cover everything once and never overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.inventory import Shard, select
from probe.model.target import Target

MP = Target(
    id="mp01.corp.contoso.com:443",
    host="mp01.corp.contoso.com",
    port=443,
    site="P01",
    roles=("management-point", "distribution-point"),
)
DP = Target(
    id="dp01.corp.contoso.com:8443",
    host="dp01.corp.contoso.com",
    port=8443,
    site="S01",
    roles=("distribution-point",),
)
CMG = Target(
    id="cmg.contoso.com:443", host="cmg.contoso.com", port=443, roles=("cloud-management-gateway",)
)
ALL = (MP, DP, CMG)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ALL),
        ({"sites": ["p01"]}, (MP,)),
        ({"sites": ["P01", "S01"]}, (MP, DP)),
        ({"roles": ["distribution-point"]}, (MP, DP)),
        ({"globs": ["*.corp.contoso.com"]}, (MP, DP)),
        ({"globs": ["*:8443"]}, (DP,)),
        ({"globs": ["CMG.contoso.com"]}, (CMG,)),
        ({"globs": ["mp0?.*", "cmg*"]}, (MP, CMG)),
        ({"globs": ["contoso"]}, ()),
        ({"sites": ["P01"], "roles": ["cloud-management-gateway"]}, ()),
    ],
)
def test_one_of_each_kind_must_match(options, expected):
    assert select(ALL, **options) == expected


def test_the_id_of_an_address_selects_it_brackets_and_all():
    v6 = Target(id="[2001:db8::1]:443", host="2001:db8::1", port=443)
    odd = Target(id="sql03.contoso.com\\cm_p01", host="sql03.contoso.com", port=1433)
    assert select((*ALL, v6), globs=["[2001:DB8::1]:443"]) == (v6,)
    assert select((*ALL, odd), globs=["sql03.contoso.com\\CM_P01"]) == (odd,)


@given(st.lists(st.text(min_size=1, max_size=20), unique=True), st.integers(1, 12))
def test_every_target_is_in_exactly_one_shard(ids, count):
    shards = [Shard(index, count) for index in range(1, count + 1)]
    assert all(sum(shard.holds(name) for shard in shards) == 1 for name in ids)


def test_shards_are_the_same_on_every_machine():
    """The digest of the id decides; another answer would make machines skip or repeat targets."""
    assert [next(i for i in range(1, 9) if Shard(i, 8).holds(target.id)) for target in ALL] == [
        7,
        5,
        6,
    ]


def test_shards_are_of_similar_size():
    sizes = [
        sum(Shard(index, 4).holds(f"dp{number}:443") for number in range(4000))
        for index in range(1, 5)
    ]
    assert sum(sizes) == 4000
    assert min(sizes) > 900
