"""Hold what all our Wagtail pages share, which is the base page, the StreamField blocks, the
site's texts and the look of the admin. Knows no domain.
"""
