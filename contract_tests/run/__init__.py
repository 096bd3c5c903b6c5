"""One run: opened, judged, cleaned up, closed; as the command and as pytest run it."""
