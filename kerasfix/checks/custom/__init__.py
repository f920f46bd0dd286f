"""Layers, optimizers, callbacks and the like that users wrote against an older Keras."""
