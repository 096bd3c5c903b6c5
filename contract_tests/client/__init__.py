"""The implementation under test: requests and answers, pace, secrets, and what is to be cleaned up."""
