"""Load the coverage table of a catalogue, and refuse one that does not fit its rules."""

from collections.abc import Iterator
from pathlib import Path

from probe.catalogue.convert import convert
from probe.catalogue.errors import CatalogueError
from probe.catalogue.files import File
from probe.catalogue.shipped import shipped
from probe.checks.suggest import nearest
from probe.model.coverage import Coverage, Section, Sentence
from probe.model.rule import Catalogue

FILE = "coverage.toml"
_ANY = "any"


def load_coverage(catalogue: Catalogue, directory: Path | None = None) -> Coverage:
    """Load the table beside ``catalogue``; `CatalogueError` when the two do not fit together."""
    path = (directory or shipped()) / FILE
    try:
        file = File(str(path), path.stem, path.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CatalogueError(str(path), "", f"cannot be read: {reason}") from None
    coverage = convert(file, Coverage)
    mentioned: set[str] = set()
    for key, section in _sections(coverage):
        mentioned |= _check_section(file, key, section, catalogue)
    _check_ours(file, coverage, mentioned, catalogue)
    return coverage


def _sections(coverage: Coverage) -> Iterator[tuple[str, Section]]:
    for number, document in enumerate(coverage.document):
        for index, section in enumerate(document.section):
            yield f"document[{number}].section[{index}]", section


def _check_section(file: File, key: str, section: Section, catalogue: Catalogue) -> set[str]:
    if bool(section.sentences) == bool(section.none):
        message = "has sentences or says why there are none: one of the two"
        raise CatalogueError(file.path, f"{key}.sentences", message)
    if section.profile is not None and section.profile not in catalogue.profiles:
        hint = nearest(section.profile, catalogue.profiles)
        message = f'there is no profile "{section.profile}"{hint}'
        raise CatalogueError(file.path, f"{key}.profile", message)
    mentioned: set[str] = set()
    for index, sentence in enumerate(section.sentences):
        where = f"{key}.sentences[{index}]"
        _check_sentence(file, where, sentence)
        _check_rules(file, f"{where}.rules", sentence.rules, catalogue)
        _check_profile(file, f"{where}.rules", sentence.rules, section.profile, catalogue)
        mentioned.update(sentence.rules)
    return mentioned


def _check_sentence(file: File, key: str, sentence: Sentence) -> None:
    if not sentence.rules and sentence.unseen is None:
        raise CatalogueError(file.path, key, "needs rules, or unseen and look")
    if (sentence.unseen is None) != (sentence.look is None):
        raise CatalogueError(file.path, key, "unseen and look go together")


def _check_rules(file: File, key: str, rules: tuple[str, ...], catalogue: Catalogue) -> None:
    for rule in rules:
        if rule not in catalogue.rules:
            message = f'there is no rule "{rule}"{nearest(rule, catalogue.rules)}'
            raise CatalogueError(file.path, key, message)


def _check_profile(
    file: File, key: str, rules: tuple[str, ...], profile: str | None, catalogue: Catalogue
) -> None:
    """Refuse a rule that the profile of the section never asks."""
    if profile is None:
        return
    asked = set(catalogue.profiles[profile].rules)
    if _ANY in catalogue.profiles and not catalogue.profiles[profile].alone:
        asked.update(catalogue.profiles[_ANY].rules)
    for rule in rules:
        if rule not in asked:
            message = f'the profile "{profile}" does not ask for "{rule}"'
            raise CatalogueError(file.path, key, message)


def _check_ours(file: File, coverage: Coverage, mentioned: set[str], catalogue: Catalogue) -> None:
    ours: set[str] = set()
    for index, entry in enumerate(coverage.ours):
        _check_rules(file, f"ours[{index}].rules", entry.rules, catalogue)
        ours.update(entry.rules)
    if both := sorted(ours & mentioned):
        message = f'"{both[0]}" is in a sentence too: it is one or the other'
        raise CatalogueError(file.path, "ours", message)
    if missing := sorted(set(catalogue.rules) - mentioned - ours):
        message = f"no sentence has these rules, so they belong here: {', '.join(missing)}"
        raise CatalogueError(file.path, "ours", message)
