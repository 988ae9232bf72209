"""Files and directories, several at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.inventory import InventoryError, load
from probe.inventory.shape import SystemTable


def write(path, name: str, roles: str = "tls", head: str = ""):
    path.write_text(
        f'{head}\n[[system]]\nfqdn = "{name}.contoso.com"\nroles = ["{roles}"]\n', encoding="utf-8"
    )
    return path


def test_a_directory_is_its_inventories_sorted(tmp_path):
    write(tmp_path / "b.toml", "b")
    write(tmp_path / "c.TOML", "c")
    (tmp_path / "a.csv").write_text("fqdn,roles\na.contoso.com,tls\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("not an inventory", encoding="utf-8")
    (tmp_path / ".hidden.toml").write_text("not an inventory", encoding="utf-8")
    (tmp_path / "inside.toml").mkdir()
    assert [target.host for target in load([tmp_path]).targets] == [
        "a.contoso.com",
        "b.contoso.com",
        "c.contoso.com",
    ]


def test_a_file_named_twice_is_read_once(tmp_path):
    path = write(tmp_path / "a.toml", "a")
    assert len(load([path, tmp_path, path]).targets) == 1


def test_systems_of_two_files_must_differ(tmp_path):
    first, second = write(tmp_path / "a.toml", "mp01"), write(tmp_path / "b.toml", "mp01")
    with pytest.raises(InventoryError) as caught:
        load([first, second])
    assert str(caught.value).startswith(
        f"{second}: system[0]: mp01.contoso.com:443 is already defined in {first}: system[0]"
    )


@pytest.mark.parametrize(
    ("vantages", "expected"),
    [
        (["intranet", "intranet"], "intranet"),
        (["intranet", None], "intranet"),
        (["intranet", "internet"], None),
        ([None, None], None),
    ],
)
def test_the_vantage_is_the_one_that_files_agree_on(tmp_path, vantages, expected):
    for index, vantage in enumerate(vantages):
        write(
            tmp_path / f"{index}.toml",
            f"mp{index}",
            head=f'[site]\nvantage = "{vantage}"' if vantage else "",
        )
    assert load([tmp_path]).vantage == expected


def test_the_discover_table_is_kept(tmp_path):
    path = write(
        tmp_path / "a.toml", "a", head='[discover]\ndomain = "corp.contoso.com"\nsites = ["P01"]'
    )
    assert load([path]).discover == ((str(path), {"domain": "corp.contoso.com", "sites": ["P01"]}),)


@pytest.mark.parametrize("name", ["absent.toml", "empty", "nul\0.toml"])
def test_what_is_not_there_is_told(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InventoryError) as caught:
        load([tmp_path / name])
    assert len(caught.value.problems) == 1


def test_a_byte_order_mark_is_no_error(tmp_path):
    path = write(tmp_path / "a.toml", "a")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(load([path]).targets) == 1


VALUES = st.recursive(
    st.one_of(
        st.integers(),
        st.floats(),
        st.booleans(),
        st.text(max_size=12),
        st.sampled_from(["tls", "both", "::1"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=8), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([*SystemTable.__struct_fields__, "other"]), VALUES, max_size=5)
)
def test_any_system_becomes_targets_or_problems(system):
    from pathlib import Path

    from probe.inventory.load import _system
    from probe.inventory.problems import Place
    from probe.inventory.surroundings import Sources, Surroundings

    problems = []
    found = _system(
        system, Surroundings(), Sources(Path()), Place("any.toml", "system[0]"), problems
    )
    assert bool(found) != bool(problems)
    assert all(problem.key.startswith("system[0]") and problem.message for problem in problems)
