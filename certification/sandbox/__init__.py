"""Where files of unknown origin are opened (ADR 37).

Each file gets a process of its own, with limits and without secrets, settings or database. `client`
is the side of the web process. `server` forks a process for each file. `examine`, `pdf` and
`pictures` run inside it.
"""
