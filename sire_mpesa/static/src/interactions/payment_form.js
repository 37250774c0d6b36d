import { _t } from "@web/core/l10n/translation";
import { rpc, RPCError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";

import { PaymentForm } from "@payment/interactions/payment_form";

const KENYAN_MOBILE = /^(\+?254|0)?[17]\d{8}$/;

patch(PaymentForm.prototype, {
    /**
     * @override method from @payment/interactions/payment_form: M-Pesa is paid on the phone, not on another page.
     */
    async _prepareInlineForm(providerId, providerCode, paymentOptionId, paymentMethodCode, flow) {
        if (providerCode !== "mpesa") {
            await super._prepareInlineForm(...arguments);
            return;
        }
        if (flow !== "token") {
            this._setPaymentFlow("direct");
        }
    },

    /**
     * @override method from @payment/interactions/payment_form: no transaction without a number to ring.
     */
    async _initiatePaymentFlow(providerCode, paymentOptionId, paymentMethodCode, flow) {
        if (providerCode === "mpesa" && flow === "direct") {
            const input = this._getSireMpesaPhoneInput();
            const isPhone = KENYAN_MOBILE.test(input.value.replace(/[\s().-]/g, ""));
            input.setCustomValidity(isPhone ? "" : _t("Type a Kenyan mobile number, such as 0712 345 678."));
            if (!input.reportValidity()) {
                this._enableButton();
                return;
            }
        }
        this.isSireMpesa = providerCode === "mpesa";
        await super._initiatePaymentFlow(...arguments);
    },

    /**
     * @override method from @payment/interactions/payment_form: what one M-Pesa payment cannot carry is paid in steps,
     * in whole shillings. A link without a document is for its own amount alone.
     */
    _prepareTransactionRouteParams() {
        const params = super._prepareTransactionRouteParams(...arguments);
        const step = this.isSireMpesa && Number(this._getSireMpesaPhoneInput().dataset.step);
        if (step && params.amount >= 1 && this.paymentContext.transactionRoute !== "/payment/transaction") {
            params.amount = Math.min(Math.floor(params.amount), step);
        }
        return params;
    },

    /**
     * @override method from @payment/interactions/payment_form: ask for the prompt, then wait on the status page.
     */
    async _processDirectFlow(providerCode, paymentOptionId, paymentMethodCode, processingValues) {
        if (providerCode !== "mpesa") {
            await super._processDirectFlow(...arguments);
            return;
        }
        try {
            await this.waitFor(
                rpc("/sire/pay/start", {
                    reference: processingValues.reference,
                    access_token: processingValues.access_token,
                    phone: this._getSireMpesaPhoneInput().value,
                })
            );
            window.location = "/payment/status";
        } catch (error) {
            if (!(error instanceof RPCError)) {
                return Promise.reject(error);
            }
            this._displayErrorDialog(_t("M-Pesa"), error.data.message);
            this._enableButton();
        }
    },

    _getSireMpesaPhoneInput() {
        const radio = this.el.querySelector('input[name="o_payment_radio"]:checked');
        return this._getInlineForm(radio).querySelector('input[name="sire_mpesa_phone"]');
    },
});
