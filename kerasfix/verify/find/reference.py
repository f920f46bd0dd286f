"""Which Keras a file was written for, as the name of one that it can be run on."""

from __future__ import annotations

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.flow.facts import ModuleFacts
from kerasfix.settings import Settings
from kerasfix.verify.find.scenario import Reference


def reference_of(facts: ModuleFacts, settings: Settings) -> Reference:
    """The Keras to run a file on, by what the file shows."""
    if facts.root != "keras":
        return Reference("tf_keras", f"it takes Keras from `{facts.root}`")
    era = Context(settings, facts).era
    if era is Era.KERAS1:
        return Reference("keras==1.2.2", "it is written for Keras 1", ("keras==1.0.8", "keras==2.1.6"))
    return Reference("keras==2.1.6", f"it is written for {era.value}", ("keras==1.2.2", "keras==2.3.1"))
