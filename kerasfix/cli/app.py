"""The command with its verbs; each verb is a module in `kerasfix.cli.verbs`, loaded when it is called for."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import click

from kerasfix import __version__
from kerasfix.cli import verbs
from kerasfix.cli.exit_codes import PIPE_CLOSED


class Verbs(click.Group):
    """Finds the verbs by the names of their modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all verbs, sorted."""
        return sorted(module.name for module in pkgutil.iter_modules(verbs.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb; None if there is no such verb."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(f"kerasfix.cli.verbs.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> int:
        """Run a verb; its exit code."""
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # click would make it a 1, which means findings here
            return PIPE_CLOSED
        return int(code or 0)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that the arguments begin with. Raises UsageError, with the nearest verb, if there is none."""
        name = args[0]
        known = self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            from kerasfix.project.config import did_you_mean

            raise click.UsageError(f"there is no command {name}{did_you_mean(name, known)}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kerasfix", message="%(prog)s %(version)s")
def app() -> None:
    """Find legacy Keras code and rewrite it into proper Keras layers."""
