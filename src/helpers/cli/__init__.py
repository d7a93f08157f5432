"""The `briefing` command. Each subcommand lives in a module of its name and is imported only when it is called."""

from helpers.cli.app import main

__all__ = ["main"]
