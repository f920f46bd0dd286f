"""Every kind of input becomes one Python text and a way back."""
