#!/usr/bin/env bash
# Run a Spark Connect server on this machine until it is stopped (Ctrl-C). It listens on the loopback address only.
# Usage: scripts/spark-server.sh [PORT]      (15002 without one; PYTHON names a Python with the extra `spark`)
# Then:  --engine spark --spark sc://127.0.0.1:PORT
set -euo pipefail
port=${1:-15002}
python=${PYTHON:-$(dirname "$0")/../.venv/bin/python}

if ! command -v java >/dev/null && [ ! -x "${JAVA_HOME:-}/bin/java" ]; then
  echo "Spark cần Java 17. / Spark needs Java 17: sudo apt-get install -y openjdk-17-jre-headless" >&2
  exit 1
fi
SPARK_HOME=$("$python" -c 'import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec("pyspark").origin).parent)')
export SPARK_HOME SPARK_LOCAL_IP=127.0.0.1
exec "$SPARK_HOME/bin/spark-submit" --class org.apache.spark.sql.connect.service.SparkConnectServer \
  --master 'local[*]' --name parindex --driver-memory "${SPARK_MEMORY:-2g}" \
  --conf spark.connect.grpc.binding.address=127.0.0.1 --conf "spark.connect.grpc.binding.port=$port" \
  --conf spark.driver.bindAddress=127.0.0.1 --conf spark.driver.host=127.0.0.1 \
  --conf spark.ui.enabled=false --conf spark.log.level=ERROR spark-internal
