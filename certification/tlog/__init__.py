"""A transparency log as C2SP specifies it, with hashes, tiles, proofs and signed notes.

The code turns bytes into bytes. It uses no Django, no database and no clock. Sources are RFC 6962
section 2.1, https://c2sp.org/tlog-tiles, /signed-note, /tlog-checkpoint, /tlog-proof,
/tlog-cosignature.
"""
