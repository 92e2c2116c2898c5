"""Icons, sample files and templates of decoders, as a package so that an installed Ranscope finds them like a checkout.

Read them with ``importlib.resources.files("assets")``.
"""
