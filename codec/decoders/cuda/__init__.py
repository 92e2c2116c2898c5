"""The CUDA decoder: the only part of the codec that knows cupy and the kernels.

`records`, `plan` and `reads` say what the card is told and what it reports, in NumPy alone; `card` finds
the card, its memory and its kernels; `upload`, `launch` and `trace` run them; `decoder` puts it together.
Importing this imports no cupy: that happens when a decoder is asked whether it is available, or to decode.
"""

from codec.decoders.cuda.decoder import CudaDecoder
from codec.decoders.timing import Timing

__all__ = ["CudaDecoder", "Timing"]
