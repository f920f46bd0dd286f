"""`model_from_config` of Keras 1 and 2, on Keras 3."""

from keras.models import Model, Sequential


def model_from_config(config, custom_objects=None):
    """A model from the name of its class, which need not say its module, and its configuration."""
    classes = {"Sequential": Sequential, "Model": Model, "Functional": Model, **(custom_objects or {})}
    return classes[config["class_name"]].from_config(config["config"], custom_objects=custom_objects)
