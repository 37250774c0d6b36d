import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillUnmount, useEffect } from "@odoo/owl";

const PAUSE = 3000; // milliseconds between two looks while Safaricom's answer is awaited

const ICONS = {
    done: "fa-check-circle text-success",
    waiting: "fa-clock-o text-info",
    fault: "fa-times-circle text-danger",
    open: "fa-circle-o text-muted",
    optional: "fa-circle-o text-muted",
};

/** The steps of the set-up, each with how it stands; a click goes there. */
export class MpesaSteps extends Component {
    static template = "sire_mpesa.Steps";
    static props = { ...standardFieldProps };

    setup() {
        useEffect(
            () => this.schedule(),
            () => [this.props.record.data[this.props.name]]
        );
        onWillUnmount(() => clearTimeout(this.timer));
    }

    /** While an answer is awaited, look again; what is being typed is left alone. */
    schedule() {
        clearTimeout(this.timer);
        if (this.steps.some((step) => step.state === "waiting")) {
            this.timer = setTimeout(async () => {
                const { record } = this.props;
                if (await record.isDirty()) {
                    this.schedule();
                } else {
                    await record.load();
                }
            }, PAUSE);
        }
    }

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
