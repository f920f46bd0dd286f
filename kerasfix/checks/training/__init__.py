"""Losses, metrics, optimizers and the loop of training."""
