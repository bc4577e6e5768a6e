"""Views of the people app, by subject."""
