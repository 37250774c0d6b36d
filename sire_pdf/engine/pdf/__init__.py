"""Documents as data: what is handed to the print server, and what is made of the pages that come back. No env here."""
