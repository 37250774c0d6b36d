import { _t } from "@web/core/l10n/translation";
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

    idleSentence(idle) {
        return _t("%(role)s: “%(permission)s” counts for nothing without “%(needs)s”.", idle);
    }

    dutySentence(duty) {
        return duty.level === "forbid"
            ? _t("%(person)s would hold both of “%(pair)s”. That is forbidden.", duty)
            : _t("%(person)s would hold both of “%(pair)s”. One person should not.", duty);
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
