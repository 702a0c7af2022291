#!/bin/sh
# Runs GPU benches on a Linux machine that has a GPU with its driver, but neither Node nor a network.
#
#   sh tests/bench/gpu.sh pack DIR         where Node is: leaves DIR/base.tar.xz (30 MB, kept if there) and DIR/code.tar.xz
#   sh tests/bench/gpu.sh base DIR         the first of these alone
#   sh tests/bench/gpu.sh run DIR NAME...  where the GPU is, in a copy of this repository with DIR in it: prints
#                                          `iclab bench NAME` of each name (gpu, published, roofline: some six minutes
#                                          with JAX and PyTorch; tuning: five) and the card's clock before and after
#
# The base is Node, stripped, Dawn, and Debian's Vulkan loader with the libraries that NVIDIA's driver opens by itself;
# the code is the benches as a bundle.
set -eu

here=$(cd "$(dirname "$0")/../.." && pwd)
action=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
shift 2

loaders="libvulkan1 libegl1 libglvnd0 libgl1 libglx0 libgles2 libopengl0"
loaders="$loaders libx11-6 libxext6 libxcb1 libxau6 libxdmcp6 libbsd0 libmd0"

pack() {
  cd "$here"
  [ -e "$dir/base.tar.xz" ] || pack_base
  npm run -s build
  node_modules/.bin/rolldown dist/src/cli/bench.js --dir "$work/iclab/bundle" --format esm --platform node \
    --external webgpu,@resvg/resvg-js,linkedom,canvas,@duckdb/node-api >/dev/null
  tar -C "$work" -c iclab/bundle | xz -T0 >"$dir/code.tar.xz"
  ls -l "$dir"
}

pack_base() {
  cd "$here"
  base=$work/iclab
  mkdir -p "$base/node_modules/webgpu/dist" "$base/root"
  cp "$(command -v node)" "$base/node"
  strip "$base/node"
  cp node_modules/webgpu/package.json node_modules/webgpu/index.js "$base/node_modules/webgpu/"
  cp -r node_modules/webgpu/dist/linux-x64 "$base/node_modules/webgpu/dist/"
  # $loaders is a list of words on purpose.
  (cd "$work" && apt-get -qq download $loaders && for deb in ./*.deb; do dpkg -x "$deb" "$base/root"; done)
  tar -C "$work" -c iclab | xz -T0 >"$dir/base.tar.xz"
}

run() {
  # Beside the repository's package.json, from which the bundle finds tests/bench.
  for archive in base code; do tar -C "$dir" -xf "$dir/$archive.tar.xz"; done
  export LD_LIBRARY_PATH="$dir/iclab/root/usr/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"
  for driver in /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json /usr/share/vulkan/icd.d/nvidia_icd.json \
    /etc/vulkan/icd.d/nvidia_icd.json; do
    [ -e "$driver" ] && [ -z "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] && export VK_DRIVER_FILES="$driver"
  done
  nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.max.sm --format=csv,noheader || true
  echo "Vulkan driver: ${VK_DRIVER_FILES:-${VK_ICD_FILENAMES:-as the loader finds it}}"
  for name in "$@"; do
    "$dir/iclab/node" --input-type=module \
      -e "const { bench } = await import('$dir/iclab/bundle/bench.js'); await bench('$name', {});" || echo "bench $name failed"
    echo
  done
  nvidia-smi --query-gpu=clocks.sm,temperature.gpu,power.draw --format=csv,noheader || true
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $action in
  pack) pack ;;
  base) [ -e "$dir/base.tar.xz" ] || pack_base ;;
  run) run "$@" ;;
  *) echo "gpu.sh: $action is none of pack, base and run" >&2 && exit 2 ;;
esac
