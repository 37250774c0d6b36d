"""What is done on the page behind a link and on the host's portal."""

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class RoleTablePages:
    """Each ``open_x`` returns the status and the text of the answer, each ``was_x`` whether it was done."""

    def post(self, record, action, **data):
        path = self.env["sire.client.link"]._for(record)._get_path()
        self.env.flush_all()
        response = self.url_open(f"{path}/{action}", data=data, allow_redirects=False)
        return response.status_code, "" if response.status_code == 303 else response.text

    def rpc(self, path, **params):
        """:return: as a page is answered: 422 stands for an error in words"""
        self.env.flush_all()
        response = self.url_open(path, json={"jsonrpc": "2.0", "method": "call", "params": params})
        answer = response.json()
        error = answer.get("error")
        if error:
            name = error["data"]["name"].rpartition(".")[2]
            self.assertIn(name, ("AccessError", "UserError", "ValidationError", "MissingError"), error)
            return 422, error["data"]["message"]
        refused = isinstance(answer.get("result"), dict) and answer["result"].get("error")
        return (422, str(refused)) if refused else (303, "")

    def open_approve_by_link(self):
        return self.post(self.sent, "approve", name="Jane Wanjiku", digest=self.sent._sire_digest())

    def was_approve_by_link(self):
        invoice = self.sent.invoice_ids
        return (self.sent.state, self.sent.signed_by, invoice.state, invoice.amount_total) == (
            "sale", "Jane Wanjiku", "posted", 110200,
        )  # fmt: skip

    def open_decline_by_link(self):
        return self.post(self.sent, "decline", reason="Too dear", name="Jane Wanjiku")

    def was_decline_by_link(self):
        return self.sent.sire_state == "declined" and not self.sent.invoice_ids

    def open_approve_changed(self):
        return self.post(self.sent, "approve", name="Jane Wanjiku", digest="0" * 64)

    def open_approve_wrong_link(self):
        response = self.url_open("/c/AAAAAAAAAAAA/approve", data={"name": "Jane"}, allow_redirects=False)
        return response.status_code, response.text

    def open_decline_approved(self):
        return self.post(self.approved, "decline", reason="Too dear")

    def open_accept_on_the_portal(self):
        token = self.sent._portal_ensure_token()
        return self.rpc(f"/my/orders/{self.sent.id}/accept", access_token=token, name="Forger", signature=PIXEL)

    def pay_on_portal(self, path, record, amount):
        method = self.env.ref("payment.payment_method_mpesa")
        return self.rpc(
            path, access_token=record._portal_ensure_token(), provider_id=self.provider.id, payment_method_id=method.id,
            token_id=None, amount=amount, flow="direct", tokenization_requested=False, landing_route="/my",
        )  # fmt: skip

    def open_pay_quotation_on_portal(self):
        return self.pay_on_portal(f"/my/orders/{self.sent.id}/transaction", self.sent, self.sent.amount_total)

    def open_pay_too_much_on_portal(self):
        return self.pay_on_portal(f"/invoice/transaction/{self.plain.id}", self.plain, 50000)

    def open_pay_less_than_nothing(self):
        return self.pay_on_portal(f"/invoice/transaction/{self.plain.id}", self.plain, -500)
