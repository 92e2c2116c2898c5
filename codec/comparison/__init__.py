"""Two outputs of one tensor held against each other: what differs, where first, and by how much.

`side` is what may stand on a side, `output` what came of it; `comparison` is the one result that feeds picture,
numbers and verdict; `divergence` is where two traces part. Nothing here knows why: that is `codec.diagnosis`.
"""
