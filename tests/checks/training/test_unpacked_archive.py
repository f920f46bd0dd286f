from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

RULE = "unpacked-archive"
CALL = "from keras.utils import get_file\npath = get_file('a.tgz', 'https://example.org/a.tgz', untar=True)\n"


def offences(code: str, target: str = "keras3"):
    return [one for one in check(code, target) if one.rule == RULE]


def test_os_is_imported_where_it_is_not():
    done = fix(CALL, "keras3")
    assert "import os\n" in done
    assert "path = os.path.join(get_file('a.tgz', 'https://example.org/a.tgz', extract=True), 'a.tgz')\n" in done
    assert not offences(done)
    assert fix(done, "keras3") == done


@pytest.mark.parametrize(
    "code",
    [
        CALL.replace("untar=True", "untar=False"),
        CALL.replace("untar=True", "untar=unpack"),
        CALL.replace("from keras.utils import get_file", "from tools import get_file"),
    ],
)
def test_leaves_alone(code):
    assert not offences(code)


def test_leaves_keras_2_alone():
    assert not offences(CALL, "keras2")


@pytest.mark.parametrize("code", [CALL.replace("'a.tgz', ", "name(), "), "os = 3\n" + CALL])
def test_says_what_to_do_where_it_cannot_do_it(code):
    (one,) = offences(code)
    assert one.fix is None and one.help
