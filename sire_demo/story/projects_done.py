"""Projects that are finished and paid, or nearly."""

from .types import Pay, Phase, Project, Quote, Task

FINISHED = (
    Project(
        "tumainigirls", "Fee payment by M-Pesa",
        "Parents pay school fees from the phone, the bursar sees every payment beside the pupil's name.",
        -352, -268, 3500, True, ("developer", "developer2"),
        (
            Phase(
                (Task("Pupils and fee structures", 16), Task("M-Pesa pay bill and receipts", 24, rate=4200),
                 Task("Bursar's reports", 12)),
                Quote(-355, "approved", -351, payments=(
                    Pay(-349, "mpesa", 120000), Pay(-334, "bank"))),
            ),
            Phase(
                (Task("Training the bursar's office", 8, rate=2500), Task("SMS to parents", 14)),
                Quote(-300, "approved", -297, payments=(Pay(-285, "cash", 20000), Pay(-281, "mpesa"))),
            ),
        ),
        (("Minutes of the first meeting", "https://docs.siretech.example/tumaini/minutes"),),
    ),
    Project(
        "msitulodges", "Booking website",
        "Guests see free rooms, book and pay; the lodge prints one list a day.",
        -330, -240, 3500, True, ("developer2",),
        (
            Phase(
                (Task("Design of pages", 14), Task("Rooms and calendar", 26), Task("Card and M-Pesa payment", 18, rate=4200)),
                Quote(-334, "approved", -329, payments=(Pay(-326, "bank", 130000), Pay(-310, "bank"))),
            ),
            Phase((Task("Letters to guests before they arrive", 9),),
                  Quote(-316, "approved", -312, payments=(Pay(-298, "mpesa"),))),
            Phase((Task("Photographs of the three lodges", 10, rate=3000),),
                  Quote(-270, "declined", -266, reason="We found a photographer in Nanyuki.")),
        ),
    ),
    Project(
        "zawadipharmacy", "Prescription register",
        "Every prescription entered once, repeat medicine found in seconds, expiry dates watched.",
        -290, -215, 3200, True, ("developer",),
        (
            Phase(
                (Task("Import of the old spreadsheets", 9), Task("Register and search", 22), Task("Expiry warnings", 8)),
                Quote(-293, "approved", -290, payments=(Pay(-290, "mpesa", 70000), Pay(-274, "cash", 25000), Pay(-262, "mpesa"))),
            ),
            Phase((Task("Labels for repeat medicine", 11),),
                  Quote(-275, "approved", -271, payments=(Pay(-260, "mpesa"),))),
        ),
    ),
    Project(
        "upendoclinic", "Patient queue display",
        "Tickets at the door, names on the screen, waiting time by hour for the director.",
        -255, -190, 3500, True, ("developer", "developer2"),
        (
            Phase(
                (Task("Ticket printer and door tablet", 12), Task("Display for three rooms", 16), Task("Waiting times report", 6)),
                Quote(-258, "approved", -254, payments=(Pay(-251, "mpesa", 60000), Pay(-243, "cash", 30000), Pay(-226, "mpesa"))),
            ),
        ),
    ),
    Project(
        "achiengadvocates", "Case file archive",
        "Scanned files with dates, parties and hearings, found by any word in them.",
        -235, -150, 4000, True, ("developer2",),
        (
            Phase(
                (Task("Scanner set up and file plan", 10), Task("Archive and full text search", 28), Task("Court diary", 16)),
                Quote(-240, "approved", -234, payments=(Pay(-229, "bank", 150000), Pay(-205, "bank"))),
            ),
            Phase((Task("Reading of 400 old boxes", 60, rate=1800),),
                  Quote(-190, "declined", -184, reason="Too expensive this year. Please offer it again in January.")),
        ),
    ),
    Project(
        "barakafreight", "Company website",
        "Services, branches and a quotation form in English and Swahili.",
        -210, -165, 3000, True, ("developer",),
        (
            Phase(
                (Task("Design and texts", 18), Task("Build and launch", 20)),
                Quote(-213, "approved", -209, payments=(Pay(-180, "bank"),)),
            ),
            Phase((Task("Branch pages and map", 12),),
                  Quote(-189, "approved", -185, payments=(Pay(-160, "bank"),))),
        ),
    ),
)  # fmt: skip
