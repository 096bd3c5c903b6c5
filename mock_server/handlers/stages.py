"""Administration of the pipeline stages."""

from __future__ import annotations

from mock_server.domain import stages
from mock_server.handlers.answers import (
    Body,
    created,
    deleted,
    record_bodies,
    record_body,
    saved,
    updated,
)
from mock_server.handlers.context import mock


def create_pipeline_stage(body: Body) -> tuple[Body, int]:
    """Add a stage at the end."""
    values = {**mock().contract.defaults("NewStage"), **body}
    _, stage = mock().worlds.commit(stages.create_stage, values)
    return created(record_body("Stage", stage), "Stage")


def reorder_pipeline_stages(body: Body) -> Body:
    """Put all stages in a new order."""
    _, placed = mock().worlds.commit(stages.reorder_stages, body["order"])
    return saved(record_bodies("Stage", placed), "Stages reordered successfully")


def update_pipeline_stage(id_: int, body: Body) -> Body:
    """Change a stage."""
    _, stage = mock().worlds.commit(stages.update_stage, id_, body or {}, mock().now)
    return updated(record_body("Stage", stage), "Stage")


def delete_pipeline_stage(id_: int) -> Body:
    """Take an empty stage away."""
    mock().worlds.commit(stages.delete_stage, id_)
    return deleted("Stage")
