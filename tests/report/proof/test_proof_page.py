"""The page as text: that it is whole, says all, and cannot be broken by what is in the files."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from report.proof.samples import (
    HOSTILE,
    captions,
    inception,
    inception_architecture,
    of,
    siamese,
    unverified,
    vqa,
    vqa_file,
    whole,
)

from kerasfix.catalogue import Catalogue
from kerasfix.report.proof import html
from kerasfix.report.proof.html import render
from kerasfix.verify.verdicts import (
    Architecture,
    FileVerdict,
    Layer,
    Level,
    Outcome,
    Shortfall,
    Tensor,
    Verification,
)

VOID = {"meta", "rect", "circle", "path", "line", "polyline", "col", "br"}


class Page(HTMLParser):
    """The elements of a page, which have to be nested as they should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts.append((self.open[-1], data))

    @property
    def text(self) -> str:
        return "".join(text for tag, text in self.texts if tag not in ("style", "script"))

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes, _ in self.elements if tag in tags]


@pytest.fixture(scope="module")
def text() -> str:
    return render(whole())


@pytest.fixture(scope="module")
def page(text) -> Page:
    return Page(text)


def test_the_page_needs_nothing_else(page, text):
    sources = [value for _, attributes, _ in page.elements for key, value in attributes.items() if key == "src"]
    assert not sources
    assert not page.all("link", "img", "iframe", "object", "embed", "base", "form")
    assert "url(" not in text and "@import" not in text
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not [
        key for _, attributes, _ in page.elements for key in attributes if key == "style" or key.startswith("on")
    ]


def test_links_lead_to_places_in_the_page_or_to_references(page):
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        href = str(link["href"])
        assert href.startswith("https://") or href.removeprefix("#") in ids, href
    labels = [attributes["aria-labelledby"] for _, attributes, _ in page.elements if "aria-labelledby" in attributes]
    assert {one for label in labels for one in str(label).split()} <= set(ids)


def test_headings_are_in_order(page):
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_pictures_have_titles(page):
    outside_prose = [
        at for at, (tag, attributes, _) in enumerate(page.elements) if tag == "table" and "class" in attributes
    ]
    for at in outside_prose:
        assert page.elements[at + 1][0] == "caption"
    for at, (tag, attributes, _) in enumerate(page.elements):
        if tag == "svg" and attributes.get("aria-hidden") != "true":
            assert attributes["role"] == "img"
            assert [page.elements[at + 1][0], page.elements[at + 2][0]] == ["title", "desc"]


def test_boxes_that_scroll_can_be_reached_by_keyboard(page):
    boxes = [attributes for _, attributes, _ in page.elements if "scroll" in (attributes.get("class") or "").split()]
    assert boxes and all(box.get("tabindex") == "0" for box in boxes)


def test_what_came_out_is_said_in_words(page):
    assert (
        "Not proven as asked for (equal): 2 models, 1 scenario not verified, 1 file could not be handled." in page.text
    )
    assert "3 of 5 models equal, 1 builds, 1 failed" in page.text
    assert "✕ Failed: the outputs differ from those of the original" in page.text
    assert "The numbers differ first at lstm_1 (LSTM): its output differs by 0.0387" in page.text
    assert "◌ Not proven further: the original does not run on Keras 1.2.2: No module named 'seya'" in page.text
    assert "✕ Nothing could be run: line 1: Missing parentheses in call to 'print'" in page.text
    assert "Note: model.fit was cut to 5 steps" in page.text
    assert "4,100 times what is allowed" in page.text
    assert "1/84 of what is allowed" in page.text


def test_rules_are_explained(page):
    assert "6 fixes by 4 rules." in page.text
    assert "merge-function ×3 merge(...), the Keras 1 function, is gone" in page.text
    assert "A replacement by hand is easily a different network" in page.text


def test_a_rule_that_nothing_is_known_of_is_named():
    page = Page(render(Verification([vqa_file(fixed={"own-rule": 2})], "keras3", Level.EQUAL), Catalogue({})))
    assert "own-rule ×2" in page.text


def test_merges_are_explained_in_the_models_own_numbers(page):
    assert "64 + 64 = 128" in page.text
    assert (
        "dense_3 (Dense) has 8,256 parameters (128 × 64 + 64); after Add it would have 4,160 (64 × 64 + 64)."
        in page.text
    )
    assert "With Add the model would have 56,906 parameters, 4,096 fewer." in page.text


def test_layers_before_and_after_are_beside_each_other(text):
    row = re.search(r"<tr class=\"rewritten\">(?:(?!</tr>).)*merge_1.*?</tr>", text)
    assert row
    cells = re.sub("<[^>]+>", "|", row.group()).replace("||", "|")
    for part in ("◆", "Merge(mode=&#x27;concat&#x27;)", "merge_1", "(None, 128)", "Concatenate", "concatenate"):
        assert part in cells


