"""A form checked before anybody uses it: everything wrong with it at once, each with its place.

``template`` looks at the Word file, ``fields`` compares its tags with the schema, ``bundle`` reads
the other files, ``proving`` fills the form with its sample and with the worst data it allows and
measures the result, ``report`` and ``marking`` tell.
"""
