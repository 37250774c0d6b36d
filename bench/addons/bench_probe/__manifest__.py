{
    "name": "Bench probe",
    "summary": "The cheapest route that writes one row; for benchmarks only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": ["web"],
}
