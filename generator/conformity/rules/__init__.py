"""The checks, one module a family; each reads a :class:`Case` and yields findings."""
