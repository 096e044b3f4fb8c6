#!/usr/bin/env bash
# Make a virtual environment with exactly the locked packages, and the package itself, into it.
# Usage: scripts/set-up.sh VENV LOCK      e.g. scripts/set-up.sh .venv requirements/run.txt
# PYTHON names the Python to use; without it the first of python3, python3.13, … that is 3.11 to 3.13 is taken.
# Where Debian's Python comes without venv, python3-venv is installed by apt, as root or through sudo; so is Java for
# the development lock, whose tests run Spark.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:?usage: scripts/set-up.sh VENV LOCK}
lock=${2:?usage: scripts/set-up.sh VENV LOCK}

say() { printf '%s\n' "$*" >&2; }

supported() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

find_python() {
  local candidate
  if [ -n "${PYTHON:-}" ]; then
    supported "$PYTHON" && { printf '%s\n' "$PYTHON"; return; }
    say "PYTHON=$PYTHON không phải Python 3.11-3.13 dùng được. / PYTHON=$PYTHON is not a usable Python 3.11 to 3.13."
    exit 1
  fi
  for candidate in python3 python3.13 python3.12 python3.11; do
    supported "$candidate" && { printf '%s\n' "$candidate"; return; }
  done
  say "Cần Python 3.11-3.13; máy này chưa có. Cài Python, hoặc chỉ ra: make run PYTHON=/đường/dẫn/python3.11"
  say "Python 3.11 to 3.13 is needed and was not found. Install it, or name it: make run PYTHON=/path/to/python3.11"
  exit 1
}

has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

has_java() { command -v java >/dev/null || [ -x "${JAVA_HOME:-}/bin/java" ]; }

apt_install() {  # PACKAGE; does nothing where this user may not install
  local as_root=()
  if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
  if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
    say "Cài $1 bằng apt… / Installing $1 with apt…"
    # An old list of packages often still serves; refresh it only when it does not.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1" >&2 \
      || { "${as_root[@]}" apt-get update >&2 \
        && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1" >&2; } \
      || true
  fi
}

install_java() {
  apt_install openjdk-17-jre-headless
  if ! has_java; then
    say "Máy này chưa có Java; các phép kiểm thử Spark sẽ báo lỗi. Cài bằng lệnh:"
    say "This machine has no Java; the tests of Spark will fail and say so. Install it with:"
    say "    sudo apt-get update && sudo apt-get install -y openjdk-17-jre-headless"
  fi
}

install_venv_module() {  # Debian and its kin ship venv apart from Python
  local python=$1 package
  case $("$python" -c 'import sys; print(sys.base_prefix)') in
    /usr) package=$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])') ;;
    *)
      say "$python thiếu mô-đun venv/ensurepip; hãy dùng bản Python khác (PYTHON=…)."
      say "$python lacks venv/ensurepip; use another Python (PYTHON=…)."
      exit 1
      ;;
  esac
  apt_install "$package"
  if ! has_venv "$python"; then
    say "Python này thiếu venv. Chạy lệnh sau rồi làm lại: / This Python lacks venv. Run this, then try again:"
    say "    sudo apt-get update && sudo apt-get install -y $package"
    exit 1
  fi
}

python=$(find_python)
has_venv "$python" || install_venv_module "$python"
case $lock in *dev.txt) has_java || install_java ;; esac

# An environment that is broken, half made, or of an unsupported Python is made anew.
if ! { supported "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; }; then
  say "Tạo môi trường $venv… / Making the environment $venv…"
  "$python" -m venv --clear "$venv"
fi

# Errors are still said; a machine's own notes about its registries are not.
pip() { "$venv/bin/python" -m pip --disable-pip-version-check -qq "$@"; }
say "Cài các gói đã khoá trong $lock… / Installing the packages locked in $lock…"
# The lock is complete, so nothing is resolved: an older pip would look for the newest `coverage[toml]` that pytest-cov
# asks for and refuse it, although the lock names another.
pip install --no-deps --require-hashes --requirement "$lock"
pip install --no-deps --no-build-isolation --editable .
