#!/usr/bin/env bash
# Where a number is made, at least 95 % of the branches must have been taken by the tests. Run after them.
# Usage: scripts/coverage.sh PYTHON
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:?usage: scripts/coverage.sh PYTHON}
failed=0
for part in scoring index ranking programme; do
  printf '\ncoverage of %s:\n' "$part"
  "$python" -m coverage report --include="src/parindex/$part/*" --fail-under=95 || failed=1
done
exit "$failed"
