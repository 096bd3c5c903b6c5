"""Defects: what real backends get wrong. Each breaks one thing that the documentation says or implies."""

SUBJECTS = (
    *("paging", "filters", "dates", "sorting", "fields", "writes", "updates", "moves", "deletes"),
    *("stages", "board_and_stats", "caches", "tasks", "notes_and_emails", "files", "access", "rejections"),
    *("downloads", "import_rows", "extremes", "after_deletion", "closed_deals", "write_responses"),
    "robustness",
)
