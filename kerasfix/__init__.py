"""kerasfix: bring legacy Keras code back to life, and prove it."""

__version__ = "0.1.0"
