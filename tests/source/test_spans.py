import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasfix.source import spans

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def values(value, text, start):
    """The value that is put together of what stands at the spans."""
    if isinstance(value, dict):
        found = spans.members(text, start)
        assert list(found) == list(value)
        return {key: values(value[key], text, member.start) for key, member in found.items()}
    if isinstance(value, list):
        return [values(inner.value, text, inner.start) for inner in spans.elements(text, start)]
    return json.JSONDecoder().raw_decode(text, start)[0]


@given(VALUES, st.sampled_from([None, 1, "\r\n\t"]), st.booleans(), st.text(" \t\r\n", max_size=2))
def test_spans_hold_the_values(value, indent, ascii_only, space):
    text = space + json.dumps(value, indent=indent, ensure_ascii=ascii_only) + space
    top = spans.document(text)
    assert top.value == json.loads(text[top.start : top.end]) == value
    assert values(value, text, top.start) == value


def test_of_equal_names_the_last_counts():
    text = '{"a": 1, "a" :[ 2 ,3 ] }'
    member = spans.members(text, 0)["a"]
    assert (member.value, text[member.start : member.end]) == ([2, 3], "[ 2 ,3 ]")
    assert [text[inner.start : inner.end] for inner in spans.elements(text, member.start)] == ["2", "3"]


@pytest.mark.parametrize("text", ["", "{", "[1,]", "{} {}", "x"])
def test_what_is_no_json(text):
    with pytest.raises(json.JSONDecodeError):
        spans.document(text)
