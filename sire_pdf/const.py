# System parameter: "chromium" or "wkhtmltopdf" to have that one and no other; anything else, or nothing, to choose.
ENGINE_PARAMETER = "sire_pdf.engine"
CHROMIUM = "chromium"
WKHTMLTOPDF = "wkhtmltopdf"
AUTOMATIC = "auto"
# Context: what the document is called
CONTEXT_TITLE = "sire_pdf_title"
