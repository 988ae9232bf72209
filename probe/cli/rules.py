"""``cmprobe rules``: show, validate or export the catalogue."""

import json
import sys
from argparse import Namespace
from pathlib import Path

from probe.catalogue import CatalogueError, export, load, problems
from probe.catalogue.coverage import load_coverage
from probe.cli import terminal
from probe.cli.catalogue import catalogue_of
from probe.cli.output import say
from probe.cli.usage import UsageError
from probe.model.coverage import Coverage
from probe.model.rule import Catalogue
from probe.render.coverage import show_coverage
from probe.render.document import Block, Heading, Paragraph, Table, markdown
from probe.render.rules import UnknownRuleError, list_profiles, list_rules, show_rule


def run(options: Namespace) -> int:
    """Run one of list, show, profiles, coverage, check and export; returns the exit status."""
    if options.action == "export":
        return _export(options)
    if options.action == "check":
        return _check(options)
    catalogue = catalogue_of(options)
    width, exact = terminal.width(sys.stdout), options.format != "text"
    if options.action == "list":
        say(list_rules(catalogue, options.format, width=width), exact=exact)
    elif options.action == "profiles":
        say(list_profiles(catalogue, options.format, width=width), exact=exact)
    elif options.action == "coverage":
        say(show_coverage(_coverage(catalogue, options), options.format, width=width), exact=exact)
    else:
        try:
            say(show_rule(catalogue, options.id, options.format, width=width), exact=exact)
        except UnknownRuleError as error:
            raise UsageError(f"cmprobe rules show: {error}") from None
    return 0


def _coverage(catalogue: Catalogue, options: Namespace) -> Coverage:
    """Return the table of the catalogue; UsageError when it does not fit the rules."""
    directory = None if options.rules is None else Path(options.rules)
    try:
        return load_coverage(catalogue, directory)
    except CatalogueError as error:
        raise UsageError(str(error)) from None


def _check(options: Namespace) -> int:
    """Say that a catalogue loads, or everything that is wrong with it (status 2)."""
    if None not in (options.rules, options.directory):
        raise UsageError("cmprobe rules check: DIR and --rules DIR are the same: give one of them")
    named = options.directory if options.rules is None else options.rules
    directory = None if named is None else Path(named)
    found = problems(directory)
    if options.format == "json":
        told = [
            {"file": problem.file, "key": problem.key, "message": problem.message}
            for problem in found
        ]
        say(json.dumps({"problems": told}, indent=2, ensure_ascii=False), exact=True)
        return 2 if found else 0
    if found and options.format == "text":
        raise UsageError("\n".join(map(str, found)))
    if found:
        rows = tuple(((one.file,), (one.key,), (one.message,)) for one in found)
        _page("Problems of the catalogue", Table(("File", "Key", "Problem"), rows))
        return 2
    catalogue = load(directory)
    verdict = (
        f"revision {catalogue.revision}, {len(catalogue.rules)} rules, "
        f"{len(catalogue.profiles)} profiles: no problem found"
    )
    if options.format == "text":
        say(verdict)
    else:
        _page("Problems of the catalogue", Paragraph((verdict,)))
    return 0


def _export(options: Namespace) -> int:
    """Copy the shipped catalogue out."""
    directory = Path(options.directory)
    try:
        exported = str(export(directory))
    except CatalogueError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{directory}: {error.strerror or error}") from None
    if options.format == "json":
        text = json.dumps({"directory": exported}, indent=2, ensure_ascii=False)
        say(text, exact=True)
    elif options.format == "markdown":
        _page("Exported rules", Paragraph((exported,)))
    else:
        say(exported)
    return 0


def _page(title: str, block: Block) -> None:
    """Say one block under a heading, as Markdown."""
    say(markdown([Heading(1, title), block]), exact=True)
