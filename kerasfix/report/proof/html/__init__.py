"""The page for a browser: one file that needs nothing else, neither the network nor scripts."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from kerasfix import __version__
from kerasfix.catalogue import Catalogue, load_catalogue
from kerasfix.report.paths import encodable
from kerasfix.report.proof import words
from kerasfix.report.proof.html import files, summary
from kerasfix.report.proof.html.markup import Markup, tag
from kerasfix.verify.verdicts import Verification


def render(verification: Verification, catalogue: Catalogue | None = None) -> str:
    """The page, as text that UTF-8 can hold.

    `catalogue` describes the rules, where they are not only those that ship with kerasfix.
    """
    catalogue = catalogue or load_catalogue()
    style, script = (_beside(name) for name in ("page.css", "page.js"))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        # Whatever a file contains, nothing but what is written here is run or fetched.
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"kerasfix verify: {words.summary(verification)}"),
        tag("style", style),
    )
    parts = [
        files.render(number, file, verification.require, catalogue)
        for number, file in enumerate(words.ordered(verification))
    ]
    foot = tag("footer", tag("p", f"Made by kerasfix {__version__}. The numbers are those of this run."))
    body = tag("body", summary.render(verification, *parts), foot, tag("script", script))
    return encodable(f"<!doctype html>\n{tag('html', head, body, lang='en')}\n")


def _beside(name: str) -> Markup:
    return Markup(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> str:
    allowed = f"style-src {_hash(style)}; script-src {_hash(script)}"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
