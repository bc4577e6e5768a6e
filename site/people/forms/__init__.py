"""Forms of the people app, by subject."""

from people.forms.sign_in import SignInForm

__all__ = ["SignInForm"]
