import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** The client's known numbers: one click puts one into the field "phone" beside it. */
export class MpesaPhones extends Component {
    static template = "sire_mpesa.Phones";
    static props = { ...standardFieldProps };

    get phones() {
        return this.props.record.data[this.props.name] || [];
    }

    isChosen(number) {
        return this.props.record.data.phone === number;
    }

    choose(number) {
        return this.props.record.update({ phone: number });
    }
}

registry.category("fields").add("sire_mpesa_phones", { component: MpesaPhones, supportedTypes: ["json"] });
