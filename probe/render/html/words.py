"""Small things that every page shows: verdicts, instants, and text of bounded length."""

from datetime import datetime
from typing import NamedTuple

from probe.model.finding import Outcome
from probe.model.rule import Severity
from probe.render import marks
from probe.render.digest import State
from probe.render.jsonchain import rfc3339
from probe.render.paper import Span, Style
from probe.render.times import absolute, relative

# No honest value is longer; the JSON report has the whole of it.
LONGEST = 600

_MEANINGS = {
    "✓": "good",
    "✗": "failed",
    "!": "warning",
    "i": "notice",
    "?": "not judged",
    "·": "nothing to judge",
    "○": "unreachable",
}


class Badge(NamedTuple):
    """A verdict: a mark, a word that says the same, and the tone that colours both."""

    mark: str
    tone: str
    word: str


class Moment(NamedTuple):
    """An instant: for programs, for people, and as seen from now."""

    iso: str
    absolute: str
    relative: str


WAITING = Badge("…", "faint", "waiting")
MET = Badge("✓", "good", "met")
NOT_JUDGED = Badge("?", "open", "not judged")

_OUTCOMES = {
    Outcome.PASS: MET,
    Outcome.INDETERMINATE: NOT_JUDGED,
    Outcome.NOT_APPLICABLE: Badge("·", "faint", "not applicable"),
    Outcome.NOT_OBSERVABLE: Badge("·", "faint", "not observable"),
}


def badge(span: Span) -> Badge:
    """Return the badge of a mark of the terminal report."""
    mark, style = span
    return Badge(mark, tone(style), _MEANINGS[mark])


def of_state(state: State | None, *, file: bool = False) -> Badge:
    """Return the badge of a target's state (None: it was not probed yet), or of a file's."""
    if state is None:
        return WAITING
    mark, style = marks.state_mark(state)
    return Badge(mark, tone(style), marks.state_word(state, file=file)[0])


def of_severity(severity: Severity) -> Badge:
    """Return the badge of a requirement of that severity that is not met."""
    mark, style = marks.severity_mark(severity)
    return Badge(mark, tone(style), severity.value)


def of_outcome(outcome: Outcome, severity: Severity) -> Badge:
    """Return the badge of an answer."""
    return of_severity(severity) if outcome is Outcome.FAIL else _OUTCOMES[outcome]


def tone(style: Style) -> str:
    """Return the class that the style sheet gives a style."""
    return style.name.lower()


def moment(instant: datetime | None, now: datetime) -> Moment | None:
    """Return an instant as it is shown, or None for none."""
    if instant is None:
        return None
    return Moment(rfc3339(instant), absolute(instant), relative(instant, now))


def bounded(text: str, length: int = LONGEST) -> str:
    """Return at most ``length`` characters of a text, and say so where it was cut."""
    return text if len(text) <= length else f"{text[:length]}… ({len(text)} characters)"


def one_line(text: str) -> str:
    """Return the text of a rule without the line breaks of its file."""
    return " ".join(text.split())
