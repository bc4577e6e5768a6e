"""A transparency log as C2SP describes it: hashes, tiles, proofs, signed notes. Bytes in, bytes out; no Django, no database, no clock.

Sources: RFC 6962 section 2.1, https://c2sp.org/tlog-tiles, /signed-note, /tlog-checkpoint, /tlog-proof, /tlog-cosignature.
"""
