"""The client of the server under test: requests and responses, pace, secrets, and clean-up."""