def test_a_large_model_is_drawn_in_runs_and_once_in_full(page):
    layers = len(inception_architecture("Keras 3.15.1").layers)
    assert layers > 275
    assert f"All {layers} layers, drawn one by one" in page.text
    assert f"Table of {layers} layers, the same on both sides" in page.text
    assert "9 layers" in page.text


def test_a_large_run_stays_small():
    output = render(of(*(inception(name=f"net_{number}") for number in range(5))))
    assert len(output) < 3_000_000


@pytest.mark.parametrize("part", ["path", "text", "model", "layer", "rule", "keras"])
def test_hostile_text_stays_text(part):
    evil = HOSTILE
    layer = Layer(evil, evil, ((evil,),), ((None, 1),), ((None, 1),), 1, 0, {"mode": evil})
    merge = Layer(f"{evil}2", "Merge", ((evil,),), ((None, 1),), ((None, 1),), 0, 0, {"mode": evil})
    architecture = Architecture(evil, evil, (Tensor(evil, (1,), evil),), (), (layer, merge), 1, 1)
    verification = {
        "path": Verification(
            [FileVerdict(evil, failure=evil, shortfalls=(Shortfall(evil, evil),))], "keras3", Level.EQUAL
        ),
        "text": Verification([vqa_file(before=f"{evil}\n1\n", after=f"{evil}\n2\n")], "keras3", Level.EQUAL),
        "model": of(
            vqa(name=evil, scenario=evil, reason=evil, notes=(evil,), parted_at=f"`{evil}`", level=Level.BUILDS)
        ),
        "layer": of(vqa(before=architecture, after=architecture)),
        "rule": of(fixed={evil: 1}),
        "keras": Verification([], evil, Level.EQUAL, evil),
    }[part]
    output = render(verification)
    page = Page(output)
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not page.all("img")
    assert "\u202e" not in output and "\x00" not in output
    assert "document.title=" in page.text


def test_what_no_encoding_can_hold_is_replaced():
    render(Verification([FileVerdict("a\udc80.py", before="x = '\udc80'\n")], "keras3", Level.EQUAL)).encode("utf-8")


def test_scripts_of_files_would_not_run_even_unescaped(text):
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert "default-src &#x27;none&#x27;" in policy.group(1)
    assert "unsafe" not in policy.group(1)


def test_nothing_looked_at():
    page = Page(render(Verification([], "keras3", Level.EQUAL)))
    assert "No model was found." in page.text and "No file was looked at." in page.text


@pytest.mark.parametrize(
    "model",
    [
        vqa(before=None, after=None, differences=(), losses_before=(), losses_after=()),
        vqa(after=None),
        vqa(losses_before=(math.nan, math.inf), losses_after=(math.nan,)),
        vqa(losses_before=(0.0,), losses_after=()),
        vqa(losses_before=(1e30, -1e30, 1e-30)),
        vqa(losses_before=(1.7e308, -1.7e308)),
        vqa(differences=(), outcome=Outcome.FAILED),
        captions(pairs=(("words", "words"), ("gone", "lstm_1"), ("dense_1", "words"))),
        unverified(after=Architecture("Keras 3", "Model", (), (), (), 0, 0)),
        siamese(level=Level.NOTHING),
    ],
)
def test_what_is_not_known_is_left_out(model):
    Page(render(of(model)))


def test_the_page_is_the_same_whichever_file_was_done_first():
    files = list(whole().files)
    one, other = (Verification(order, "keras3", Level.EQUAL) for order in (files, files[::-1]))
    assert render(one) == render(other)


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(scheme):
    style = Path(html.__file__).with_name("page.css").read_text()
    schemes = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
        for part in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    colors = schemes[0] | schemes[scheme]
    pairs = [(text, ground) for text in ("ink", "soft", "link") for ground in ("ground", "panel")]
    pairs += [("good", "ground"), ("bad", "ground"), ("bad", "bad-ground"), ("merge", "ground"), ("merge", "panel")]
    pairs += [("merge", "merge-ground"), ("ink", "merge-ground"), ("soft", "merge-ground"), ("soft", "bad-ground")]
    pairs += [("ink", f"{side}-{what}") for side in ("old", "new") for what in ("ground", "word")]
    pairs += [("bad", "old-ground"), ("good", "new-ground")]
    colors["white"] = "#ffffff"
    pairs += [("white", level) for level in ("equal", "trains", "builds", "parses", "nothing")]
    assert {
        pair: contrast(colors[pair[0]], colors[pair[1]])
        for pair in pairs
        if contrast(colors[pair[0]], colors[pair[1]]) < 4.5
    } == {}


def test_the_page_needs_no_library_that_takes_long_to_import():
    names = ("libcst", "click", "tensorflow")
    code = f"import sys, kerasfix.report.proof.html; print([name for name in {names} if name in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output == "[]\n"
