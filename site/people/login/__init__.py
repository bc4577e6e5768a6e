"""Who is at the door: sign-in, second factors, one-time codes, sessions. Built on django-allauth, under our own addresses and sentences."""
