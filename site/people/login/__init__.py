"""Sign-in, second factors, one-time codes and sessions.

The package is built on django-allauth, under our own addresses and with our own sentences.
"""
