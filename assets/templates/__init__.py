"""Templates of decoders and encoders, as a package so that an installed Ranscope finds them like a checkout.

`ranscope new-decoder` copies them; each is a whole decoder that works.
"""
