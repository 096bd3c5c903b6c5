"""Handlers of the control side: one function for each operation, as in `mock_server/handlers`."""
