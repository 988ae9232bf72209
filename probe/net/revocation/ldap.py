"""Fetch a CRL by LDAP (RFC 4511, 4516) under the fetch policy: anonymous, no referrals, no TLS."""

from typing import Final

from probe.inventory import hosts
from probe.net.revocation import policy
from probe.net.revocation.attempt import Rules, attempt
from probe.net.revocation.dial import Forbidden, dial
from probe.net.revocation.errand import Errand, Fetched
from probe.net.revocation.ldap_messages import Answer, search
from probe.net.revocation.ldap_url import PORT, parse

_READ: Final = 64 * 1024


async def fetch(errand: Errand, rules: Rules, server: str | None) -> Fetched:
    """Search as the errand's URL says; raises nothing but cancellation.

    ``server`` is asked where it names none. Somebody chose that one for this scan, so it may be
    private, and what it says serves every target.
    """
    visit = _Visit(errand, rules, server)
    data, failure, seconds = await attempt(errand.stage, visit.get())
    return Fetched(seconds, data, failure, visit.public)


class _Visit:
    def __init__(self, errand: Errand, rules: Rules, server: str | None) -> None:
        self.public = True
        self._errand = errand
        self._rules = rules
        self._server = server

    async def get(self) -> bytes:
        wanted = parse(self._errand.url, self._errand.attribute)
        request = search(wanted)
        host, port, private = wanted.host, wanted.port, self._rules.private
        if host is None:
            if self._server is None:
                raise Forbidden("an LDAP URL that names no server")
            host, given = hosts.split(self._server)
            port, private = given or PORT, True
        try:
            stream, address = await dial(host, port, self._rules.resolver, private=private)
        except Forbidden:
            self.public = False
            raise
        self.public = wanted.host is None or policy.is_public(address)
        try:
            await stream.write(request)
            answer = Answer(wanted.attribute, self._errand.limit)
            while not answer.finished:
                data = await stream.read(_READ)
                if not data:
                    raise EOFError("closed without an answer")
                answer.receive(data)
            return answer.value or b""
        finally:
            stream.close()
