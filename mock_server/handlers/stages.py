"""Administration of the pipeline stages."""

from __future__ import annotations

from mock_server.context import current_mock
from mock_server.domain import stages
from mock_server.responses import (
    Body,
    created,
    deleted,
    record_bodies,
    record_body,
    saved,
    updated,
)


def create_pipeline_stage(body: Body) -> tuple[Body, int]:
    """Add a stage at the end."""
    values = current_mock().contract.with_defaults("NewStage", body)
    _, stage = current_mock().store.commit(stages.create_stage, values)
    return created(record_body("Stage", stage), "Stage")


def reorder_pipeline_stages(body: Body) -> Body:
    """Put all stages in a new order."""
    _, placed = current_mock().store.commit(stages.reorder_stages, body["order"])
    return saved(record_bodies("Stage", placed), "Stages reordered successfully")


def update_pipeline_stage(id_: int, body: Body) -> Body:
    """Change a stage."""
    _, stage = current_mock().store.commit(stages.update_stage, id_, body or {}, current_mock().now)
    return updated(record_body("Stage", stage), "Stage")


def delete_pipeline_stage(id_: int) -> Body:
    """Delete an empty stage."""
    current_mock().store.commit(stages.delete_stage, id_)
    return deleted("Stage")
