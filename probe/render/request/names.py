"""The names of a certificate to ask for: what the profile prescribes, of those that are given."""

import re
from collections.abc import Iterable

from probe.catalogue.needs import Needs
from probe.inventory import naming
from probe.inventory.problems import quote
from probe.model.target import Accepts, Names

_COMMON_NAME = re.compile(
    r"[A-Za-z0-9._@()'-](?:[A-Za-z0-9 ._@()'-]*[A-Za-z0-9._@()'-])?", re.ASCII
)
_DNS = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
_LONGEST = 64  # ub-common-name (RFC 5280, appendix A.1)
_OWN = ("intranet_fqdn", "computer_name")
_TITLES = {
    "intranet_fqdn": "the FQDN for intranet clients",
    "internet_fqdn": "the FQDN for internet clients",
    "computer_name": "the computer name",
    "service_name": "the service name",
    "cluster_fqdn": "the virtual name of the failover cluster",
    "common_name": "a common name",
}


class RequestError(ValueError):
    """What was given does not make a request; ``option`` is the one that is wrong or missing."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


def choose(
    needs: Needs, given: Names, common_name: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """Return the common name, and the values of the subject alternative name."""
    if common_name is not None:
        _check_common_name(common_name)
    required = _required(needs, naming.complete(given, ()).accepts)
    chosen = _Chosen(needs, given)
    result: tuple[str | None, tuple[str, ...]]
    if needs.common_names:
        result = chosen.dictated(required, common_name)
    elif required:
        result = chosen.alternatives(required, common_name)
    else:
        result = chosen.own(common_name)
    chosen.refuse_unused()
    return _checked(needs, *result)


def _checked(
    needs: Needs, subject: str | None, dns: tuple[str, ...]
) -> tuple[str | None, tuple[str, ...]]:
    """Return both as far as the profile allows them; `RequestError` where it does not."""
    if needs.subject_only or needs.alternatives == 0:
        dns = ()
    if needs.alternatives is not None and len(dns) > needs.alternatives:
        message = (
            f'"{needs.profile.id}" allows {needs.alternatives} alternative names, but these are '
            f"{len(dns)}: {', '.join(dns)}"
        )
        raise RequestError("", message)
    if subject is not None and len(subject) > _LONGEST:
        message = f"{quote(subject)} has more than the {_LONGEST} characters of a common name"
        raise RequestError("", message)
    for name in dns:
        if not _DNS.fullmatch(name):
            raise RequestError("", f"{quote(name)} is not a DNS name")
    return subject, dns


def _required(needs: Needs, accepts: Accepts | None) -> tuple[str, ...]:
    """Return the keys of the names that must be there."""
    keys = list(needs.common_names)
    if needs.intranet and (accepts is not Accepts.INTERNET or needs.intranet_always):
        keys.append("intranet_fqdn")
    if needs.internet and (accepts is not Accepts.INTRANET or needs.internet_always):
        keys.append("internet_fqdn")
    return tuple(dict.fromkeys(keys))


class _Chosen:
    """Picks names, and knows in the end which of those given were of no use."""

    def __init__(self, needs: Needs, given: Names) -> None:
        self._needs = needs
        self._given = given
        self._unused = {
            key: value for key in _TITLES if (value := getattr(given, key, None)) is not None
        }

    def _take(self, key: str) -> str:
        """Return a name that must be there; `RequestError` with its option where it is not."""
        value: str | None = getattr(self._given, key)
        if value is None:
            message = f'is missing: "{self._needs.profile.id}" needs {_TITLES[key]}'
            raise RequestError(key, message)
        self._unused.pop(key, None)
        return value

    def dictated(
        self, required: tuple[str, ...], common_name: str | None
    ) -> tuple[str, tuple[str, ...]]:
        """Choose where the profile says which name the common name is."""
        key, *more = self._needs.common_names
        if common_name is not None:
            option = key.replace("_", "-")
            message = f'"{self._needs.profile.id}" takes its common name from --{option}'
            raise RequestError("common_name", message)
        dns = _distinct(map(self._take, required))
        if len(_distinct(map(self._take, (key, *more)))) > 1:
            raise RequestError(more[0], f"cannot be the common name beside --{key}")
        return dns[0], dns

    def alternatives(
        self, required: tuple[str, ...], common_name: str | None
    ) -> tuple[str | None, tuple[str, ...]]:
        """Choose for "subject or alternative name": the latter, and the former only if asked."""
        dns = _distinct(map(self._take, required))
        if self._needs.intranet and "intranet_fqdn" in required and self._given.computer_name:
            dns = _distinct((*dns, self._take("computer_name")))
        if common_name is None:
            return None, dns
        for name in dns:
            if name.casefold() == common_name.casefold():
                return name, dns
        message = f"{quote(common_name)} is none of the names that clients use: {', '.join(dns)}"
        raise RequestError("common_name", message)

    def own(self, common_name: str | None) -> tuple[str, tuple[str, ...]]:
        """Choose where no name is prescribed: the computer's, or any common name."""
        host = next((key for key in _OWN if getattr(self._given, key)), None)
        dns = () if host is None else (self._take(host),)
        if self._needs.computer:
            if common_name is not None:
                message = f'"{self._needs.profile.id}" takes its common name from the computer'
                raise RequestError("common_name", message)
            self._same_computer()
        elif common_name is not None:
            if dns and (self._needs.subject_only or self._needs.alternatives == 0):
                self._unused[host or ""] = dns[0]
            return common_name, dns
        if not dns:
            beside = "" if self._needs.computer else ", --common-name"
            message = (
                f'is missing: "{self._needs.profile.id}" needs a name to tell it from others '
                f"(or --computer-name{beside})"
            )
            raise RequestError("intranet_fqdn", message)
        return dns[0], dns

    def _same_computer(self) -> None:
        fqdn, computer = self._given.intranet_fqdn, self._given.computer_name
        if fqdn and computer:
            self._unused.pop("computer_name", None)
            if fqdn.partition(".")[0].casefold() != computer.casefold():
                message = f"{quote(computer)} is another computer than {quote(fqdn)}"
                raise RequestError("computer_name", message)

    def refuse_unused(self) -> None:
        """Raise `RequestError` for a name that the certificate would not hold."""
        profile, accepts = self._needs.profile.id, self._given.accepts
        reads_accepts = self._needs.intranet or self._needs.internet
        said = f" with --accepts {accepts}" if accepts and reads_accepts else ""
        for key in self._unused:
            raise RequestError(key, f'is of no use: "{profile}"{said} does not hold it')
        if accepts is not None and not reads_accepts:
            raise RequestError("accepts", f'is of no use: it changes nothing for "{profile}"')


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return each name once, whatever its case, as first spelled."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _check_common_name(name: str) -> None:
    if not _COMMON_NAME.fullmatch(name):
        allowed = "ASCII letters, digits, spaces inside, and . _ @ ( ) ' -"
        message = f"{quote(name)} has a character other than {allowed}"
        raise RequestError("common_name", message)
