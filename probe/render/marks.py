"""The marks and colours of verdicts: each can be told from the others without colour."""

from probe.model.path import LinkVerdict
from probe.model.rule import Severity
from probe.render.digest import State
from probe.render.paper import Span, Style

GOOD: Span = ("✓", Style.GOOD)
BAD: Span = ("✗", Style.BAD)
OPEN: Span = ("?", Style.OPEN)
NONE: Span = ("·", Style.FAINT)

_STATES = {
    State.UNREACHABLE: ("○", Style.BAD, "unreachable"),
    State.FAILING: ("✗", Style.BAD, "failing"),
    State.WARNING: ("!", Style.WARN, "warning"),
    State.UNJUDGED: ("?", Style.OPEN, "unknown"),
    State.GOOD: ("✓", Style.GOOD, "good"),
}

_SEVERITIES = {
    Severity.ERROR: ("✗", Style.BAD),
    Severity.WARNING: ("!", Style.WARN),
    Severity.NOTICE: ("i", Style.NOTE),
}

_LINKS = {
    LinkVerdict.OK: GOOD,
    LinkVerdict.UNDECIDED: OPEN,
    LinkVerdict.WEAK: ("!", Style.WARN),
    LinkVerdict.KEY_IDENTIFIER: ("!", Style.WARN),
}


def state_mark(state: State) -> Span:
    """Return the mark of a target's state."""
    mark, style, _ = _STATES[state]
    return mark, style


def state_word(state: State, *, file: bool = False) -> Span:
    """Return the word for the state of a target, or of a file."""
    _, style, word = _STATES[state]
    return "unreadable" if file and state is State.UNREACHABLE else word, style


def severity_mark(severity: Severity) -> Span:
    """Return the mark of a requirement of that severity that is not met."""
    return _SEVERITIES[severity]


def link_mark(verdict: LinkVerdict) -> Span:
    """Return the mark of a link; one that breaks the chain for every client is bad."""
    return _LINKS.get(verdict, BAD)
