"""CSV: one row a system, or one row a role as ConfigMgr's exports have it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.inventory import InventoryError, load
from probe.model.target import Accepts, Names


@pytest.fixture
def read(tmp_path):
    def load_text(text: str):
        path = tmp_path / "systems.csv"
        path.write_text(text, encoding="utf-8", newline="")
        return load([path]).targets

    return load_text


def test_a_row_has_the_keys_of_a_system(read, tmp_path):
    (first, second) = read(
        "fqdn,internet_fqdn,computer_name,accepts,roles,ports,port,address,site,expected_thumbprint,alternative_selection\n"
        "mp01.corp.contoso.com, mp.contoso.com ,MP01,both,management-point; software-update-point;,software-update-point=8444,8443,127.0.0.1,1E5,"
        + "AB" * 20
        + ",yes\n"
    )
    assert (first.id, second.id) == ("mp01.corp.contoso.com:8443", "mp01.corp.contoso.com:8444")
    assert first.names == Names(
        intranet_fqdn="mp01.corp.contoso.com",
        internet_fqdn="mp.contoso.com",
        computer_name="MP01",
        accepts=Accepts.BOTH,
    )
    assert (first.site, first.address, first.expected_thumbprint) == ("1E5", "127.0.0.1", "ab" * 20)
    assert first.alternative_selection
    assert first.origin == f"{tmp_path / 'systems.csv'}: line 2"


def test_an_export_has_a_row_for_every_role_of_a_system(read):
    """As Get-CMSiteRole | Select-Object NetworkOSPath, RoleName, SiteCode | Export-Csv writes it."""
    found = read(
        "\ufeff#TYPE Selected.System.Object\r\n"
        '"NetworkOSPath","RoleName","SiteCode"\r\n'
        '"\\\\MP01.corp.contoso.com","SMS Management Point","P01"\r\n'
        '"\\\\mp01.corp.contoso.com","SMS Site System","P01"\r\n'
        '"\\\\mp01.corp.contoso.com","SMS Distribution Point","P01"\r\n'
        '"\\\\sql01.corp.contoso.com","SMS SQL Server","P01"\r\n'
    )
    assert [(target.id, target.roles) for target in found] == [
        ("mp01.corp.contoso.com:443", ("management-point", "distribution-point")),
        ("sql01.corp.contoso.com:1433", ("sql-server",)),
    ]


def test_lines_are_counted_as_an_editor_counts_them(read):
    with pytest.raises(InventoryError) as caught:
        read('fqdn,roles\n\n"mp01.corp.contoso.com\n",tls\nmp02.corp.contoso.com,nothing\n')
    assert [problem.key for problem in caught.value.problems] == ["line 5, roles[0]"]


@given(text=st.text(alphabet=st.sampled_from('fqdnroles,;"\n\r\t =443tls.\\'), max_size=80))
def test_any_text_loads_or_is_an_inventory_error(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text("fqdn,roles,port,ports\n" + text, encoding="utf-8", newline="")
    problems = ()
    try:
        load([path])
    except InventoryError as error:
        problems = error.problems
    assert all(problem.file == str(path) for problem in problems)
