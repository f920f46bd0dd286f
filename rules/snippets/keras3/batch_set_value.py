def batch_set_value(pairs):
    """Give each variable its value."""
    for variable, value in pairs:
        variable.assign(value)
