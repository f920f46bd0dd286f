"""Methods of models, and the files that they write."""
