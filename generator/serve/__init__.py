"""The clerk's page: everything the command line does, in a browser, and as an HTTP API.

FastAPI serves pages of Jinja templates and a JSON API; the pages' own small scripts call that same
API, so there is one way in for people and for other systems. NiceGUI was weighed: it keeps a
connection and the state of every page in the server, evaluates code in the browser (no strict
content security policy) and would still need this API beside it. htmx was weighed: the one wheel
that carries it brings Django along, and what is left for it to do here is a call of ``fetch``.

``settings`` and ``app`` put the server together; ``guard`` decides who may ask; ``accounts`` and
``workspace`` keep what is on disk; ``workers`` run every piece of work on documents in processes
that can be killed; ``jobs`` runs long work (``job``), which goes on after the server was stopped.
Each desk has a module of routes and one of work: ``forms`` (choose, fill, see, deliver), ``batch``,
``rollup``, ``checks``, ``maintain``.
"""
