"""The `briefing` command. Each subcommand lives in a module of its name."""

from helpers.cli.app import main

__all__ = ["main"]
