"""The rules of the CRM: pure functions on one immutable world; no HTTP, no clock, no randomness."""
