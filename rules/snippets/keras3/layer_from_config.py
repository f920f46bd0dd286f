"""`layer_from_config` of Keras 1."""

from keras.layers import deserialize
from keras.models import Model, Sequential


def layer_from_config(config, custom_objects=None):
    """A layer or a model from the name of its class, which need not say its module, and its configuration."""
    models = {"Sequential": Sequential, "Model": Model, "Container": Model, "Functional": Model}
    if config["class_name"] in models:
        return models[config["class_name"]].from_config(config["config"], custom_objects=custom_objects)
    return deserialize({"module": "keras.layers", **config}, custom_objects=custom_objects)
