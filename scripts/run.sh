#!/usr/bin/env bash
# Two editions from their folders to their ranks: the ministries of 2023 (published figures, at once on screen),
# then a simulated national edition of 63 provinces with every workbook, its satisfaction survey, from which SIPAS is
# estimated, and a million dossiers, counted beside what provinces claim. Then the web application with that edition in
# the middle of its year, one account for each role, on the loopback address until Ctrl-C.
# Usage: scripts/run.sh VENV        ONCE=1: nothing is served, the command ends; PORT: the first port to try (8700)
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:?usage: scripts/run.sh VENV}
parindex=$venv/bin/parindex
seed=2023

step() { printf '\n\033[1m[%s/8] %s\033[0m\n' "$1" "$2"; }
[ -t 1 ] || step() { printf '\n[%s/8] %s\n' "$1" "$2"; }

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

step 5 "Kỳ đánh giá toàn quốc mô phỏng: đếm hồ sơ, tính / Simulated national edition: counting records, computing"
"$parindex" compute "$edition" --out "$national"

step 6 "Kỳ đánh giá toàn quốc mô phỏng: xếp hạng / Simulated national edition: ranks"
"$parindex" rank "$national"

printf '\nKết quả / Results:\n  %s\n  %s\n  %s\n' "$PWD/$ministries" "$PWD/$survey" "$PWD/$national"

step 7 "Ứng dụng web: kỳ mô phỏng đang giữa năm / Web application: the simulated edition in mid-year"
demonstration=out/demonstration
export PARINDEX_DEMO=1 PARINDEX_FILES=$demonstration
unset PARINDEX_DATABASE PARINDEX_HOSTS PARINDEX_HTTPS PARINDEX_OIDC PARINDEX_MAIL
web=$venv/bin/parindex-web
if [ ! -e "$demonstration/.complete" ]; then rm -rf "$demonstration"; fi  # stopped half-way: from the beginning
mkdir -p "$demonstration/incoming"
"$web" migrate --verbosity 0
accounts=$demonstration/accounts.txt
if [ -e "$demonstration/.complete" ]; then
  echo "$demonstration: còn dùng được, mật khẩu mới / kept as you left it, new passwords"
  (umask 077 && "$web" make_demonstration --new-passwords > "$accounts")
else
  (umask 077 && "$web" make_demonstration "$edition" > "$accounts")
  "$web" bring_demonstration "$edition"
  touch "$demonstration/.complete"
fi

if [ -n "${ONCE:-}" ]; then
  step 8 "ONCE=1: không mở máy chủ / nothing is served"
  cat "$accounts"
  exit 0
fi

step 8 "Mở máy chủ trên máy này / Serving on this machine"
port=${PORT:-8700}
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
export PARINDEX_LISTEN=127.0.0.1:$port
log=$demonstration/server.log
"$venv/bin/gunicorn" -c python:parindex_web.server parindex_web.wsgi 2>>"$log" &
server=$!
# --interval: how often the worker looks for a computation that somebody asked for.
"$web" db_worker --interval 1 2>>"$log" &
worker=$!
stop() {
  trap - EXIT INT TERM
  kill "$server" "$worker" 2>/dev/null || true
  wait "$server" "$worker" 2>/dev/null || true
  printf '\nĐã dừng; dữ liệu còn ở / Stopped; the data stays in %s\n' "$demonstration"
}
trap stop EXIT
trap 'exit 0' INT TERM
for attempt in $(seq 100); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  if ! kill -0 "$server" 2>/dev/null || [ "$attempt" = 100 ]; then tail -5 "$log" >&2; exit 1; fi
  sleep 0.2
done
cat "$accounts"
printf '\n  http://127.0.0.1:%s/\n\n' "$port"
printf 'Mở địa chỉ trên bằng trình duyệt, đăng nhập bằng một tài khoản. Ctrl-C để dừng. Nhật ký: %s\n' "$log"
printf 'Open this address in a browser and sign in with one of the accounts. Ctrl-C stops. Log: %s\n' "$log"
wait -n "$server" "$worker"
echo "Máy chủ tự dừng; xem / The server stopped by itself; see $log" >&2
exit 1
