"""The unattended run as a Prefect flow: Prefect adds calendar, history and alert to what the run does itself.

Prefect has an environment of its own, because the versions that it asks for are not those fixed in `constraints.txt`,
and the calendar wants a Prefect server; without one the flow is served, but never started:

    python3 -m venv /srv/prefect && /srv/prefect/bin/pip install 'prefect>=3'
    /srv/prefect/bin/prefect server start --background
    /srv/prefect/bin/prefect config set PREFECT_API_URL=http://127.0.0.1:4200/api
    /srv/prefect/bin/python docs/schedule/prefect_flow.py
"""

import subprocess
from pathlib import Path

from prefect import flow, task
from prefect.logging import get_run_logger

PROJECT = Path(__file__).resolve().parents[2]
BRIEFING = PROJECT / ".venv" / "bin" / "briefing"
UNDER_WAY, INTERRUPTED = 20, 29


@task(
    retries=1,
    retry_delay_seconds=600,
    retry_condition_fn=lambda task, run, state: "may pass" in str(state.message),
)
def run(publish_to: str = "", dry_run: bool = False) -> int:
    """One unattended run; only a run that met another one, or was told to stop, is tried again."""
    command = [str(BRIEFING), "run-scheduled"]
    command += ["--publish-to", publish_to] if publish_to else []
    command += ["--dry-run"] if dry_run else []
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
def briefing(publish_to: str = "", dry_run: bool = False) -> None:
    """Refresh, check, build, verify, publish; a dry run only says what would happen."""
    run(publish_to, dry_run)


if __name__ == "__main__":
    briefing.serve(name="nightly", cron="0 3 * * *")
