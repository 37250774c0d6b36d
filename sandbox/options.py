"""Switches of the outside world: what Safaricom does differently from shortcode to shortcode, or from year to year."""

from dataclasses import asdict, dataclass, fields, replace

CHOICES = {
    "msisdn": ("masked", "hashed", "plain"),
    "amounts": ("10", "10.00"),
    "names": ("given", "empty"),
    "till": ("till", "store"),
    "register_code": ("0", "00000000"),
    "result_code": ("usual", "number", "text"),
    "pull_dates": ("utc", "offset", "naive"),
}


@dataclass(frozen=True)
class Options:
    """All switches, with what holds until a test says otherwise.

    :param production: C2B addresses can be registered once only, and nothing can be simulated
    :param validation: shortcodes for which validation is switched on
    :param stk_confirmation: a paid prompt raises a C2B confirmation too
    :param msisdn: the payer in C2B bodies
    :param amounts: TransAmount as ``10`` or ``10.00``
    :param names: ``empty`` leaves all names of C2B bodies empty
    :param till: BusinessShortCode of buy-goods bodies: the till number or the store's
    :param register_code: ResponseCode of a registration
    :param single_parameter: results carry one ResultParameter, as an object and not in a list
    :param result_code: ResultCode of results as a number or a text; usually a text for reversals, else a number
    :param pull_dates: trxDate in UTC with Z, with +03:00, or East Africa Time without an offset
    :param pull_page: rows that one pull query gives
    """

    production: bool = False
    validation: tuple = ()
    stk_confirmation: bool = True
    msisdn: str = "masked"
    amounts: str = "10.00"
    names: str = "given"
    till: str = "till"
    register_code: str = "0"
    single_parameter: bool = False
    result_code: str = "usual"
    pull_dates: str = "utc"
    pull_page: int = 1000

    def changed(self, data, shortcodes):
        """Change some switches.

        :param shortcodes: those that there are
        :raise ValueError: with a sentence
        """
        kinds = {field.name: field.type for field in fields(self)}
        values = {}
        for name, value in data.items():
            if name not in kinds:
                raise ValueError(f"'{name}' is no option: use {', '.join(kinds)}.")
            if name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"{name} must be one of {', '.join(CHOICES[name])}.")
            if kinds[name] is bool and not isinstance(value, bool):
                raise ValueError(f"{name} must be true or false.")
            if name == "pull_page" and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
                raise ValueError("pull_page must be a whole number, 1 or more.")
            if name == "validation":
                if not isinstance(value, list) or any(str(code) not in shortcodes for code in value):
                    raise ValueError(f"validation must be a list of shortcodes ({', '.join(shortcodes)}).")
                value = tuple(str(code) for code in value)
            values[name] = value
        return replace(self, **values)

    def to_json(self):
        return asdict(self)
