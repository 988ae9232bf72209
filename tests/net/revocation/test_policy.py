import pytest

from probe.net.revocation.policy import is_public, refusal

NEVER = [
    "169.254.169.254",
    "169.254.1.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "2001:db8::1%1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::",
    "ff02::1",
    # IPv4 in IPv6: mapped, compatible, NAT64, 6to4, Teredo, local NAT64.
    "::ffff:169.254.169.254",
    "::169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::1",
    "2001:0:0808:0808:0:0:5601:5601",
]
PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd12::1",
    "fec0::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:0a00:0001::1",
]
PUBLIC = ["8.8.8.8", "2a00:1450:4001::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", NEVER)
def test_never(address):
    assert refusal(address, private=True)
    assert refusal(address, private=False)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_only_where_it_is_allowed(address):
    assert refusal(address, private=False)
    assert not is_public(address)


@pytest.mark.parametrize("address", [one for one in PRIVATE if one != "192.0.0.192"])
def test_private_is_allowed_on_the_intranet(address):
    assert refusal(address, private=True) is None


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address):
    assert is_public(address)
    assert refusal(address, private=True) is None
