"""Tables in and out: intake workbooks, spreadsheets and CSV."""
