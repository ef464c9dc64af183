#!/bin/bash
# Fuzzes the formats: tests/fuzz/run.sh [SECONDS [RUNS]]   (default 600 s, no end of runs; what it found stays in build/fuzz/found)
# Seeds: each golden line and each line of tests/fuzz/seeds, once for every format (fuzz_format.cpp says what the first byte means). A new
# finding becomes a line there and a row in tst_format.cpp.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-600}
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target fuzz_format
mkdir -p build/fuzz/corpus build/fuzz/found
for file in tests/data/format/*.log tests/fuzz/seeds/*.txt; do
  # one file a line: libFuzzer reads whole files
  split -l 1 --additional-suffix=.seed "$file" "build/fuzz/corpus/$(basename "${file%.*}")-"
done
for seed in build/fuzz/corpus/*.seed; do
  truncate -s -1 "$seed"
  for format in {0..31}; do
    printf "\\x$(printf %x "$format")" | cat - "$seed" >"${seed%.seed}-$format"
  done
  rm "$seed"
done
cp tests/fuzz/seeds/*.bin build/fuzz/corpus/ # whole inputs, with their first byte
exec build/fuzz/tests/fuzz_format -max_total_time="$seconds" -runs="${2:--1}" -max_len=4096 -dict=tests/fuzz/format.dict \
  -artifact_prefix=build/fuzz/found/ build/fuzz/corpus
