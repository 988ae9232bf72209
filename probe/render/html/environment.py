"""Templates and what they are filled by: nothing gets into a page that was not made safe."""

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from probe.render.escape import escape

_PACKAGE = "probe.render.html"
_PIECES = re.compile(r"[^.:\\]*(?:\.|[:\\][^.:\\]*)|[^.:\\]+")

STYLE = "style.css"
SCRIPT = "page.js"
ICON = "icon.svg"
ASSETS = {
    STYLE: "text/css; charset=utf-8",
    SCRIPT: "text/javascript; charset=utf-8",
    ICON: "image/svg+xml",
}


def fill(template: str, **values: object) -> str:
    """Return a template of this package filled with ``values``."""
    return _environment().get_template(template).render(**values)


@cache
def asset(name: str) -> str:
    """Return the text of one of `ASSETS`."""
    return (files(_PACKAGE) / "assets" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["breakable"] = _breakable
    return environment


def _breakable(name: str) -> Markup:
    """Let a long name be broken after its dots and before its port, rather than anywhere."""
    return Markup("<wbr>").join(_PIECES.findall(escape(name)))


def _shown(value: object) -> object:
    """Make visible what would act on the reader's screen; HTML escaping comes after this."""
    if value is None:
        raise TypeError("a template shows None")
    return escape(value) if isinstance(value, str) and not isinstance(value, Markup) else value
