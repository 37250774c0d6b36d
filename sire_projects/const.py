"""What a project's documents may be."""

#: System parameter: the largest file, in MB.
MAX_MB_PARAMETER = "sire_projects.document_max_mb"
MAX_MB_DEFAULT = 25

#: Shillings an hour for a company that has not set its own rate.
HOURLY_RATE_DEFAULT = 3500.0
