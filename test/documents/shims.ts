/**
 * Programs that stand before the real ones. `curl` takes an HTTP error for a failure, as a reader would, and ends
 * streams that would go on for ever; what serves until it is stopped is stopped when it is there; whole test runs are
 * left to CI, whose commands they are.
 */
export const SHIMS: Readonly<Record<string, string>> = {
  curl: `
streams=no
for word in "$@"; do case "$word" in -sN) streams=yes ;; esac; done
if [ $streams = no ]; then exec /usr/bin/curl --fail-with-body "$@"; fi
said=$(mktemp); /usr/bin/curl --fail-with-body "$@" >"$said" & streaming=$!
# It is ended when it has said something. A stream that says nothing, or ends by itself, is no stream.
while kill -0 $streaming 2>/dev/null && [ ! -s "$said" ]; do sleep 0.1; done
sleep 1; kill $streaming; status=$?
cat "$said"; rm "$said"; exit $status`,
  kcloud: `
case "$1" in
top) exec node --import tsx src/cli/kcloud.ts "$@" --once ;;
*) exec node --import tsx src/cli/kcloud.ts "$@" ;;
esac`,
  prometheus: `
/usr/bin/prometheus "$@" --web.listen-address="127.0.0.1:$FREE_PORT" & serving=$!
while kill -0 $serving && ! /usr/bin/curl -sf "http://127.0.0.1:$FREE_PORT/-/ready" >/dev/null; do sleep 0.1; done
/usr/bin/curl -sf "http://127.0.0.1:$FREE_PORT/-/ready"; status=$?
kill $serving; exit $status`,
  npm: `
serves() {
  setsid /usr/bin/env PATH="$REAL_PATH" PORT="$FREE_PORT" STATE_PATH=:memory: npm "$@" & serving=$!
  echo $serving >>"$HOME/.started"
  while kill -0 $serving && ! /usr/bin/curl -sf "http://127.0.0.1:$FREE_PORT/api/v1/system/livez" >/dev/null; do sleep 0.1; done
  /usr/bin/curl -sf "http://127.0.0.1:$FREE_PORT/api/v1/system/livez"; status=$?
  kill -- -$serving; exit $status
}
case "$*" in
'run demo' | 'run dev') serves "$@" ;;
test | 'run check' | 'run spec' | 'run bench'*) grep -q 'npm test' .ci/run && grep -q 'npm run check' .ci/run ;;
*) exec /usr/bin/env PATH="$REAL_PATH" npm "$@" ;;
esac`,
  // A file of tests that a page names has to be there; CI runs it.
  npx: `for word in "$@"; do case "$word" in test/*) [ -e "$word" ] || exit 1 ;; esac; done`,
}
