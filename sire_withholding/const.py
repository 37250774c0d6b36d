"""What Kenyan clients withhold, as KRA has it."""

#: Percent of the value that VAT is charged on.
VAT_RATE = 2.0
#: Percent of professional and management fees of residents, without VAT.
TAX_RATE = 5.0
#: No rate of KRA is higher.
RATE_MAX = 30

KINDS = [("vat", "VAT"), ("tax", "Income tax")]
