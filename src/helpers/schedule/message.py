"""The word sent when a run ends: to a command on its standard input, or to a webhook as JSON.

The webhook's address is a secret: it comes from the environment only (`BRIEFING_WEBHOOK`) and is never written down,
not even in the text of an error.
"""

import json
import os
import shlex
import subprocess
from typing import Any
from urllib.parse import urlsplit

import httpx

WEBHOOK = "BRIEFING_WEBHOOK"
COMMAND = "BRIEFING_NOTIFY"
SECONDS = 20


class NotSent(Exception):
    """The word did not get out; the message names no address."""


def channels(command: str = "") -> list[str]:
    """What would be told, in words that may be logged."""
    told = []
    if command or os.environ.get(COMMAND):
        told.append(f"command {shlex.split(command or os.environ[COMMAND])[0]}")
    if os.environ.get(WEBHOOK):
        told.append("webhook")
    return told


def send(report: dict[str, Any], command: str = "") -> list[str]:
    """Send the report to every channel that is set; returns those reached. Raises NotSent after trying them all."""
    reached, failed = [], []
    command = command or os.environ.get(COMMAND, "")
    if command:
        (failed if (why := _to_command(command, report)) else reached).append(why or "command")
    if address := os.environ.get(WEBHOOK, ""):
        (failed if (why := _to_webhook(address, report)) else reached).append(why or "webhook")
    if failed:
        raise NotSent("; ".join(failed))
    return reached


def _to_command(command: str, report: dict[str, Any]) -> str:
    """Why it failed; empty when it went well. The command does not see the webhook's address."""
    words = shlex.split(command)
    environment = {name: value for name, value in os.environ.items() if name != WEBHOOK}
    try:
        done = subprocess.run(
            words,
            input=json.dumps(report, ensure_ascii=False),
            text=True,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"command {words[0]}: {type(error).__name__}"
    return f"command {words[0]}: exit code {done.returncode}" if done.returncode else ""


def _to_webhook(address: str, report: dict[str, Any]) -> str:
    """Why it failed; empty when it went well. Tried three times."""
    if urlsplit(address).scheme not in ("http", "https"):
        return f"webhook: {WEBHOOK} is no http(s) address"
    why = ""
    for _ in range(3):
        try:
            answer = httpx.post(address, json=report, timeout=SECONDS, follow_redirects=False)
        except httpx.HTTPError as error:
            why = f"webhook: {type(error).__name__}"
            continue
        if answer.status_code < 300:
            return ""
        why = f"webhook: status {answer.status_code}"
        if answer.status_code < 500 and answer.status_code != 429:
            break
    return why
