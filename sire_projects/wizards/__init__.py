from . import sire_project_finish_wizard
