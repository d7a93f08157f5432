"""The `briefing` command. Each subcommand lives in a module of its name."""

import sys


def main() -> None:
    """Entry point of the console script.

    A build that has nothing to do is answered here, before anything heavy is imported.
    """
    arguments = sys.argv[1:]
    if arguments[:1] == ["build"] and "--force" not in arguments:
        from helpers.fingerprint import unchanged_site

        if site := unchanged_site(arguments):
            if "--json" in arguments:
                import json

                print(json.dumps({"event": "done", "site": str(site), "is_new": False, "notebooks": []}))
                return
            print(site / "index.html")
            print("nothing has changed, nothing was run", file=sys.stderr)
            return
    from helpers.cli.app import app

    app()
