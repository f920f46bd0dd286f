"""The page in a real browser; skipped without one, unless KERASFIX_REQUIRE_BROWSER=1 says that there has to be one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from report.proof.png import Picture, read
from report.proof.samples import HOSTILE, inception, of, vqa, vqa_file, whole

from kerasfix.report.proof.html import render
from kerasfix.verify.verdicts import FileVerdict, Level, Verification

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --force-device-scale-factor=1"
).split()
DARK = "--blink-settings=preferredColorScheme=0"
BADGES = {"equal": "#1a7f4b", "trains": "#0b63ad", "builds": "#8a5a00", "failed": "#b3261e"}

# Runs before all else in the page, and sees what goes wrong in it.
WATCH = """
var problems = [];
var note = function (text) { problems.push(String(text)); };
window.addEventListener("error", function (event) { note(event.message || event.target.tagName); }, true);
window.addEventListener("unhandledrejection", function (event) { note(event.reason); });
document.addEventListener("securitypolicyviolation", function (event) { note("policy: " + event.violatedDirective); });
"""
# Runs after all else: uses the folds, and tells where things are.
USE = """
window.addEventListener("load", function () {
var found = {};
found.badges = Array.from(document.querySelectorAll(".models .badge")).map(function (badge) {
  var box = badge.getBoundingClientRect();
  return [badge.textContent, box.left, box.top, box.right, box.bottom];
});
var out = function () {
  return Array.from(document.querySelectorAll("body *")).filter(function (one) {
    var box = one.getBoundingClientRect();
    return box.width > 1 && box.right > window.innerWidth && !one.closest(".scroll, pre, svg, .unseen, .diff thead");
  }).map(function (one) { return one.outerHTML.slice(0, 120); });
};
var folds = function () { return Array.from(document.querySelectorAll("details")); };
var opened = function () { return folds().filter(function (fold) { return fold.open; }).length; };
found.folds = folds().length; found.closed = opened();
var buttons = Array.from(document.querySelectorAll("button"));
found.buttons = buttons.map(function (button) { return button.textContent; });
var first = document.querySelector("summary");
if (first) {
  first.click(); found.clicked = opened(); first.click(); found.again = opened();
  first.focus(); found.focused = document.activeElement === first;
}
if (buttons.length) {
  buttons[0].click(); found.unfolded = opened(); found.out = out(); buttons[1].click(); found.folded = opened();
  window.dispatchEvent(new Event("beforeprint")); found.printed = opened();
  window.dispatchEvent(new Event("afterprint")); found.printedAfter = opened();
}
var pair = Array.from(document.querySelectorAll(".drawings")).find(function (one) {
  return one.children.length === 2 && one.children[0].scrollHeight > one.children[0].clientHeight;
});
found.title = document.title;
found.width = document.documentElement.scrollWidth;
found.inner = window.innerWidth;
found.problems = problems;
var tell = function () { document.documentElement.dataset.found = JSON.stringify(found); };
if (!pair) { tell(); return; }
var sides = [pair.children[0], pair.children[1]];
sides[0].scrollTo(40, 200);
sides[0].dispatchEvent(new Event("scroll"));
found.scrolled = sides.map(function (side) { return [side.scrollLeft, side.scrollTop]; });
tell();
});
"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and os.environ.get("KERASFIX_REQUIRE_BROWSER") != "1":
        pytest.skip("no chromium or chrome is installed")
    assert found is not None
    return found


