from datetime import timedelta

import msgspec
import pytest
from support.chains import AS_OF, issuing, leaf, root
from support.metrics import endpoint, judged
from support.reports import link
from support.scenarios import addresses, closed

from probe.model.finding import Outcome
from probe.model.path import Alternative, PathEnd, Trust
from probe.pki import certificate as certificates
from probe.render.metrics.established.view import View, trusted


def verified(**fields):
    return endpoint(judged("chain-trusted", at=None), **fields)


def decoded(*ders):
    return tuple(map(certificates.load, ders))


def test_the_address_that_failed_fared_worst():
    view = View(addresses().results)
    assert view.worst.address == "10.1.2.12"
    assert not view.success


def test_else_the_one_whose_chain_expires_first():
    view = View(addresses().results[:2])
    assert view.worst.address == "10.1.2.11"
    assert view.success
    assert len(view.certificates) == 3


def test_nothing_at_all_is_no_success():
    view = View(())
    assert (view.worst, view.success, view.certificates, view.verified) == (None, False, (), ())
    assert View(closed().results).certificates == ()


def test_a_chain_is_verified_when_it_is_trusted_also_when_it_has_expired():
    chain = leaf("dp01", days=-9)
    expired = endpoint(judged("chain-trusted"), judged("not-expired", Outcome.FAIL), chain=chain)
    assert trusted(expired) == (decoded(*chain),)


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.PASS])
def test_and_not_otherwise(outcome):
    assert trusted(endpoint(judged("chain-trusted", outcome))) == ()
    assert trusted(endpoint()) == ()


def test_a_stranger_is_no_member():
    (chain,) = trusted(verified(chain=(*leaf("dp01"), leaf("old", serial=5)[0])))
    assert chain == decoded(*leaf("dp01"))


def test_the_best_path_and_others_that_are_trusted():
    chain = (*leaf("dp01"), root().der, issuing("sha1").der)
    result = msgspec.structs.replace(
        verified(chain=chain),
        links=(link(chain, 0, 1, ""), link(chain, 1, 2, "")),
        alternatives=(
            Alternative((), (0, 3, None), PathEnd.TRUSTED_ROOT, Trust.TRUSTED, ""),
            Alternative((), (0, 2), PathEnd.UNTRUSTED_ROOT, Trust.UNTRUSTED, ""),
        ),
    )
    assert trusted(result) == (
        decoded(*chain[:3]),
        decoded(chain[0], chain[3]),
    )


def test_the_last_expiry_is_the_longest_of_an_address_and_the_least_of_all():
    issuer, short = issuing(), leaf("short", days=5, serial=3)[0]
    chain = (leaf("dp01", days=50)[0], issuer.der, short)
    over = Alternative((), (0, 2), PathEnd.TRUSTED_ROOT, Trust.TRUSTED, "")
    several = msgspec.structs.replace(verified(chain=chain), alternatives=(over,))
    view = View([several, verified(chain=leaf("dp01", days=80))])
    assert view.last_expiry == (AS_OF + timedelta(days=50)).timestamp()
    assert len(view.verified) == 3
    assert View([endpoint()]).last_expiry is None


def test_of_a_crowd_ten_are_told_of():
    crowd = [leaf(f"h{n}", serial=0x9000 + n, days=500 - n)[0] for n in range(40)]
    view = View([endpoint(chain=tuple(crowd))])
    told = decoded(crowd[0], *reversed(crowd[-9:]))
    assert view.certificates == told
