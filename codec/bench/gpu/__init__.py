"""Our decoder on the card, in other ways than the window uses it: what the kernels alone take, and the original's path.

With `codec.bench.peers.nvcomp` the only part of benchmarks that knows the card; it is loaded only when asked for.
"""
