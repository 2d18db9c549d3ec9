#!/bin/sh
# Installs parity in a virtual environment of its own, and its command where every user finds it.
# Dev Containers runs this as root while it builds the image; the options come as variables.
set -eu
requirement=${REQUIREMENT:-parity[compose]}
folder=${FOLDER:-/opt/parity}
bin=${PARITY_BIN:-/usr/local/bin}

fail() {
  echo "parity: $1" >&2
  exit 1
}

usable() { # PYTHON: new enough, and able to make environments
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=
for name in python3 python3.13 python3.12 python3.11; do
  if usable "$name"; then
    python=$name
    break
  fi
done
if [ -z "$python" ] && command -v apt-get >/dev/null; then
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates python3-venv
  rm -rf /var/lib/apt/lists/*
  python=python3
elif [ -z "$python" ] && command -v apk >/dev/null; then
  apk add --no-cache ca-certificates python3
  python=python3
fi
[ -n "$python" ] && usable "$python" || fail "needs Python 3.11 or newer: put the feature python before this one"

cd "$(dirname -- "$0")"
"$python" -m venv "$folder"
"$folder/bin/pip" install --no-cache-dir --disable-pip-version-check "$requirement"
mkdir -p "$bin"
ln -sf "$folder/bin/parity" "$bin/parity"
"$bin/parity" --version
