import pytest

from probe.catalogue import load

CHAIN = ["chain-trusted", "chain-complete", "chain-order", "chain-no-extras", "root-not-sent"]


@pytest.mark.parametrize("rule", CHAIN)
@pytest.mark.parametrize("place", ["IIS", "cloud management gateway", "CA"])
def test_remedies_of_the_chain_say_what_to_do_at_each_place(rule, place):
    assert place in " ".join(load().rules[rule].remedy.replace("Certification", "").split())


@pytest.mark.parametrize("place", ["IIS", "CMG", "CA"])
def test_the_first_sentence_about_trust_names_each_place(place):
    """The text report shows only the first sentences unless asked for more."""
    first = load().rules["chain-trusted"].remedy.partition(". ")[0]
    assert place in first.split()
    assert len(first) < 160  # two lines