def visit(browser: str, page: Path, folder: Path, *flags: str, width: int = 1400, height: int = 1200) -> str:
    """What the browser writes about a page; each time with a profile of its own."""
    profile = folder / "profile"
    shutil.rmtree(profile, ignore_errors=True)
    flags = (f"--user-data-dir={profile}", f"--window-size={width},{height}", *flags)
    done = subprocess.run(
        [browser, *FLAGS, *flags, page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout


def used(browser: str, text: str, folder: Path, width: int = 1400, extra: str = "") -> dict:
    """What is found in a page by the script that uses it."""
    for number, script in enumerate((WATCH, USE)):
        digest = b64encode(sha256(script.encode()).digest()).decode()
        text = text.replace("script-src ", f"script-src &#x27;sha256-{digest}&#x27; ", 1)
        place = "<title>" if number == 0 else "</body>"
        text = text.replace(place, f"<script>{script}</script>{extra if number else ''}{place}", 1)
    page = folder / "used.html"
    page.write_text(text, encoding="utf-8")
    dom = visit(browser, page, folder, "--dump-dom", width=width)
    told = re.search('<html[^>]* data-found="([^"]*)"', dom)
    assert told, dom[:500]
    return json.loads(unescape(told.group(1)))


def seen(browser: str, text: str, folder: Path, *flags: str, width: int = 1400, height: int = 1200) -> Picture:
    page, picture = folder / "page.html", folder / "page.png"
    page.write_text(text, encoding="utf-8")
    visit(browser, page, folder, f"--screenshot={picture}", *flags, width=width, height=height)
    found = read(picture)
    assert (found.width, found.height) == (width, height)
    return found


def rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


@pytest.fixture(scope="module")
def text() -> str:
    return render(whole())


def test_no_script_fails_and_the_folds_work(browser, text, tmp_path):
    found = used(browser, text, tmp_path)
    assert found["problems"] == []
    assert found["folds"] > 10 and found["closed"] == 0
    assert (found["clicked"], found["again"], found["focused"]) == (1, 0, True)
    assert found["buttons"] == ["Unfold all", "Fold all"]
    assert (found["unfolded"], found["folded"]) == (found["folds"], 0)
    assert (found["printed"], found["printedAfter"]) == (found["folds"], 0)


@pytest.mark.parametrize("width", [500, 800, 1400])
def test_only_boxes_scroll_sideways_never_the_page(browser, text, tmp_path, width):
    found = used(browser, text, tmp_path, width)
    assert found["inner"] == width
    assert found["out"] == []
    assert found["width"] <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_badges_have_their_colours_where_they_should_be(browser, text, tmp_path, scheme):
    places = used(browser, text, tmp_path)["badges"]
    picture = seen(browser, text, tmp_path, *([DARK] if scheme == "dark" else []))
    ground = rgb("#15171b" if scheme == "dark" else "#fdfdfb")
    colors = picture.colors()
    assert max(colors, key=lambda color: colors[color]) == ground
    assert len(colors) > 50, "more than a plain page"
    words = [words.split()[-1] for words, *_ in places]
    assert words == ["trains", "failed", "equal", "builds", "equal", "equal"]
    for word, (_, *box) in zip(words, places):
        part = picture.colors(*map(round, box))
        assert part.get(rgb(BADGES[word]), 0) > 0.5 * sum(part.values()), word


def test_a_narrow_page_is_not_blank(browser, text, tmp_path):
    picture = seen(browser, text, tmp_path, width=400, height=3600)
    colors = picture.colors()
    assert set(picture.colors(left=392)) == {rgb("#fdfdfb")}, "nothing sticks out"
    assert all(colors.get(rgb(color), 0) > 500 for color in BADGES.values())


def test_the_page_can_be_read_without_scripts(browser, text, tmp_path):
    colors = seen(browser, re.sub("<script>.*</script>", "", text, flags=re.DOTALL), tmp_path).colors()
    assert colors.get(rgb(BADGES["equal"]), 0) > 5000


def test_hostile_files_do_nothing(browser, tmp_path):
    file = vqa_file(path=HOSTILE, before=f"{HOSTILE}\n", after=f"x = {HOSTILE}\n", fixed={HOSTILE: 1}, models=())
    models = of(vqa(name=HOSTILE, notes=(HOSTILE,))).files
    found = used(browser, render(Verification([file, *models, FileVerdict("z")], HOSTILE, Level.EQUAL)), tmp_path)
    assert found["problems"] == []
    assert found["title"].startswith("kerasfix verify: ")


def test_the_policy_of_the_page_stops_a_script_that_got_in(browser, tmp_path):
    rogue = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">"
    text = render(of(vqa())).replace("<main>", f"<main>{rogue}", 1)
    found = used(browser, text, tmp_path)
    assert found["title"] != "owned"
    assert any(problem.startswith("policy: ") for problem in found["problems"])


def test_a_large_model_stays_usable(browser, tmp_path):
    text = render(of(*(inception(name=f"net_{number}") for number in range(4))))
    found = used(browser, text, tmp_path)
    assert found["problems"] == []
    assert found["width"] <= 1400
    assert found["scrolled"] == [[40, 200], [40, 200]], "both sides scroll as one"
