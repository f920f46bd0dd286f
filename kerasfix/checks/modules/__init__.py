"""Modules and names that have moved, and code for two versions or two Kerases."""
