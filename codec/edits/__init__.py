"""Edits of a file that are never written into it: an overlay on its bytes, to see what a fault does.

`edit` says what an edit is, `overlay` reads a file as if its edits were in it, `opening` parses it so, `byte_edits` and
`field_edits` make edits, and `saving` writes the edited file to another place.
"""
