"""What a name means: Keras' own names under all the paths that lead to them, and imports within the project."""
