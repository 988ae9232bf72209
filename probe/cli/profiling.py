"""For which profile, names and roles a certificate file is judged."""

from argparse import Namespace
from pathlib import Path

import msgspec

from probe.catalogue import CatalogueError
from probe.cli.names import names_of
from probe.cli.usage import UsageError
from probe.inventory import InventoryError, naming
from probe.inventory.roles import profiles, unknown
from probe.inventory.templates import Templates, load_templates
from probe.judge import Plan
from probe.judge.guess import guess_profile
from probe.model.certificate import Presented
from probe.model.roles import ROLES
from probe.model.target import Names, Target

_ANY = "any"
_SOURCE = "file"


class Asked:
    """What the options ask of every file; the profile is guessed where they name none."""

    def __init__(self, options: Namespace, plan: Plan) -> None:
        self.names = names_of(options, "inspect")
        self._roles = _roles(options)
        self._plan = plan
        self._https_only: bool = options.https_only
        self._targets: dict[tuple[str, ...], Target] = {}
        self.profiles = self._named(options)
        self._templates = _templates(options, plan)

    def _named(self, options: Namespace) -> tuple[str, ...] | None:
        """Return the profiles that the options name; UsageError for one that does not exist."""
        found = profiles(self._roles) if self._roles else (_ANY,)
        if options.profile is not None:
            found = self._with_any(options.profile)
        elif len(found) == 1:
            return None
        try:
            self._plan.steps(found, _SOURCE)
        except CatalogueError as error:
            raise UsageError(f"cmprobe inspect: --profile: {error.message}") from None
        return found

    def target(self, path: str, certificate: Presented | None, *, has_private_key: bool) -> Target:
        """Return what a certificate of a file is judged as; its id is the path."""
        chosen = self.profiles
        if chosen is None:
            guessed = _ANY
            if certificate is not None:
                guessed = guess_profile(certificate, self.names, has_private_key=has_private_key)
            known = guessed in self._plan.catalogue.profiles  # a company may have left some out
            chosen = self._with_any(guessed) if known else (_ANY,)
        if chosen not in self._targets:
            self._targets[chosen] = self._build(chosen)
        return msgspec.structs.replace(self._targets[chosen], id=path)

    def _with_any(self, profile: str) -> tuple[str, ...]:
        known = self._plan.catalogue.profiles.get(profile)
        return (profile,) if known and known.alone else tuple(dict.fromkeys((_ANY, profile)))

    def _build(self, chosen: tuple[str, ...]) -> Target:
        # A profile that one role alone has tells the role, and with it whose name is meant.
        only = [role.id for role in ROLES.values() if role.profile == chosen[-1]]
        roles = self._roles or (tuple(only) if len(only) == 1 else ())
        names = self.names
        if names != Names():
            names = naming.complete(names, roles)
        try:
            host = naming.host(roles[0] if roles else "tls", names, None)
        except naming.NoHostError:
            host = ""
        return Target(
            id="",
            host=host,
            port=0,
            roles=roles,
            profiles=chosen,
            names=names,
            templates={key: self._templates[key] for key in chosen if key in self._templates},
            https_only=self._https_only,
            origin="command line",
        )


def _templates(options: Namespace, plan: Plan) -> Templates:
    """Return the templates of the inventory that the options name; UsageError."""
    if options.templates is None:
        return {}
    try:
        return load_templates(Path(options.templates), plan.catalogue.profiles)
    except InventoryError as error:
        raise UsageError(str(error)) from None


def _roles(options: Namespace) -> tuple[str, ...]:
    for role in options.role or ():
        if message := unknown(role):
            raise UsageError(f"cmprobe inspect: --role: {message}")
    return tuple(dict.fromkeys(options.role or ()))
