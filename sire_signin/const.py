"""Numbers that others may want to read in one place."""

from dataclasses import dataclass

# Argon2id: 46 MiB and two passes cost about 75 ms on a 2-core server (OWASP asks for 46 MiB and one pass at least).
# One lane: a sign-in takes one core, and the other serves.
ARGON2 = {"argon2__type": "ID", "argon2__memory_cost": 47104, "argon2__time_cost": 2, "argon2__parallelism": 1}

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Policy:
    """How many attempts are free, and how the wait grows after them.

    :param int free: attempts without a wait
    :param int first: seconds to wait after the last free attempt; doubled by each further one
    :param int longest: seconds at most, so that nobody is shut out for ever
    :param int forget: seconds without an attempt after which the count begins anew
    """

    free: int
    first: int
    longest: int
    forget: int = DAY

    def wait_after(self, count):
        """:return: seconds to wait after so many attempts"""
        if not self.free or count < self.free:
            return 0
        return min(self.first * 2 ** min(count - self.free, 20), self.longest)


# A login from one address, or from a browser in which it signed in before. Free attempts and first wait are the host's
# parameters base.login_cooldown_after and base.login_cooldown_duration.
PASSWORD_PLACE = Policy(free=5, first=MINUTE, longest=HOUR)
# A login from all browsers that it never signed in with: guessing from many addresses.
PASSWORD_LOGIN = Policy(free=20, first=MINUTE, longest=15 * MINUTE)
# An address with many logins: trying one password on everybody. An office behind one address has many people.
PASSWORD_ADDRESS = Policy(free=100, first=MINUTE, longest=15 * MINUTE, forget=HOUR)
# Codes by SMS, which cost money and wake people.
SMS_NUMBER = Policy(free=3, first=MINUTE, longest=4 * HOUR)
SMS_ADDRESS = Policy(free=30, first=MINUTE, longest=HOUR)
# Wrong codes from one address, whatever the number.
SMS_TRIES = Policy(free=50, first=MINUTE, longest=HOUR, forget=HOUR)

CODE_DIGITS = 6
CODE_MINUTES = 10
CODE_TRIES = 5
CREDENTIAL_SMS = "sire_sms_code"

KNOWN_BROWSER_COOKIE = "sire_known"
KNOWN_BROWSER_DAYS = 180

GOOGLE_TOKENINFO = "https://oauth2.googleapis.com/tokeninfo"
GOOGLE_CLIENT_SUFFIX = ".apps.googleusercontent.com"
