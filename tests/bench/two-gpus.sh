#!/bin/sh
# Measures a grid on one GPU and on two of one host, and compares the rows byte by byte. Packed and unpacked like gpu.sh:
#
#   sh tests/bench/two-gpus.sh pack DIR [CELLS]   where Node is: leaves DIR/base.tar.xz (kept if there), DIR/two.tar.xz
#   sh tests/bench/two-gpus.sh run DIR            on a Linux host with two GPUs, in a copy of this repository with DIR in
#                                                 it: trains CELLS cells (4096) on GPU 0, then on both, by
#                                                 `iclab run --devices`, three times in turn; prints seconds and ratios
set -eu

here=$(cd "$(dirname "$0")/../.." && pwd)
action=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)

pack() {
  sh "$here/tests/bench/gpu.sh" base "$dir"
  (cd "$here" && npm run -s build)
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/two"
  cells=${1:-4096}
  # Modules that are found by listing folders cannot be bundled: what the command needs travels as it is.
  production=$(cd "$here" && npm ls --omit=dev --all --parseable | sed -n "s|^$here/||p" | grep '^node_modules/')
  # $production is a list of words on purpose.
  (cd "$here" && tar -c --exclude '*.d.ts' --exclude '*.map' --exclude '*.ttf' --exclude '*.wasm' --exclude 'webgpu/dist' \
    --exclude '@duckdb' --exclude '*.min.js' --exclude '*es2017*' --exclude '*fesm*' --exclude '*_test.js' \
    --exclude '@tensorflow/*/src' --exclude 'mathjs/lib/browser' --exclude 'mathjs/lib/cjs' \
    package.json dist $production) | tar -x -C "$work/two"
  cat >"$work/two/study.yaml" <<STUDY
title: many small trainings on one GPU and on two
law: { kind: gaussian-linear, features: 5, noise: 0.1 }
context: 20
models: [{ name: lsa, mixer: linear-attention, train: { steps: 39000, batch: 256, rate: 0.002 } }]
predictors: [zero]
evaluate: { prompts: 100 }
seeds: $cells
STUDY
  tar -C "$work" -c two | xz -T0 -3 >"$dir/two.tar.xz"
  ls -l "$dir"
}

run() {
  for archive in base two; do tar -C "$dir" -xf "$dir/$archive.tar.xz"; done
  ln -sfn "$dir/iclab/node_modules/webgpu/dist" "$dir/two/node_modules/webgpu/dist"
  export LD_LIBRARY_PATH="$dir/iclab/root/usr/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"
  for driver in /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json /usr/share/vulkan/icd.d/nvidia_icd.json \
    /etc/vulkan/icd.d/nvidia_icd.json; do
    [ -e "$driver" ] && [ -z "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] && export VK_DRIVER_FILES="$driver"
  done
  nvidia-smi --query-gpu=index,name,driver_version --format=csv,noheader || true
  id -u
  ls /dev/nvidia[0-9]*
  for turn in 1 2 3; do
    timed one 0
    nvidia-smi --query-gpu=index,utilization.gpu --format=csv,noheader -lms 500 >"$dir/busy" 2>/dev/null &
    watch=$!
    timed two 0,1
    kill "$watch" 2>/dev/null || true
    awk -F'[ ,]+' '{ sum[$1] += $2; n[$1]++ } END { for (i in sum) printf "  GPU %s busy %.0f %%\n", i, sum[i] / n[i] }' \
      "$dir/busy"
  done
  awk '{ seconds[$1] = seconds[$1] " " $2; total[$1] += $2 }
    END { print "one:" seconds["one"]; print "two:" seconds["two"]; printf "one / two: %.2f\n", total["one"] / total["two"] }' \
    "$dir/seconds"
  differing=0
  for file in "$dir"/out-one/rows/study/*.jsonl; do
    tail -n +2 "$file" >"$dir/a" && tail -n +2 "$dir/out-two/rows/study/$(basename "$file")" >"$dir/b"
    cmp -s "$dir/a" "$dir/b" || differing=$((differing + 1))
  done
  echo "cells: $(ls "$dir"/out-one/rows/study/*.jsonl | wc -l), of which $differing differ between one GPU and two"
}

# timed NAME DEVICES
timed() {
  rm -rf "$dir/out-$1"
  begun=$(date +%s.%N)
  "$dir/iclab/node" "$dir/two/dist/src/cli/main.js" run "$dir/two/study.yaml" --devices "$2" --out "$dir/out-$1" \
    >"$dir/log-$1" 2>&1 || { tail -n 5 "$dir/log-$1" && exit 1; }
  echo "$1 $(echo "$(date +%s.%N) $begun" | awk '{ printf "%.2f", $1 - $2 }')" | tee -a "$dir/seconds"
  sed -n 's/^training on/  &/p' "$dir/log-$1"
}

case $action in
  pack) pack "${3:-}" ;;
  run) rm -f "$dir/seconds" && run ;;
  *) echo "two-gpus.sh: $action is neither pack nor run" >&2 && exit 2 ;;
esac
