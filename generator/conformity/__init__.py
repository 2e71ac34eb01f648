"""Conformity: a .docx measured against the rules for the layout of official documents.

The rules are data (``profiles/*.toml``); ``document`` reads a file into paragraphs with their
places, ``recognise`` names its components, the modules of ``rules`` compare, ``report`` and
``comments`` tell. Nothing here changes a document's own text.
"""
