"""What star imports bind is what the sources of Keras bind."""

import pytest
from legacy_sources import all_modules

from kerasfix.names.exports import _MODULES, EXPORTS, exports

# Modules, which the package binds once they are imported.
_ELSEWHERE = {"keras"}
_FOREIGN = {"control_flow_ops"}  # of TensorFlow


@pytest.mark.parametrize("module", _MODULES)
def test_the_names_of_a_module_are_those_of_some_version(module):
    assert exports(module) <= all_modules()[module]
    assert exports(f"tensorflow.{module}") == exports(module)


@pytest.mark.parametrize("module", sorted(EXPORTS.keys() - _ELSEWHERE))
def test_the_names_of_a_package_are_those_of_some_version(module):
    assert EXPORTS[module] - _FOREIGN <= all_modules()[module]


def test_a_path_that_is_none_of_keras_has_no_names():
    assert exports("numpy") == frozenset()
    assert exports("keras.layers") == EXPORTS["keras.layers"]
    assert exports("keras.layers.core") < exports("keras.layers") | {"ActivityRegularizer"}
