"""Forms of the people room, by subject."""

from people.forms.sign_in import SignInForm

__all__ = ["SignInForm"]
