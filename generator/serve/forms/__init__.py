"""The desk of forms: choose one, fill it, see its pages, deliver it.

``routes`` answers requests; ``work`` runs in the workers; ``fields`` tells a page what to show of a
schema; ``drafts`` and ``standing`` keep what an account has begun and what it always writes;
``drawn`` keeps the pages that were drawn last; ``asked`` reads records out of requests.
"""
