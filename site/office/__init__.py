"""The union officer's desk, for the tree of unions, members and imports of spreadsheets.

It is above `access`, because each of its acts needs a right.
"""
