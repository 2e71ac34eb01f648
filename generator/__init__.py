"""Official Vietnamese administrative documents from filled data files."""

__version__ = "0.1.0"
