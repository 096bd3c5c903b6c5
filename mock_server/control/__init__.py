"""The control side, below `/__admin`: worlds, time travel, the clock; `openapi/admin.yaml` is its contract."""
