import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillUnmount, useState } from "@odoo/owl";

const PAUSE = 2000; // milliseconds between two looks while the prompt is open
const LONG_PAUSE = 10000; // after that

/** How a prompt stands, told while it happens. */
export class MpesaStatus extends Component {
    static template = "sire_mpesa.Status";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ status: this.props.record.data[this.props.name] || {} });
        this.schedule();
        onWillUnmount(() => clearTimeout(this.timer));
    }

    schedule() {
        const { state, seconds_left: left, wait } = this.state.status;
        if (state === "waiting" || wait) {
            this.timer = setTimeout(() => this.look(), left || wait ? PAUSE : LONG_PAUSE);
        }
    }

    async look() {
        const { resModel, resId } = this.props.record;
        try {
            this.state.status = await this.orm.silent.call(resModel, "get_status", [[resId]]);
        } finally {
            this.schedule();
        }
    }

    get kind() {
        return { waiting: "info", paid: "success", failed: "warning" }[this.state.status.state] || "info";
    }
}

registry.category("fields").add("sire_mpesa_status", { component: MpesaStatus, supportedTypes: ["json"] });
