"""The figures of a form: derived values, checks and totals; :mod:`.form` holds them together."""
