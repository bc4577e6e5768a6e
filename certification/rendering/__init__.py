"""Certificates as PDF: derived fonts, the face of a certificate, the renderer. Knows no model and no view.

Does not decide who gets a certificate, does not store the file, does not sign it.
"""
