"""What runs beside the user's code, on any Keras: it brings models to life and measures them.

The same code runs on Keras 1, Keras 2, tf_keras and Keras 3, and, as `kerasfix record` hands it out, in environments of
their time: Python 2.7 and 3.4 upward, with nothing but Keras and numpy.
"""
