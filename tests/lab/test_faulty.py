from probe import catalogue
from probe.lab import databases
from probe.lab.faulty import FAULTY, TWO_ADDRESSES
from probe.lab.sound import SOUND

FAULTY_ALL = (*FAULTY, *databases.FAULTY, *TWO_ADDRESSES)
PROFILES = ("any", "iis-site-system", "cmg", "sql-server", "sql-failover-cluster")
# Files only, or servers that the standard library cannot run.
NOT_PLANTED = {
    "certificate-decodable",
    "key-storage-provider",
    "pkcs12-container",
    "private-key-exportable",
    "readable-file",
    "same-certificate-on-all-nodes",
}


def test_every_server_is_another_one_and_every_fault_too():
    hosts = [endpoint.system.host for endpoint in (*SOUND, *databases.SOUND, *FAULTY_ALL)]
    assert len(set(hosts)) == len(hosts)
    titles = [endpoint.title for endpoint in FAULTY_ALL]
    assert len(set(titles)) == len(titles)


def test_whether_something_is_wrong_is_said_of_every_server():
    assert all(endpoint.good for endpoint in (*SOUND, *databases.SOUND))
    assert not any(endpoint.good for endpoint in FAULTY_ALL)


def test_every_rule_that_a_server_can_break_is_broken_by_one():
    planted = {rule for endpoint in FAULTY_ALL for rule in endpoint.planted}
    profiles = catalogue.load().profiles
    wanted = {rule for profile in PROFILES for rule in profiles[profile].rules}
    assert planted == wanted - NOT_PLANTED
