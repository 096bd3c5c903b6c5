"""The rules of the CRM: pure functions on an immutable world, without HTTP, clock or randomness."""
