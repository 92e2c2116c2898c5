"""Icons and sample files, as a package so that an installed Ranscope finds them like a checkout.

Read them with ``importlib.resources.files("assets")``.
"""
