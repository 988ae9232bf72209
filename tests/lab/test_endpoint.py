import pytest

from probe.lab.endpoint import Endpoint, Key, Running, System
from probe.model.failure import Kind, Stage
from probe.model.target import Accepts


@pytest.mark.parametrize(
    ("key", "bits"),
    [(Key.EC, None), (Key.RSA_1024, 1024), (Key.RSA_2048, 2048), (Key.RSA_3072, 3072)],
)
def test_the_length_of_a_key(key, bits):
    assert key.bits == bits


@pytest.mark.parametrize(
    ("accepts", "host"),
    [
        (Accepts.INTRANET, "mp01.corp.contoso.com"),
        (Accepts.BOTH, "mp01.corp.contoso.com"),
        (Accepts.INTERNET, "mp.contoso.com"),
    ],
)
def test_the_host_that_is_probed(accepts, host):
    system = System(fqdn="mp01.corp.contoso.com", internet_fqdn="mp.contoso.com", accepts=accepts)
    assert system.host == host


def test_a_gateway_is_probed_by_its_service_name():
    assert (
        System(service_name="cmg.contoso.com", accepts=Accepts.INTERNET).host == "cmg.contoso.com"
    )


def test_what_is_planted_is_told_by_target():
    endpoint = Endpoint(
        title="closed", system=System(fqdn="DP09.contoso.com"), failure=(Stage.TCP, Kind.REFUSED)
    )
    planted = Running(endpoint=endpoint, addresses=("127.0.0.1",), port=8443).planted
    assert planted.target == "dp09.contoso.com:8443"
    assert planted.failure == (Stage.TCP, Kind.REFUSED)
    assert not endpoint.good
