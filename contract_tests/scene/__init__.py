"""What laws use beside the target: things made for them, and ways to read answers of any shape."""
