"""What a value is and where code runs: an abstract interpretation of the project's modules."""
