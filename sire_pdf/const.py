# System parameter: "chromium" or "wkhtmltopdf" to have that one and no other; anything else, or nothing, to choose.
ENGINE_PARAMETER = "sire_pdf.engine"
CHROMIUM = "chromium"
WKHTMLTOPDF = "wkhtmltopdf"
AUTOMATIC = "auto"
# Context: what the document is called
CONTEXT_TITLE = "sire_pdf_title"
# Context: pictures may be named by addresses that only the print server asks for
CONTEXT_BY_ADDRESS = "sire_pdf_by_address"
# Context: the host's empty page around bodies, headers and footers, as it was rendered for the first of them
CONTEXT_PAGES = "sire_pdf_pages"
