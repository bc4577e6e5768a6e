"""Ways out of the site: each takes one parcel and hands it over, outside any transaction, knowing the same parcel may come again."""
