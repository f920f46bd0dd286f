"""Lets go of files in which no rule can fire, before anything expensive is done to them."""
