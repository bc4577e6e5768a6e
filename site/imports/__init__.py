"""Staged imports of spreadsheets.

A sheet is uploaded, its columns are matched, its rows are checked and reported, the good ones are
applied and can be undone. What is imported is said by other apps.
"""
