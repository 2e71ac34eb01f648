"""What a clerk looks at before anything is signed.

A template with its tags coloured, two versions side by side, all forms on one sheet, the units of a
batch that are most likely to go wrong.
"""
