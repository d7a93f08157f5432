"""The `briefing` command: its subcommands and what they share."""

import typer

from helpers.cli import (
    build,
    check,
    claims,
    classify,
    diff,
    lab,
    moves,
    new,
    pdf,
    readme,
    refresh,
    scheduled,
    serve,
    sweep,
    verify,
)

app = typer.Typer(
    name="briefing",
    help="China's AI compute under US export controls: rebuild, check and question the briefing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.command()(build.build)
app.command()(check.check)
app.command()(classify.classify)
app.command()(claims.claims)
app.command()(diff.diff)
app.command()(verify.verify)
app.command()(serve.serve)
app.command()(lab.lab)
app.command()(pdf.pdf)
app.command()(readme.readme)
app.command(context_settings=new.CONTEXT)(new.new)
app.command()(moves.moves)
app.command()(refresh.refresh)
app.command("run-scheduled")(scheduled.scheduled)
app.command()(sweep.sweep)
