"""A form begun from a Word file: fields proposed from its tags, or from its dots and empty cells.

What comes out is a whole form folder that renders at once, for a person to read over: names and
titles are guesses from the words around.
"""
