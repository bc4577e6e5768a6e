"""Staged imports of spreadsheets: upload, match columns, check, report, apply, undo. What is
imported is said by other apps.
"""
