import time, numpy as np, cupy
from cupy.cuda import alloc_pinned_memory

for n in (4 << 20, 56 << 20):
    d = cupy.zeros(n, dtype=np.uint8)
    cupy.cuda.Device().synchronize()
    for k in range(4):
        t = time.perf_counter()
        a = np.zeros(n, np.int8)
        d.data.copy_to_host_async(a.ctypes.data, n)
        cupy.cuda.get_current_stream().synchronize()
        e = time.perf_counter() - t
        t = time.perf_counter()
        p = np.frombuffer(alloc_pinned_memory(n), dtype=np.uint8, count=n)
        m = time.perf_counter() - t
        t = time.perf_counter()
        d.data.copy_to_host_async(p.ctypes.data, n)
        cupy.cuda.get_current_stream().synchronize()
        f = time.perf_counter() - t
        t = time.perf_counter()
        b = np.empty(n, np.uint8)
        b[:] = p
        g = time.perf_counter() - t
        print(
            n >> 20,
            "MiB pageable %.2f ms; pinned alloc %.2f copy %.2f; memcpy to fresh %.2f"
            % (e * 1e3, m * 1e3, f * 1e3, g * 1e3),
            flush=True,
        )
        del p
