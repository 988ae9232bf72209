"""Every check by name: what it looks at, and which parameters a rule may give it.

A check is a pure function. What it takes before the ``*`` says what it looks at; the annotated
keyword-only parameters after it are what a rule may set.
"""

import inspect
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Concatenate, Literal, ParamSpec, get_args, get_origin

import msgspec

from probe.checks.suggest import in_plain_words, nearest
from probe.model.certificate import Certificate, Presented
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.model.target import Target

P = ParamSpec("P")


class Kind(Enum):
    """What a check looks at.

    A ``CONTENT`` check sees the certificate and the time and nothing else, so its answer holds
    wherever that certificate turns up. An ``OCTETS`` check also sees what cannot be decoded.
    Where nothing was looked up, the answer of a ``RECORDED`` check holds likewise.
    """

    CONTENT = "content"
    OCTETS = "octets"
    RECORDED = "recorded"
    CERTIFICATE = "certificate"
    ENDPOINT = "endpoint"


class ParameterError(ValueError):
    """A parameter that does not fit the check; ``key`` is empty when one is missing."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class Parameter(msgspec.Struct, frozen=True):
    """One parameter that a rule may set."""

    name: str
    type: str
    required: bool

    def __str__(self) -> str:
        """Read as ``oid: str`` or ``wildcard: bool (optional)``."""
        return f"{self.name}: {self.type}" + ("" if self.required else " (optional)")


class Check(msgspec.Struct, frozen=True):
    """A registered check; ``summary`` is the first line of its description.

    ``settled`` answers for a target whatever is seen of it, if that can be said; see `settled_by`.
    """

    name: str
    kind: Kind
    function: Callable[..., Judgement]
    parameters: tuple[Parameter, ...]
    shape: type[msgspec.Struct]
    summary: str
    settled: Callable[..., Judgement | None] | None = None

    @property
    def usage(self) -> str:
        """The parameters that the check expects, for messages."""
        if not self.parameters:
            return f"{self.name} takes no parameters"
        return f"{self.name} takes {', '.join(map(str, self.parameters))}"

    def convert(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``params`` in the types of the check; `ParameterError` where they do not fit."""
        names = [parameter.name for parameter in self.parameters]
        for name in params:
            if name not in names:
                raise ParameterError(
                    name, f'unknown parameter "{name}"{nearest(name, names)}; {self.usage}'
                )
        for parameter in self.parameters:
            if parameter.required and parameter.name not in params:
                raise ParameterError("", f'missing parameter "{parameter.name}"; {self.usage}')
        try:
            values = msgspec.convert(dict(params), self.shape)
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at `$.")
            told = f"{in_plain_words(message)}; {self.usage}"
            raise ParameterError(path.rstrip("`"), told) from None
        return {name: getattr(values, name) for name in params}


CHECKS: dict[str, Check] = {}


def content_check(
    function: Callable[Concatenate[Certificate, datetime, P], Judgement],
) -> Callable[Concatenate[Certificate, datetime, P], Judgement]:
    """Register a check of what a certificate says, at an instant."""
    _register(Kind.CONTENT, function)
    return function


def octets_check(
    function: Callable[Concatenate[Presented, datetime, P], Judgement],
) -> Callable[Concatenate[Presented, datetime, P], Judgement]:
    """Register a check of what was sent as a certificate, whether it is one or not."""
    _register(Kind.OCTETS, function)
    return function


def certificate_check(
    function: Callable[Concatenate[Certificate, Evidence, P], Judgement],
) -> Callable[Concatenate[Certificate, Evidence, P], Judgement]:
    """Register a check of one certificate in the light of all the evidence."""
    _register(Kind.CERTIFICATE, function)
    return function


def recorded_check(
    function: Callable[Concatenate[Certificate, Evidence, P], Judgement],
) -> Callable[Concatenate[Certificate, Evidence, P], Judgement]:
    """Register a check of a certificate and of what was recorded of its revocation."""
    _register(Kind.RECORDED, function)
    return function


def settled_by(
    settled: Callable[Concatenate[Target, P], Judgement | None],
) -> Callable[[Callable[..., Judgement]], Callable[..., Judgement]]:
    """Note what answers a check for some targets before anything is seen of them.

    It stands above the registration, takes the target and the check's parameters, and returns
    None where a certificate is needed. So what does not concern a target is not applicable to it
    when it could not be reached, too.
    """

    def note(function: Callable[..., Judgement]) -> Callable[..., Judgement]:
        name = function.__name__
        CHECKS[name] = msgspec.structs.replace(CHECKS[name], settled=settled)
        return function

    return note


def endpoint_check(
    function: Callable[Concatenate[Evidence, P], Judgement],
) -> Callable[Concatenate[Evidence, P], Judgement]:
    """Register a check of an endpoint, or of a file, as a whole."""
    _register(Kind.ENDPOINT, function)
    return function


def _register(kind: Kind, function: Callable[..., Judgement]) -> None:
    name = function.__name__
    if name in CHECKS:
        raise ValueError(f"two checks are named {name}")
    given = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    fields: list[Any] = []
    parameters = []
    for parameter in given:
        required = parameter.default is parameter.empty
        default = () if required else (parameter.default,)
        fields.append((parameter.name, parameter.annotation, *default))
        parameters.append(Parameter(parameter.name, _spell(parameter.annotation), required))
    CHECKS[name] = Check(
        name,
        kind,
        function,
        tuple(parameters),
        msgspec.defstruct(name, fields, kw_only=True, frozen=True),
        (inspect.getdoc(function) or name).partition("\n")[0],
    )


def _spell(annotation: Any) -> str:  # noqa: ANN401 - any annotation
    """Spell a parameter's type as the author of a rule needs it."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _spell(get_args(annotation)[0])
    if origin is Literal:
        return " or ".join(f'"{value}"' for value in get_args(annotation))
    if origin is tuple:
        return f"list of {_spell(get_args(annotation)[0])}"
    if origin is not None:
        parts = (part for part in get_args(annotation) if part is not type(None))
        return " or ".join(map(_spell, parts))
    return _NAMES.get(annotation, str(annotation))


_NAMES = {str: "text", int: "integer", float: "number", bool: "true or false"}
