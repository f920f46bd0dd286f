"""What the tests have the engines' children call."""


def execute(payload):
    """Run code; its variable `result` is the value."""
    code = payload["code"] if isinstance(payload, dict) else payload
    variables = dict(payload.get("variables", {})) if isinstance(payload, dict) else {}
    exec(compile(code, "<case>", "exec"), variables)
    return variables.get("result")
