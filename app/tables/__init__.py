"""What each panel offers as tables, made from the document and not from what its widgets happen to show.

One module a panel, or for panels that show one thing. Each table is frozen data: whole columns, or rows that
are worked out by the worker that writes them.
"""
