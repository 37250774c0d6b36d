{
    "name": "Resilience probe",
    "summary": "A webhook whose handler blocks, fails or kills its process on demand; for tests only",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": ["sire_base"],
    "data": ["security/ir.model.access.csv"],
}
