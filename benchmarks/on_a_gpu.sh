#!/bin/sh
# Everything that needs a card, in one call of under ten minutes: the tests, the sanitizer, the command line, the
# benchmarks. Run it in the folder of the repository. What it prints is left in the folder named first.
#
#     sh benchmarks/on_a_gpu.sh OUT [FILE.rsc …]
#
# The Python, python3 or what $PYTHON says, needs cupy, NumPy, numba, xxhash, safetensors, ml_dtypes, pytest,
# pytest-timeout, pytest-xdist and hypothesis, but no Qt; and nvidia-libnvcomp-cu12 or -cu13 to be measured beside
# us. The files named are decoded by the last benchmark too, of real weights, say.
out=${1:?the folder for the results}
shift
python=${PYTHON:-python3}
export RANSCOPE_REQUIRE_GPU=1 PYTHONPATH="$PYTHONPATH:."
mkdir -p "$out"

# pyproject.toml configures pytest-qt too, which a server has not.
pytest() {
    "$python" -m pytest -o addopts= --import-mode=importlib -W ignore::pytest.PytestConfigWarning \
        -p no:cacheprovider -p no:benchmark -n 6 -m gpu -q "$@"
}

# A heading over what a command prints, and how it ended.
run() {
    name=$1
    shift
    echo "== $name: $*"
    "$@" 2>&1
    echo "== $name: exit status $?"
}

sanitizer() {
    compute-sanitizer --tool memcheck --padding 256 --error-exitcode 9 "$python" benchmarks/gpu_damage.py "$@"
}

{
    date -u
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
    run "tests of the CUDA decoder" pytest tests/gpu
    run "tests of every decoder" pytest tests/codec
} | tee "$out/gpu_tests.txt"
{
    date -u
    nvidia-smi --query-gpu=name,driver_version --format=csv,noheader
    run "damaged streams" sanitizer
    run "a planted overrun, which must be found (status 9)" sanitizer --plant | grep -v "Host Frame"
} | tee "$out/gpu_sanitizer.txt"
"$python" benchmarks/gpu_native.py "$out/gpu_native.txt" "$@"
{
    date -u
    work=$(mktemp -d)
    cp assets/samples/* "$work"
    for sample in "$work"/*.rsc "$work"/*.batched "$work"/*.wcdc; do
        [ -e "$sample" ] || continue
        run "verify" "$python" -m app verify "$sample" --decoder cupy
        run "capture" "$python" -m app capture "$sample" --decoder cupy --repeat 5 --trace 0 -o "$sample.rscap"
        run "what it holds" "$python" -m app info "$sample.rscap"
    done
    run "selftest" "$python" -m app selftest --decoder cupy
    run "a decoder of one's own" "$python" -m app new-decoder --kind cuda "$work/mine.cu"
    tall=tests/data/legacy/gaussian10_512x256_t256.batched
    run "compare" "$python" -m app compare "$tall" --with cupy --with "$work/mine.cu" --runs 5
    # The mistake of the original's later decoder, made again: a row is compared with the number of columns.
    sed 's/if (r < tile.rows/if (tile.row + r < layer.cols/' "$work/mine.cu" >"$work/wrong.cu"
    run "a mistake, which must be found (status 1)" "$python" -m app compare "$tall" --with "$work/wrong.cu"
    sed 's/step.symbol - 128/step.symbol/' "$work/mine.cu" >"$work/bias.cu"
    run "another (status 1)" "$python" -m app compare "$tall" --with "$work/bias.cu"
    echo '#error "half done"' >>"$work/wrong.cu"
    run "one that does not compile (status 1 or 2)" "$python" -m app compare "$tall" --with "$work/wrong.cu"
    rm -r "$work"
} | sed "s|/tmp/tmp[^/]*/||g" | tee "$out/gpu_command_line.txt"
"$python" benchmarks/gpu_decode.py "$out/gpu_decode.txt"
