import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

const ICONS = {
    done: "fa-check-circle text-success",
    fault: "fa-times-circle text-danger",
    open: "fa-circle-o text-muted",
    optional: "fa-circle-o text-muted",
};

/** The steps of the set-up, each with how it stands; a click goes there. */
export class MpesaSteps extends Component {
    static template = "sire_mpesa.Steps";
    static props = { ...standardFieldProps };

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }

    get here() {
        return this.props.record.data.step;
    }

    getIcon(step) {
        return ICONS[step.state];
    }

    async go(step, target) {
        target.closest(".o_form_view")?.scrollIntoView(); // on a phone the step is above the list
        await this.props.record.update({ step: step.key });
        await this.props.record.save();
    }
}

registry.category("fields").add("sire_mpesa_steps", { component: MpesaSteps, supportedTypes: ["json"] });
