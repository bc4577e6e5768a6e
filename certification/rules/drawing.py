"""The version of the drawing: kept on each certificate, so that files made before a fault of it was mended can be found."""

RENDERER_VERSION = 1
"""Raised with every mend of the drawing after which older files are worth making anew. Files of before it was kept have 0.

1: neighbouring adjustments of text are one number (what stood glued together, `-60-61.4`, readers drew in three ways).
"""
