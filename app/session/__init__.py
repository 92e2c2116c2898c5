"""What the user has made about a file, beside what the file says: kept, undone, redone and found again.

`file_work` is it while the file is open; the other modules write it down and take it up again.
"""
