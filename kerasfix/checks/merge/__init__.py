"""`merge` and `Merge` of Keras 1, and what they become."""
