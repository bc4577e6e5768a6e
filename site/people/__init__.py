"""Accounts, persons and identity numbers, which say who a person is.

The app knows no union and no right.
"""
