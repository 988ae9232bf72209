"""A server of the lab gets another certificate while it runs."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from support.lab import lab_in_background
from support.peer import chain_as_sent, handshake, permissive_context

from probe.lab.contoso import Ca
from probe.lab.endpoint import Leaf


def target(lab, host):
    (found,) = [one.target for one in lab.planted if one.target.startswith(f"{host}.")]
    return found


def sent(lab, host):
    name, _, port = target(lab, host).rpartition(":")
    with handshake(name, "127.0.0.1", int(port), permissive_context()) as tls:
        return [x509.load_der_x509_certificate(der) for der in chain_as_sent(tls)]


def test_new_connections_meet_the_new_certificate(tmp_path):
    with lab_in_background(tmp_path) as lab:
        before = sent(lab, "dp04")
        assert before[0].not_valid_after_utc < datetime.now(UTC) + timedelta(days=4)
        lab.renew(target(lab, "dp04"))
        after = sent(lab, "dp04")
        assert after[0].not_valid_after_utc > datetime.now(UTC) + timedelta(days=300)
        assert after[0].issuer == before[0].issuer
        # From another authority: what is sent above it changes too.
        assert "sha1" in {one.signature_hash_algorithm.name for one in sent(lab, "mp03")}
        lab.renew(target(lab, "mp03"), Leaf(ca=Ca.BRANCH))
        assert {one.signature_hash_algorithm.name for one in sent(lab, "mp03")} == {"sha256"}
        assert len(sent(lab, "mp03")) == 3
        # Others are as they were, and what serves nothing cannot be renewed.
        assert sent(lab, "dp03")[0].not_valid_after_utc < datetime.now(UTC) + timedelta(days=21)

        with pytest.raises(KeyError):
            lab.renew(target(lab, "dp09"))
        with pytest.raises(KeyError):
            lab.renew("nobody.contoso.com:443")
