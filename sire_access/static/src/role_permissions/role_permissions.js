import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useSetupAction } from "@web/search/action_hook";
import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { CopyRoleDialog } from "./copy_role_dialog";
import { DifferenceDialog } from "./difference_dialog";

const MODEL = "sire.access.matrix";

/** Roles across, what they work with down, and in each cell what a role may do. */
export class RolePermissions extends Component {
    static template = "sire_access.RolePermissions";
    static components = { ControlPanel };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.table = useRef("table");
        this.display = { controlPanel: {} };
        this.state = useState({ matrix: null, changes: {}, open: {} });
        useSetupAction({ beforeLeave: () => this.mayLeave(), beforeUnload: (event) => this.warn(event) });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.matrix = await this.orm.call(MODEL, "get_matrix");
        this.state.changes = {};
    }

    // READING

    get roles() {
        return this.state.matrix.roles;
    }

    get changeCount() {
        return Object.keys(this.state.changes).length;
    }

    get allOpen() {
        return this.state.matrix.resources.every((resource) => this.state.open[resource.id]);
    }

    get saveLabel() {
        return this.changeCount ? _t("Review %s and Save", this.changeCount) : _t("Nothing to Save");
    }

    get news() {
        return _t(
            "%s permissions are new. They are ticked as their module proposes; what you had chosen is as it was.",
            this.state.matrix.news
        );
    }

    peopleOf(role) {
        const { people, origin } = role;
        const who = people.length > 1 ? _t("%s people", people.length) : people[0] || _t("nobody");
        return origin ? _t("%(people)s, copy of %(role)s", { people: who, role: origin }) : who;
    }

    key(role, permission) {
        return `${role.id}-${permission.id}`;
    }

    saved(role, permission) {
        return this.state.matrix.ticks[role.id]?.[permission.code] || false;
    }

    scope(role, permission) {
        if (role.fixed) {
            return "all";
        }
        const change = this.state.changes[this.key(role, permission)];
        return change ? change.scope : this.saved(role, permission);
    }

    isChanged(role, permission) {
        return this.key(role, permission) in this.state.changes;
    }

    /** A tick that counts for nothing, because what it needs is not ticked. */
    isIdle(role, permission) {
        if (role.fixed || !this.scope(role, permission)) {
            return false;
        }
        const byCode = this.permissionsByCode;
        return permission.needs.some((code) => {
            const need = byCode[code];
            return need && (!this.scope(role, need) || this.isIdle(role, need));
        });
    }

    get permissionsByCode() {
        const all = this.state.matrix.resources.flatMap((resource) => resource.permissions);
        return Object.fromEntries(all.map((permission) => [permission.code, permission]));
    }

    /** What a role may do with a resource, in words. */
    summary(role, resource) {
        if (role.fixed) {
            return _t("Everything");
        }
        const words = [];
        for (const permission of resource.permissions) {
            const scope = this.scope(role, permission);
            if (scope && !permission.admin_only && !this.isIdle(role, permission)) {
                words.push(scope === "own" ? _t("%s (own)", permission.name) : permission.name);
            }
        }
        return words.join(", ") || "–";
    }

    resourceIsChanged(role, resource) {
        return resource.permissions.some((permission) => this.isChanged(role, permission));
    }

    label(role, permission) {
        const scope = this.scope(role, permission);
        return { all: _t("All"), own: _t("Own") }[scope] || "–";
    }

    title(role, permission) {
        if (role.fixed) {
            return _t("An administrator may do everything.");
        }
        if (permission.admin_only) {
            return _t("For administrators only: whoever had it could take everything else.");
        }
        if (this.isIdle(role, permission)) {
            return _t("Counts for nothing yet: what it needs is not ticked.");
        }
        return "";
    }

    ariaLabel(role, permission, resource) {
        const names = { all: _t("all records"), own: _t("own records") };
        const scope = names[this.scope(role, permission)] || _t("no");
        return `${role.name}, ${resource.name}, ${permission.name}: ${scope}`;
    }

    // CHANGING

    isLocked(role, permission) {
        return role.fixed || permission.admin_only;
    }

    cycle(role, permission) {
        if (this.isLocked(role, permission)) {
            return;
        }
        const scopes = permission.has_own ? [false, "own", "all"] : [false, "all"];
        const next = scopes[(scopes.indexOf(this.scope(role, permission)) + 1) % scopes.length];
        this.set(role, permission, next);
    }

    set(role, permission, scope) {
        const key = this.key(role, permission);
        if (scope === this.saved(role, permission)) {
            delete this.state.changes[key];
        } else {
            this.state.changes[key] = { role_id: role.id, permission_id: permission.id, scope };
        }
    }

    toggle(resource) {
        this.state.open[resource.id] = !this.state.open[resource.id];
    }

    toggleAll() {
        const open = !this.allOpen;
        for (const resource of this.state.matrix.resources) {
            this.state.open[resource.id] = open;
        }
    }

    discard() {
        this.state.changes = {};
    }

    /** Arrow keys walk over the cells, as in a spreadsheet. */
    onKeydown(event) {
        const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
        const cell = event.target.closest("[data-column]");
        if (!step || !cell) {
            return;
        }
        event.preventDefault();
        const column = Number(cell.dataset.column) + step[1];
        const rows = [...this.table.el.querySelectorAll("tbody tr")];
        let index = rows.indexOf(cell.closest("tr")) + step[0];
        while (rows[index]) {
            const next = rows[index].querySelector(`[data-column="${column}"]:not([disabled])`);
            if (next) {
                next.focus();
                return;
            }
            if (!step[0]) {
                return;
            }
            index += step[0];
        }
    }

    async review() {
        const changes = Object.values(this.state.changes);
        const difference = await this.orm.call(MODEL, "preview", [changes]);
        this.dialog.add(DifferenceDialog, {
            difference,
            save: async () => {
                await this.orm.call(MODEL, "save", [changes, difference.token]);
                await this.load();
                this.notification.add(_t("Saved. It holds from now on."), { type: "success" });
            },
        });
    }

    copyRole() {
        this.dialog.add(CopyRoleDialog, {
            roles: this.roles.filter((role) => !role.fixed),
            copy: async (roleId, name) => {
                await this.orm.call(MODEL, "copy_role", [roleId, name]);
                const { changes } = this.state;
                await this.load();
                this.state.changes = changes;
            },
        });
    }

    async markSeen() {
        await this.orm.call(MODEL, "mark_seen");
        const { changes } = this.state;
        await this.load();
        this.state.changes = changes;
    }

    openAction(name) {
        this.action.doAction(`sire_access.${name}`);
    }

    // LEAVING

    async mayLeave() {
        if (this.changeCount) {
            this.notification.add(_t("Save or discard the changes first."), { type: "warning" });
            return false;
        }
        return true;
    }

    warn(event) {
        if (this.changeCount) {
            event.preventDefault();
        }
    }
}

registry.category("actions").add("sire_access_role_permissions", RolePermissions);
