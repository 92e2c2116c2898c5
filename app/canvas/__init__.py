"""Pictures of large grids, painted cell by cell: what the tile map and the weight matrix share."""
