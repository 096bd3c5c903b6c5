"""What a request passes through on its way to a handler, and a response on its way back."""
