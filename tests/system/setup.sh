#!/bin/sh
# Readies the machine for tests/system. Installs the Debian packages that they need, or names them: Chromium (a browser,
# and in its packages the SwiftShader driver that stands in for a GPU), the Vulkan loader that Dawn opens, Jupyter without
# its web pages, and Slurm, whose daemons the tests start themselves. Then sets the notebooks' kernel up as
# notebooks/README.md does, but registers it inside the clone: a kernel of the same name in the home folder stays as it is.
set -eu
cd "$(dirname "$0")/../.."

packages="chromium libvulkan1 jupyter-client jupyter-nbconvert python3-nbclient zsh slurmctld slurmd slurm-client munge"

log=$(mktemp)
trap 'rm -f "$log"' EXIT

missing=""
for package in $packages; do
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    missing="$missing $package"
done

if [ -n "$missing" ]; then
  if ! command -v apt-get >/dev/null; then
    echo "The system tests need these Debian packages or their like:$missing." >&2
    exit 1
  elif [ "$(id -u)" = 0 ]; then
    as_root=""
  elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
  else
    echo "The system tests need packages that only root may install: sudo apt-get install$missing." >&2
    exit 1
  fi
  # $as_root and $missing are lists of words on purpose.
  if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "The system tests need these packages, and apt-get could not install them:$missing." >&2
    exit 1
  fi
fi

if ! JUPYTER_DATA_DIR="$PWD/notebooks/node_modules/.jupyter" npm run -s notebooks:setup >"$log" 2>&1; then
  cat "$log" >&2
  echo "The notebooks' kernel could not be set up: npm run notebooks:setup." >&2
  exit 1
fi
