"""The mutation matrix: every defect and legal variation of the mock, and what `deals-contract` says of it."""
