"""The version of the drawing, which is kept on each certificate.

It tells which files were made before a fault of the drawing was fixed.
"""

RENDERER_VERSION = 1
"""Raised with every mend of the drawing after which older files are worth making anew. Files of before it was kept have 0.

1: neighbouring adjustments of text are one number (what stood glued together, `-60-61.4`, readers drew in three ways).
"""
