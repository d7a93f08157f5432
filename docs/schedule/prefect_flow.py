"""The unattended run as a Prefect flow (`pip install prefect`); serve it with `python docs/schedule/prefect_flow.py`.

The run itself takes care of its lock, log and retries; Prefect adds the calendar, the history and the alert.
"""

import subprocess
import sys
from pathlib import Path

from prefect import flow, task
from prefect.logging import get_run_logger

PROJECT = Path(__file__).resolve().parents[2]
UNDER_WAY, INTERRUPTED = 20, 29


@task(
    retries=1,
    retry_delay_seconds=600,
    retry_condition_fn=lambda task, run, state: "may pass" in str(state.message),
)
def run(publish_to: str = "") -> int:
    """One unattended run; only a run that met another one, or was told to stop, is tried again."""
    command = [sys.executable, "-c", "from helpers.cli import main; main()", "run-scheduled"]
    command += ["--publish-to", publish_to] if publish_to else []
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    logger = get_run_logger()
    for line in (done.stdout + done.stderr).splitlines():
        logger.info(line)
    if done.returncode in (UNDER_WAY, INTERRUPTED):
        raise RuntimeError(f"exit code {done.returncode}, may pass")
    if done.returncode:
        raise RuntimeError(f"exit code {done.returncode}; docs/schedule/README.md says which stage that is")
    return done.returncode


@flow(name="briefing")
def briefing(publish_to: str = "") -> None:
    """Refresh, check, build, verify, publish."""
    run(publish_to)


if __name__ == "__main__":
    briefing.serve(name="nightly", cron="0 3 * * *")
