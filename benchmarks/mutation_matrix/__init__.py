"""Whether the suite bites: every defect of the mock's catalogue, and who catches it."""
