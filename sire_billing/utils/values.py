"""What somebody would write, beside what is there."""


def differs(record, name, value):
    """Tell whether writing a value would change a record.

    :param record: one record that may be read
    :param str name: of a field; one that the model does not have changes nothing
    :param value: as `write` takes it; commands of a list of records count as a change, whatever they say
    :rtype: bool
    """
    field = record._fields.get(name)
    if field is None:
        return False
    if field.type in ("one2many", "many2many"):
        return bool(value)
    if field.type == "html":
        return (value or "") != (record[name] or "")
    return (field.convert_to_cache(value, record) or None) != (field.convert_to_cache(record[name], record) or None)
