"""Modules that are not installed: what may be said about them without having them."""

from __future__ import absolute_import, division, print_function
