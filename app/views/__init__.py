"""The panels of the window, one module each; they know the document, but not each other."""
