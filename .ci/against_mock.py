#!/usr/bin/env python3
"""Start a mock, run a command against it, end the mock as Ctrl-C would, and insist on a clean end.

    against_mock.py "<command that starts the mock>" <command> [<argument> …]

The command finds the mock in its environment: MOCK_URL, and ADMIN_TOKEN, MANAGER_TOKEN, REP_TOKEN.
An argument may name them too, as in `{MOCK_URL}`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys


def started(command: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """The running mock, and where it is."""
    process = subprocess.Popen(
        ["bash", "-c", f"{command} --port 0 --json"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    printed = ""
    while not printed.startswith("{"):
        printed = process.stdout.readline() if process.stdout else ""
        if not printed:
            sys.exit("The mock ended before it was ready")
    print(re.sub(r"eyJ[\w.-]+", "<token>", printed), flush=True)
    told = json.loads(printed)
    tokens = {f"{role.upper()}_TOKEN": token for role, token in told["tokens"].items()}
    return process, {"MOCK_URL": told["api"], **tokens}


def filled(text: str, facts: dict[str, str]) -> str:
    """The text with the facts that it names in braces; other braces are its own."""
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def main(start: str, *command: str) -> None:
    process, facts = started(start)
    try:
        arguments = [filled(part, facts) for part in command]
        done = subprocess.run(arguments, env={**os.environ, **facts}, check=False)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        ended = process.wait(timeout=20)
    if ended != 0:
        sys.exit(f"The mock did not end cleanly: status {ended}")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main(*sys.argv[1:])
