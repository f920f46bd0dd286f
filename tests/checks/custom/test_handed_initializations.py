from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

HEAD = "from keras import initializations\nfrom keras.layers import Dense\n"


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_function_that_a_layer_gets_becomes_an_initializer(target):
    done = fix(HEAD + "a = Dense(3, init=initializations.one)\nb = Dense(3, init=initializations.he_normal)\n", target)
    assert "a = Dense(3, kernel_initializer=Ones())\n" in done
    assert "b = Dense(3, kernel_initializer=initializers.get('he_normal'))\n" in done
    assert "initializations" not in done
    assert not check(done, target)


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_what_a_function_of_ones_own_does_with_it_is_an_assumption(target):
    code = HEAD + "\n\ndef run(init):\n    return init((3, 3))\n\n\nvalues = run(initializations.uniform)\n"
    assert fix(code, target) == code
    done = fix(code, target, unsafe=True)
    assert "values = run(RandomUniform(minval=-0.05, maxval=0.05))\n" in done


def test_functions_of_later_versions_stay():
    code = "from keras import initializers\nfrom keras.layers import Dense\na = [initializers.orthogonal]\n"
    assert fix(code, "keras3", unsafe=True) == code
