"""Where files of unknown origin are opened: processes without secrets, settings or database, each for one file, each with limits (ADR 37).

`client` is the side of the web process. `server` forks a process for each file; `examine`, `pdf` and `pictures` run inside it.
"""
