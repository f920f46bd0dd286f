"""Programs from a grammar: merges in merges, in lists and functions, under names that are bound again and again."""

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "x", "y"])
MODES = st.sampled_from(
    ["", ", mode='sum'", ", mode='concat'", ", 'mul'", ", mode='concat', concat_axis=1", ", mode=mode"]
)
TENSORS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("merge([{0}, {1}]{2})".format, inner, inner, MODES),
        st.builds("merge([\n        {0},  # first\n        {1}\n    ]{2})".format, inner, inner, MODES),
        st.builds("Dense(3)({0})".format, inner),
        st.builds("kl.merge([{0}, {1}])".format, inner, inner),
        st.builds("merge(ts{0})".format, MODES),
        st.builds("Merge(mode='sum')([{0}, {1}])".format, inner, inner),
        st.builds("df.merge({0})".format, inner),
        st.builds("({0} if c else {1})".format, inner, inner),
        st.builds("[{0} for x in ts][0]".format, inner),
        st.builds("(lambda a: {0})({1})".format, inner, inner),
    ),
    max_leaves=6,
)
SIMPLE = st.one_of(
    st.builds("{0} = {1}".format, NAMES, TENSORS),
    st.builds("ts.append({0})".format, TENSORS),
    st.builds("ts = [{0}, {1}]".format, TENSORS, TENSORS),
    st.builds("{0}, {1} = {2}, {3}".format, NAMES, NAMES, TENSORS, TENSORS),
    st.builds("print({0})  # é, merge".format, TENSORS),
    st.builds("from keras.layers import {0}".format, st.sampled_from(["merge", "Merge", "Add", "merge as m, Dense"])),
    st.sampled_from(["merge = other", "Add = 3", "del a", "import keras.layers as kl", "from keras.layers import *"]),
)
HEADS = st.sampled_from(
    ["if c:", "for a in ts:", "while c:", "def f(a, merge=None):", "def g(a):", "class C:", "with c as b:", "try:"]
)


@st.composite
def statements(draw, depth=2):
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        if depth and draw(st.integers(0, 2)) == 0:
            head = draw(HEADS)
            body = "\n".join("    " + line for line in draw(statements(depth - 1)).split("\n"))
            parts.append(f"{head}\n{body}" + ("\nfinally:\n    pass" if head == "try:" else ""))
        else:
            parts.append(draw(SIMPLE))
    return "\n".join(parts)


IMPORTS = (
    "from keras.layers import Input, Dense, merge, Merge\nimport keras.layers as kl\n"
    "a = b = x = y = Input((3,))\nts = []\n"
)
