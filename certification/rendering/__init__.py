"""Certificates as PDF, with derived fonts, the print data of a certificate and the renderer. The
package knows no model and no view.

It does not decide who gets a certificate, does not store the file and does not sign it.
"""
