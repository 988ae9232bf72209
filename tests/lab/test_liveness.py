import pytest

from probe.lab.embedded import endpoints
from probe.lab.liveness import pages
from probe.model.roles import ROLES

SERVED = sorted({role for endpoint in endpoints() for role in endpoint.system.roles})


@pytest.mark.parametrize("role", SERVED)
def test_the_path_that_is_asked_for_is_served(role):
    path = ROLES[role].liveness_path
    assert path is None or pages((role,))[path].code in {200, 401, 403}


def test_a_server_answers_for_all_its_roles():
    both = pages(("management-point", "distribution-point"))
    assert {"/sms_mp/.sms_aut?mplist", "/SMS_DP_SMSPKG$/"} <= set(both)
    assert pages(("tls",)) == {}
