"""What the tests with any mix of steps have in common: how examples are found, kinds of VAT, currencies, sums to the cent."""

import os
from collections import defaultdict
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st

from odoo.fields import Command

SEED = os.environ.get("SIRE_BILLING_SEED")  # a number: other examples than the usual ones
EXAMPLES = os.environ.get("SIRE_BILLING_EXAMPLES")  # more of them, in each of these tests
SHRINK = os.environ.get("SIRE_BILLING_SHRINK")  # make what fails smaller: minutes, each example posts invoices
CENTS = st.integers(1, 9_999_999).map(lambda cents: cents / 100)
QUANTITIES = st.sampled_from([1, 1, 2, 3, 0.33, 7.5, 12.25])
DISCOUNTS = st.sampled_from([0, 0, 0, 5, 12.5, 33.33])
KINDS = ("16", "8", "0", "none", "16 included")


def searched(examples):
    """Have hypothesis look for examples: the same ones each time, unless the environment gives a seed.

    :param int examples: how many, where the environment does not say
    """

    def decorate(test):
        test = settings(
            max_examples=int(EXAMPLES or examples),
            deadline=None,
            database=None,
            derandomize=not SEED,
            phases=(Phase.explicit, Phase.generate, *([Phase.shrink] if SHRINK else [])),
            suppress_health_check=list(HealthCheck),
        )(test)
        return seed(int(SEED))(test) if SEED else test

    return decorate


class PropertyMixin:
    """Beside a class that has a company with its VAT."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "mail_notrack": True, "mail_create_nolog": True})
        cls.product = cls.env.ref("sire_billing.product_professional_services")
        cls.taxes = {
            "16": cls.tax,
            "8": cls.tax.copy({"name": "VAT 8 % (test)", "amount": 8}),
            "0": cls.tax.copy({"name": "VAT 0 % (test)", "amount": 0}),
            "16 included": cls.tax.copy({"name": "VAT 16 % incl. (test)", "price_include_override": "tax_included"}),
            "none": cls.tax.browse(),
        }

    @classmethod
    def open_currencies(cls, **rates):
        """Quote in these currencies besides shillings: ``currencies`` and ``pricelists``, by the name of the currency.

        :param rates: how many of it a shilling is
        """
        cls.currencies = {"KES": cls.company.currency_id}
        for name, rate in rates.items():
            cls.currencies[name] = currency = cls.env.ref(f"base.{name}")
            currency.active = True
            cls.env["res.currency.rate"].create(
                {"currency_id": currency.id, "rate": rate, "name": "2020-01-01", "company_id": cls.company.id}
            )
        cls.pricelists = {
            name: cls.env["product.pricelist"].create({"name": name, "currency_id": currency.id})
            for name, currency in cls.currencies.items()
        }

    @classmethod
    def make_order(cls, lines, currency="KES", **values):
        """:param list lines: tuples of price, quantity, discount in percent, kind of VAT, and whether it is optional"""
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.client.id,
                "pricelist_id": cls.pricelists[currency].id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "price_unit": price,
                            "product_uom_qty": quantity,
                            "discount": discount,
                            "tax_ids": [Command.set(cls.taxes[vat].ids)],
                            "is_optional": optional,
                        }
                    )
                    for price, quantity, discount, vat, optional in lines
                ],
                **values,
            }
        )

    @contextmanager
    def undone(self):
        """One example: whatever it does is rolled back."""
        try:
            with self.env.cr.savepoint() as savepoint:
                yield
                savepoint.rollback()
        finally:
            self.env.invalidate_all()

    def taxes_of(self, documents):
        """:return: {name of the group: VAT}, as the totals of the documents say it, in their currency"""
        sums = defaultdict(float)
        for document in documents:
            for subtotal in document.tax_totals["subtotals"]:
                for group in subtotal["tax_groups"]:
                    sums[group["group_name"]] += group["tax_amount_currency"]
        return self.without_nothing(sums, documents[:1].currency_id)

    def without_nothing(self, sums, currency):
        """:return: the sums that are not zero, rounded"""
        return {name: currency.round(amount) for name, amount in sums.items() if not currency.is_zero(amount)}
