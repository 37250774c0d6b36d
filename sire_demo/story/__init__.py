"""The story: plain tables, no database. Days count from today, so the past is always the past."""
