"""What the ticks of roles come to. Pure functions.

A scope is ``"all"``, ``"own"`` or nothing (None). Ticks are dictionaries ``{permission: scope}``.
"""

ALL, OWN = "all", "own"
_ORDER = {None: 0, OWN: 1, ALL: 2}


def widest(first, second):
    """:return: the wider of two scopes: a person with two roles may do what one of them may"""
    return first if _ORDER[first] >= _ORDER[second] else second


def narrowest(first, second):
    return first if _ORDER[first] <= _ORDER[second] else second


def union(many):
    """:param many: ticks of several roles
    :return: one dictionary, the widest scope of each permission
    """
    result = {}
    for ticks in many:
        for permission, scope in ticks.items():
            result[permission] = widest(result.get(permission), scope)
    return result


def effective(ticks, needs):
    """What is ticked and has all that it needs: nobody edits what they may not read.

    :param dict ticks: as ticked
    :param dict needs: permission → permissions that it needs, without circles
    :return: the ticks that count, each no wider than what it needs
    """

    def scope_of(permission):
        scope = ticks.get(permission)
        for other in needs.get(permission, ()):
            scope = narrowest(scope, scope_of(other))
        return scope

    return {permission: scope for permission in ticks if (scope := scope_of(permission))}
