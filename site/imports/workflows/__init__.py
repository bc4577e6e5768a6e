"""The steps of an import, one module each (see the README of the app)."""
