# Sourced by scripts/demo, scripts/test and scripts/check: finds a Python, prepares the virtual
# environment and replaces the shell with one of the modules in scripts/lib.
# shellcheck shell=bash

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)

find_python() {
  local name
  # A version manager's shim may exist and still refuse to run, so each candidate is tried.
  for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$name"
      return 0
    fi
  done
  printf '%s: no Python 3.11 or newer among python3, python3.13, python3.12, python3.11.\n' "$0" >&2
  printf 'Next: install one (Debian, Ubuntu: apt-get install python3 python3-venv) and run this again.\n' >&2
  return 3
}

# Makes or updates the virtual environment; quick when there is nothing to do.
prepare_venv() {
  local python
  python=$(find_python) || exit 3
  export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
  "$python" -m scripts.lib.venv || exit $?
}

# run_module MODULE [ARGUMENT...]: never returns.
run_module() {
  prepare_venv
  exec "${PARITY_VENV:-$root/.venv}/bin/python" -m "$@"
}
