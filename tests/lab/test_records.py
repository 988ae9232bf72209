from probe.lab.endpoint import Endpoint, Running, System
from probe.lab.records import records
from probe.model.target import Accepts


def _records(addresses=("127.0.0.1",), *, alias=None, port=8443, **system):
    endpoint = Endpoint(title="", system=System(**system), alias=alias)
    running = Running(endpoint=endpoint, addresses=addresses, port=port)
    return set(records([running])) - {("pki.contoso.com", "A", "127.0.0.1")}


def test_every_name_has_every_address():
    found = _records(
        ("127.0.0.1", "::1"), fqdn="dp01.corp.contoso.com", internet_fqdn="dp.contoso.com"
    )
    assert found == {
        ("dp01.corp.contoso.com", "A", "127.0.0.1"),
        ("dp01.corp.contoso.com", "AAAA", "::1"),
        ("dp.contoso.com", "A", "127.0.0.1"),
        ("dp.contoso.com", "AAAA", "::1"),
    }


def test_a_service_name_is_an_alias_of_its_deployment():
    deployment = "granitefalls.westeurope.cloudapp.azure.com"
    found = _records(service_name="cmg.contoso.com", accepts=Accepts.INTERNET, alias=deployment)
    assert found == {("cmg.contoso.com", "CNAME", f"{deployment}."), (deployment, "A", "127.0.0.1")}


def test_management_points_are_published_as_services():
    found = _records(fqdn="mp01.corp.contoso.com", roles=("management-point",))
    service = "_mssms_mp_p01._tcp.corp.contoso.com"
    assert (service, "SRV", "0 0 8443 mp01.corp.contoso.com.") in found


def test_without_an_address_there_is_no_name():
    assert _records((), fqdn="mp01.corp.contoso.com", roles=("management-point",)) == set()


def test_the_repository_has_an_address():
    assert set(records([])) == {("pki.contoso.com", "A", "127.0.0.1")}
