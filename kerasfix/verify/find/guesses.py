"""What an argument may be that nothing in the project shows, by the name of its parameter.

Which names matter was counted over the builder functions of published code for Keras 1 and 2.
"""

from __future__ import annotations

# The spellings of a name count as one: `nbClasses`, `nb_classes` and `NB_CLASSES`.
_NAMES: dict[str, tuple[str, ...]] = {
    """
    nb_classes num_classes n_classes n_class num_class nb_class classes nclass nclasses class_num class_count
    number_of_classes no_classes nb_labels num_labels n_labels n_labels nb_categories nb_actions n_actions
    """: ("10",),
}
_GUESSES = {
    name.replace("_", ""): values for names, values in _NAMES.items() for name in names.split()
}  # fmt: skip


def guesses_of(name: str, *, channels_first: bool) -> tuple[str, ...]:
    """Values for a parameter as texts, the likeliest first; none if its name says nothing."""
    return _GUESSES.get(name.lower().replace("_", ""), ())
