"""Label values: text of strangers, made visible and short."""

from probe.render.escape import escape

LONGEST = 200
"""Characters of a label value; what is longer ends in an ellipsis."""


def label(text: str | None, longest: int = LONGEST) -> str:
    """Return ``text`` as a label value: one line of at most ``longest`` characters, all of UTF-8.

    Nothing (None) is the empty value, which Prometheus takes as if the label were not there.
    """
    if not text:
        return ""
    shown = escape(text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def written(value: str) -> str:
    """Escape a label value as the text formats want it between double quotes."""
    if "\\" in value or '"' in value or "\n" in value:
        return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return value
