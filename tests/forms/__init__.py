"""One module a group of forms: their whole text, their blanks, their pages."""
