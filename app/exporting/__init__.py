"""Saving what a panel shows: its tables as CSV, JSON or NPZ, and itself as a picture.

Tables are read and written in a worker, part by part, since some are larger than memory; so they are
made of data that no longer changes, and never of Qt's models.
"""
