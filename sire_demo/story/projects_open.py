"""Projects that people work on now: partially paid, overdue, waiting for an answer, or not quoted yet."""

from .types import Part, Pay, Phase, Project, Quote, Revised, Task

ONGOING = (
    Project(
        "barakafreight", "Freight tracking portal",
        "Importers follow their container from the ship to the depot; clerks type each step once.",
        -160, 45, 3800, False, ("developer", "developer2"),
        (
            Phase(
                (Task("Container register", 30), Task("Milestones and alerts", 22)),
                Quote(-164, "approved", -159, payments=(Pay(-140, "bank", 150000), Pay(-118, "bank"))),
            ),
            Phase((Task("Scanner at the depot gate", 13, 1.0, 4200),),
                  Quote(-147, "approved", -143, payments=(Pay(-117, "bank"),))),
            Phase(
                (Task("Importer's portal", 34, 0.9), Task("Customs entry import", 18, 0.6, 4500)),
                Quote(-62, "approved", -58, payments=(Pay(-40, "bank", 120000),)),
            ),
            Phase((Task("Driver's phone pages", 26, 0.0),), Quote(-6, "sent")),
        ),
        (("Depot process map", "https://docs.siretech.example/baraka/process"),
         ("Customs file format", "https://docs.siretech.example/baraka/customs")),
    ),
    Project(
        "kileletea", "Stock and dispatch system",
        "Leaf in, packets out: lots, blends, pallets and lorries in one place.",
        -130, 60, 3600, False, ("developer",),
        (
            Phase(
                (Task("Lots and blends", 28), Task("Weighbridge reading", 12, 1.0, 4200)),
                Quote(-134, "approved", -128, payments=(Pay(-99, "bank"),)),
            ),
            Phase((Task("Pallet labels", 14, 0.8), Task("Dispatch notes", 16, 0.5)),
                  Quote(-54, "approved", -50)),
            Phase((Task("Tablet holders on two fork lifts", 8, 0.0, 2500),),
                  Quote(-27, "approved", -23, voided="The fork lifts were sold: nothing was mounted.")),
        ),
    ),
    Project(
        "juasolar", "Field technicians' app",
        "Jobs, photographs and signatures from the roof, even without network.",
        -110, -4, 3500, False, ("developer2",),
        (
            Phase(
                (Task("Jobs and visits", 24), Task("Working without network", 20, 0.7, 4200)),
                Quote(-115, "approved", -109, payments=(Pay(-100, "mpesa", 90000), Pay(-1, "cash", 20000))),
            ),
            Phase((Task("Spare parts on the van", 18, 0.0),), Quote(-24, "expired", valid_days=14)),
        ),
    ),
    Project(
        "savannadairy", "Milk intake records",
        "Litres and quality of 640 farmers, payday file for the bank, statement by SMS.",
        -95, 50, 3400, False, ("developer", "developer2"),
        (
            Phase(
                (Task("Farmers and routes", 16), Task("Scale and tester reading", 20, 1.0, 4000), Task("Payday file", 12, 0.4)),
                Quote(-98, "approved", -92, payments=(Pay(-70, "bank", 100000), Pay(-33, "mpesa", 50000))),
            ),
            Phase(
                (Task("Farmers' pages on the phone", 32, 0.7), Task("Training on eight routes", 20, 0.3, 2500)),
                Quote(-52, "approved", -47, plan=(
                    Part("Deposit", 40, payments=(Pay(-41, "bank"),)),
                    Part("First two routes", 30, "First two routes", -13, -12, payments=(Pay(-4, "mpesa", 20000),)),
                    Part("All eight routes", 20, "All eight routes", -1),
                    Part("Balance", None))),
            ),
        ),
        (("Scale manual", "https://docs.siretech.example/savanna/scale"),),
    ),
    Project(
        "pwaniseafoods", "Cold chain monitoring",
        "Temperature of every box from the boat to the plane, with a warning before it is too late.",
        -70, 40, 3800, False, ("developer2",),
        (
            Phase(
                (Task("Sensors and gateway", 20), Task("Warnings by SMS", 10, 0.9)),
                Quote(-74, "approved", -69, payments=(Pay(-60, "mpesa", 100000), Pay(-48, "paybill", 35000))),
            ),
            Phase((Task("Export certificate", 14, 0.0),), Quote(-21, "approved", -12)),
            Phase((Task("Screen in the harbour office", 10, 0.0),),
                  Quote(-8, "declined", -6, reason="We look at it on the phone, a screen is not needed.")),
        ),
    ),
    Project(
        "mwangazasacco", "Member loans portal",
        "Members see shares and loans, apply on the phone; the committee approves with a reason.",
        -48, 75, 4000, False, ("developer",),
        (
            Phase(
                (Task("Members, shares and loans", 32, 0.7), Task("Loan application", 22, 0.3)),
                Quote(-50, "approved", -45, payments=(Pay(-30, "bank", 120000),)),
            ),
            Phase((Task("Committee's meeting room", 16, 0.0),), Quote(-9, "sent", revised=Revised(-5, 10))),
            Phase((Task("Dividend calculation", 12, 0.0, 4500),), None),
        ),
    ),
    Project(
        "dukapoa", "Loyalty cards",
        "Points at five tills, one balance, vouchers that cannot be used twice.",
        -30, 90, 3500, False, ("developer", "developer2"),
        (
            Phase((Task("Points and vouchers", 26, 0.5), Task("Till connection", 20, 0.2, 4200)),
                  Quote(-33, "approved", -28, payments=(Pay(-5, "bank", 80000), Pay(-2, "cheque", 60000)))),
            Phase((Task("Campaigns by SMS", 12, 0.0),), Quote(-70, "expired")),
            Phase((Task("Branch in Rongai", 18, 0.0),), Quote(-3, "draft")),
        ),
    ),
    Project(
        "zawadipharmacy", "Insurance claims",
        "Claims to three insurers from the prescription register.",
        -16, 55, 3500, False, ("developer",),
        (
            Phase((Task("Claim form and rules", 20, 0.1),), Quote(-18, "approved", -15, payments=(Pay(-14, "mpesa", 40000), Pay(-1, "cash", 15000)))),
            Phase((Task("Insurer's answers", 15, 0.0),), Quote(-2, "sent")),
        ),
    ),
    Project(
        "upendoclinic", "Vaccination reminders",
        "A message to the parent a week and a day before each vaccination.",
        -5, 35, 3500, False, ("developer2",),
        (
            Phase((Task("Vaccination calendar", 12, 0.0), Task("Reminders by SMS", 10, 0.0)), Quote(-1, "draft")),
        ),
    ),
    Project(
        "msitulodges", "Wi-Fi for the new lodge",
        "Survey, cabling and vouchers for guests.",
        3, 40, 2800, False, ("developer",),
        (
            Phase((Task("Survey of the site", 8, 0.0), Task("Cabling and access points", 24, 0.0), Task("Guest vouchers", 6, 0.0)), None),
        ),
    ),
)  # fmt: skip
