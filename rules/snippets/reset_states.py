"""`Model.reset_states` as a function."""


def reset_states(model):
    """Set the states of all stateful layers of a model back to zero."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            reset_states(layer)
        elif hasattr(layer, "reset_states") and getattr(layer, "stateful", False):
            layer.reset_states()
