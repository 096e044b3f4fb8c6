#!/usr/bin/env bash
# Two editions from their folders to their ranks: the ministries of 2023 (published figures, at once on screen),
# then a simulated national edition of 63 provinces with every workbook and its satisfaction survey, from which SIPAS
# is estimated. Nothing is served; the command ends.
# Usage: scripts/run.sh VENV
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:?usage: scripts/run.sh VENV}
parindex=$venv/bin/parindex
seed=2023

step() { printf '\n\033[1m[%s/6] %s\033[0m\n' "$1" "$2"; }
[ -t 1 ] || step() { printf '\n[%s/6] %s\n' "$1" "$2"; }

ministries=out/ministries-2023
edition=out/editions/national
survey=out/survey-$seed
national=out/national-$seed
mkdir -p out/editions

step 1 "Bộ, cơ quan ngang bộ 2023: tính / Ministries 2023: computing"
"$parindex" compute examples/ministries-2023 --out "$ministries"

step 2 "Bộ, cơ quan ngang bộ 2023: xếp hạng / Ministries 2023: ranks"
"$parindex" rank "$ministries"

step 3 "Kỳ đánh giá toàn quốc mô phỏng: viết hồ sơ / Simulated national edition: writing its files"
# Written anew only when what makes it changed; a change you make by hand in it stays until then.
written=out/editions/.national-$seed
if [ -d "$edition" ] && [ -e "$written" ] \
  && [ -z "$(find src examples pyproject.toml -type f ! -name '*.pyc' -newer "$written" -print -quit)" ]; then
  echo "$edition: còn dùng được, bỏ qua / up to date, skipped"
else
  rm -rf "$edition" "$written"
  touch "$written.begun"  # a source changed while the edition is written counts as newer
  "$parindex" example write national --seed "$seed" --out "$edition"
  mv "$written.begun" "$written"
fi

step 4 "Khảo sát hài lòng mô phỏng: ước lượng / Simulated satisfaction survey: estimating"
if [ "$survey/estimates.csv" -nt "$written" ]; then
  echo "$survey: còn dùng được, bỏ qua / up to date, skipped"
else
  "$parindex" survey estimate "$edition/survey/design.yaml" "$edition/survey/interviews.parquet" --by province \
    --units "$edition/units.csv" --questionnaire "$edition/survey/questionnaire.yaml" --out "$survey"
fi
"$parindex" survey report "$survey" --code SIPAS > "$survey-sipas.txt"
sed -n 1,4p "$survey-sipas.txt"
echo "  …"

step 5 "Kỳ đánh giá toàn quốc mô phỏng: tính / Simulated national edition: computing"
"$parindex" compute "$edition" --out "$national"

step 6 "Kỳ đánh giá toàn quốc mô phỏng: xếp hạng / Simulated national edition: ranks"
"$parindex" rank "$national"

printf '\nKết quả / Results:\n  %s\n  %s\n  %s\n' "$PWD/$ministries" "$PWD/$survey" "$PWD/$national"
