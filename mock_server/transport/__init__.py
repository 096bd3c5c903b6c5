"""What a request passes on its way to a handler, and an answer on its way back."""
