"""`briefing serve`: look at the built site on this machine."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer


def serve(
    folder: Annotated[Path | None, typer.Argument(help="The site; _site by default.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = 8000,
) -> None:
    """Serve the site at http://127.0.0.1:PORT until Ctrl-C."""
    from helpers.paths import project_root

    site = folder or project_root() / "_site"
    if not (site / "index.html").is_file():
        typer.echo(f"{site} holds no site; run `briefing build` first", err=True)
        raise typer.Exit(1)
    try:
        server = ThreadingHTTPServer(
            ("127.0.0.1", port), partial(SimpleHTTPRequestHandler, directory=str(site))
        )
    except OSError as error:
        typer.echo(f"port {port} cannot be used ({error.strerror}); give another with --port", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"http://127.0.0.1:{server.server_port}/ serves {site}; Ctrl-C ends")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
