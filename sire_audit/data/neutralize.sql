-- a copy hands its checkpoints to nobody
DELETE FROM ir_config_parameter WHERE key IN ('sire_audit.folder', 'sire_audit.email');
