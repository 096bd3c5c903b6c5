"""The control side, below `/__admin`: worlds, time travel, the clock. Its contract is openapi/admin.yaml."""
