"""Kinds of tests, and the names under which ./sire test tells pytest's plugins about its run."""

DEMO = "SIRE_TEST_DB_DEMO"  # the database with the demo company, when there is one beside the modules'
FULL = "SIRE_TEST_FULL"  # set when everything runs
TOGETHER = "tests/together"  # tests of rooms that do not know each other, on a database with all of them


def kind_of(nodeid):
    """``demo``, ``module`` or ``any``, from where a test stands."""
    top = nodeid.split("/")[0]
    if top == "sire_demo":
        return "demo"
    return "module" if nodeid.startswith(TOGETHER) or top.startswith("sire_") else "any"
