"""What all our Wagtail pages share: the base page, the StreamField blocks, the site's texts, the admin's look. Knows no domain."""
