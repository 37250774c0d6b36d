import { Dialog } from "@web/core/dialog/dialog";
import { Component, useState } from "@odoo/owl";

/** Who gains and who loses what, before it is saved. */
export class DifferenceDialog extends Component {
    static template = "sire_access.DifferenceDialog";
    static components = { Dialog };
    static props = { difference: Object, save: Function, close: Function };

    setup() {
        this.state = useState({ saving: false });
    }

    async save() {
        this.state.saving = true;
        try {
            await this.props.save();
            this.props.close();
        } finally {
            this.state.saving = false;
        }
    }
}
