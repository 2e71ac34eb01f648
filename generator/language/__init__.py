"""What stands inside tags: Jinja as this product runs it, filters, values as WordprocessingML."""
