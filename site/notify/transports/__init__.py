"""Ways out of the site, each of which takes one parcel and hands it over outside any transaction.
The same parcel may come again.
"""
