"""What Python itself has changed since."""
