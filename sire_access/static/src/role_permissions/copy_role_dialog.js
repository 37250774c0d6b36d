import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";
import { Component, useState } from "@odoo/owl";

/** A new role begins as a copy of another one. */
export class CopyRoleDialog extends Component {
    static template = "sire_access.CopyRoleDialog";
    static components = { Dialog };
    static props = { roles: Array, copy: Function, close: Function };

    setup() {
        useAutofocus({ refName: "name" });
        this.state = useState({ roleId: this.props.roles[0]?.id, name: "" });
    }

    async copy() {
        await this.props.copy(Number(this.state.roleId), this.state.name);
        this.props.close();
    }
}
