#!/bin/sh
# Installs the Debian packages that tests/system needs, or names them: Chromium (a browser, and in its packages the
# SwiftShader driver that stands in for a GPU), the Vulkan loader that Dawn opens, and Jupyter without its web pages.
set -eu

packages="chromium libvulkan1 jupyter-client jupyter-nbconvert python3-nbclient"

missing=""
for package in $packages; do
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    missing="$missing $package"
done
[ -z "$missing" ] && exit 0

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

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# $as_root and $missing are lists of words on purpose.
if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "The system tests need these packages, and apt-get could not install them:$missing." >&2
  exit 1
fi
