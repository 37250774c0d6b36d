from odoo import models
from odoo.orm.registry import TriggerTree

MOST = 1000  # sets of fields that are remembered in each registry; some fifty kilobytes for a large one


class Base(models.AbstractModel):
    """Which fields depend on those that are written: worked out once for each set of fields, not at each write.

    See docs/decisions/0690-what-depends-on-a-write.md.
    """

    _inherit = "base"

    def _modified(self, fields, create):
        """Override of `base`: the same tree, cut out of one that is kept."""
        tree = _cut(_merged(self.pool, tuple(fields)), _wanted(self.env))
        return self.sudo().with_context(active_test=False)._modified_triggers(tree, create) if tree else ()


def _merged(registry, fields):
    """:return: the triggers of all these fields. It is kept where the host keeps those of each field, and goes when they go."""
    kept = registry._field_trigger_trees.setdefault("sire_base", {})
    tree = kept.get(fields)
    if tree is None:
        tree = registry.get_trigger_tree(fields)
        if len(kept) < MOST:
            kept[fields] = tree
    return tree


def _wanted(env):
    """:return: function that says of a field whether it matters now: it is stored, or somebody has read it. As the host has it."""
    read, by_context = env.transaction.field_data, env.registry.field_depends_context

    def is_wanted(field):
        if field.compute and field.store:
            return True
        values = read.get(field)
        return bool(values) and (field not in by_context or any(values.values()))

    return is_wanted


def _cut(tree, is_wanted):
    result = TriggerTree([field for field in tree.root if is_wanted(field)])
    for label, subtree in tree.items():
        if found := _cut(subtree, is_wanted):
            result[label] = found
    return result
