"""Defects: what real backends get wrong. Each breaks one thing that the documentation says or means."""

SUBJECTS = (
    *("paging", "filters", "sorting", "fields", "writes", "deletes", "stages", "board_and_stats"),
    *("tasks_notes_emails", "files", "access", "robustness"),
)
