"""A past edition in a process of its own: `python -m helpers.edition.past DATE FOLDER RENDERER`.

Several can so run side by side; each has its own run folder, and ends when the build that asked for it does.
"""

import sys
from pathlib import Path

from helpers.edition.build import BuildFailed, build
from helpers.pages import RenderFailed
from helpers.run import NotebookFailed, ParameterError
from helpers.run.offspring import end_with_parent


def main() -> None:
    """Make the edition; a failure is said in one line on the standard error, with exit code 1."""
    end_with_parent()
    as_of, folder, renderer = sys.argv[1:]
    try:
        build({"as_of": as_of}, Path(folder), renderer, editions="none")
    except NotebookFailed as failed:
        sys.exit(f"{failed}\nThe failed notebook is kept: {failed.kept}")
    except (BuildFailed, ParameterError, RenderFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
