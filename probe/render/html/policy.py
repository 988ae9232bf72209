"""The Content Security Policies (CSP 3) of pages that are served and of a report in one file."""

import base64
import hashlib

# connect-src: the script asks the page's own address again while somebody types in its filter.
SERVED = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def self_contained(style: str, script: str) -> str:
    """Return the policy of a file that runs exactly this style sheet and this script.

    It stands in a meta element, where frame-ancestors has no meaning.
    """
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " img-src data:; form-action 'none'; base-uri 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
