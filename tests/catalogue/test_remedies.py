import pytest

from probe.catalogue import load

CHAIN = ["chain-trusted", "chain-complete", "chain-order", "chain-no-extras", "root-not-sent"]


@pytest.mark.parametrize("rule", CHAIN)
@pytest.mark.parametrize("place", ["IIS", "cloud management gateway", "CA"])
def test_remedies_of_the_chain_say_what_to_do_at_each_place(rule, place):
    assert place in " ".join(load().rules[rule].remedy.replace("Certification", "").split())
