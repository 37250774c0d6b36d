"""What the sandbox is told at its start: credentials, ports, times. Flags win over SANDBOX_* environment variables."""

import argparse
import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Merchant:
    """A shortcode that takes payments.

    :param shortcode: the pay bill number, or the head office (store) number of a till
    :param kind: ``paybill`` or ``till``
    :param party_b: where the money goes: the pay bill itself, or the till number
    :param name: what the payer reads on the phone
    """

    shortcode: str
    kind: str
    party_b: str
    passkey: str
    name: str

    @property
    def transaction_type(self):
        return "CustomerPayBillOnline" if self.kind == "paybill" else "CustomerBuyGoodsOnline"


@dataclass(frozen=True)
class Settings:
    """Everything that can be changed from outside; times are in seconds, amounts in whole shillings."""

    host: str = "127.0.0.1"
    port: int = 8070
    smtp_port: int = 8071
    consumer_key: str = "sandbox-key"
    consumer_secret: str = "sandbox-secret"
    shortcode: str = "174379"
    store: str = "174380"
    till: str = "5174380"
    second_shortcode: str = "600984"
    passkey: str = "sandbox-passkey"
    business: str = "SIRE TECH Ltd"
    second_business: str = "SIRE EVENTS Ltd"
    initiator: str = "testapi"
    initiator_password: str = "sandbox-initiator"
    pin: str = "1234"
    balance: int = 300_000
    maximum_amount: int = 250_000
    daily_amount: int = 500_000
    maximum_wallet: int = 500_000
    expiry: float = 60
    unanswered: str = "1037"
    token_life: int = 3599
    timestamp_tolerance: int = 300
    callback_timeout: float = 15
    validation_timeout: float = 8
    http_hosts: tuple = field(default=())

    @property
    def merchants(self):
        """:return: the merchants by shortcode: a pay bill, a till behind its store number, another company's pay bill"""
        paybill = Merchant(self.shortcode, "paybill", self.shortcode, self.passkey, self.business)
        till = Merchant(self.store, "till", self.till, self.passkey, self.business)
        second = Merchant(self.second_shortcode, "paybill", self.second_shortcode, self.passkey, self.second_business)
        return {paybill.shortcode: paybill, till.shortcode: till, second.shortcode: second}

    def payee(self, number):
        """:return: the merchant whose pay bill or till number a customer types, or None"""
        return next((found for found in self.merchants.values() if found.party_b == number), None)

    @property
    def initiators(self):
        """:return: user name → whether it may move money; both have the same password"""
        return {self.initiator: True, f"{self.initiator}-viewer": False}

    @property
    def apps(self):
        """:return: consumer key → secret; the second pair lets two companies hold a token each"""
        return {self.consumer_key: self.consumer_secret, f"{self.consumer_key}-2": f"{self.consumer_secret}-2"}


FLAGS = (
    ("port", int, "HTTP port: Daraja, pages and control API (0 takes a free one)"),
    ("smtp-port", int, "SMTP port (0 takes a free one)"),
    ("consumer-key", str, "consumer key that OAuth accepts"),
    ("consumer-secret", str, "its secret"),
    ("shortcode", str, "the pay bill"),
    ("store", str, "store (head office) number of the till"),
    ("till", str, "the till number, PartyB of buy-goods payments"),
    ("second-shortcode", str, "a second company's pay bill"),
    ("passkey", str, "passkey of both shortcodes"),
    ("business", str, "name that the phone shows"),
    ("second-business", str, "the second company's name"),
    ("initiator", str, "API user of asynchronous commands; with -viewer behind it one that may move no money"),
    ("initiator-password", str, "its password, to be encrypted with /certificate.cer"),
    ("pin", str, "the PIN that is right"),
    ("balance", int, "shillings in a new wallet"),
    ("maximum-amount", int, "shillings that one payment may be at most"),
    ("daily-amount", int, "shillings that a customer may pay in a day"),
    ("expiry", float, "seconds until an unanswered prompt ends"),
    ("unanswered", str, "result code of an unanswered prompt: 1037 or 1019"),
    ("timestamp-tolerance", int, "seconds that a timestamp may be off East Africa Time"),
    ("callback-timeout", float, "seconds to wait for the answer to a callback"),
    ("validation-timeout", float, "seconds to wait for the answer to a validation"),
)


def parse(argv=None):
    """Read flags and environment.

    :param argv: arguments without the program's name; None takes the process's own
    :return: (Settings, verbose)
    """
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="Daraja, a phone and an e-mail inbox on loopback, for trying SIRE out."
    )
    parser.add_argument(
        "--host",
        default=os.environ.get("SANDBOX_HOST", Settings.host),
        help="address to listen on; 0.0.0.0 is for containers only",
    )
    for name, kind, text in FLAGS:
        key = name.replace("-", "_")
        default = os.environ.get(f"SANDBOX_{key.upper()}", getattr(Settings, key))
        parser.add_argument(f"--{name}", type=kind, default=default, help=f"{text} (default {default})")
    hosts = [h for h in os.environ.get("SANDBOX_HTTP_HOSTS", "").split(",") if h]
    parser.add_argument(
        "--http-host",
        action="append",
        default=hosts,
        dest="http_hosts",
        metavar="NAME",
        help="a host whose callbacks may be plain http besides loopback, as in a compose network",
    )
    parser.add_argument("--verbose", action="store_true", help="log every request")
    values = vars(parser.parse_args(argv))
    verbose = values.pop("verbose")
    values["http_hosts"] = tuple(values["http_hosts"])
    return Settings(**values), verbose
