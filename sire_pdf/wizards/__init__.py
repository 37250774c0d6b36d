from . import base_document_layout
