"""What laws use besides the client: sample data, and readers for responses of any structure."""
