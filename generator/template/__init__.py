"""From template.docx to documents: tags compiled once, filled for each record."""
