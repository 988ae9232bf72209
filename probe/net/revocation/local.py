"""Run errands in this process, through the resolvers of a session."""

from collections.abc import Callable

from probe.model.settings import Settings
from probe.net.resolve import Resolver
from probe.net.revocation.attempt import Rules
from probe.net.revocation.choosing import LDAP, scheme
from probe.net.revocation.errand import Errand, Fetched


class Local:
    """Fetches over the network, by HTTP or, where the settings say so, by LDAP."""

    def __init__(self, settings: Settings, resolver: Callable[[str | None], Resolver]) -> None:
        self._settings = settings
        self._resolver = resolver

    async def fetch(self, errand: Errand) -> Fetched:
        """Run an errand; raises nothing but cancellation."""
        # httpx is large, and a scan that fetches nothing needs none of it.
        from probe.net.revocation.fetch import fetch  # noqa: PLC0415

        rules = Rules(self._resolver(errand.server), errand.private)
        if scheme(errand.url) == LDAP:
            from probe.net.revocation import ldap  # noqa: PLC0415 - an optional extra

            return await ldap.fetch(errand, rules, self._settings.ldap_server)
        return await fetch(
            errand.url,
            rules,
            stage=errand.stage,
            limit=errand.limit,
            body=errand.body,
            known=errand.known,
        )
