"""How fast documents are made, beside the tool most people would take: ``make bench``."""
