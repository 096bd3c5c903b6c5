"""Deletes what an earlier run has left on the server."""

from __future__ import annotations

import re
from typing import Final

from contract_tests.client.cleanup import CleanUp
from contract_tests.client.client import Client
from contract_tests.run.opening import CouldNotRunError, Opening
from contract_tests.settings.settings import Settings
from deals_spec import Contract

RUN_ID: Final = re.compile(r"dc-[0-9a-f]{6}")
NEEDED: Final = ("listDeals", "deleteDeal", "listDealStages", "deletePipelineStage")


def clean_up_later(settings: Settings, run_id: str) -> list[str]:
    """Delete the deals and stages whose names contain the id of a run; returns what is left.

    Raises CouldNotRunError if the id is not a run's, or if the server cannot be asked.
    """
    if not RUN_ID.fullmatch(run_id):
        raise CouldNotRunError(f"{run_id!r} is not the id of a run, such as dc-0a1b2c")
    if settings.read_only:
        raise CouldNotRunError("--read-only forbids deleting anything")
    client = Client(settings, Contract.load(settings.contract), run_id)
    if refusals := [reason for name in NEEDED if (reason := client.refusal(name))]:
        raise CouldNotRunError(f"{refusals[0]} forbids cleaning up")
    try:
        Opening(client).run()
    except CouldNotRunError as error:
        raise CouldNotRunError(client.redact(str(error))) from error
    return [client.redact(text) for text in CleanUp(client).delete(())]
