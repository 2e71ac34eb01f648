"""The clerk's page and its API: asked over HTTP, and used in a real browser."""
