#!/bin/bash
# endless.sh PAR_MIDI SECONDS: generates without end for so long and measures the memory, which
# may grow only by the size of the tokens. The piece must be complete when it is stopped. Prints
# TAP.
set -u
par=$(realpath "$1") seconds=$2
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
"$par" continue --from-scratch -o "$t/endless.mid" -s 86400 --seed 1 \
    --threads 1 2>"$t/err" &
pid=$!
memory() { awk '/^VmRSS/ { print $2 }' /proc/$pid/status; } # KB
sleep $((seconds / 10 + 2))
first=$(memory)
first=${first:-0} most=$first
for ((i = 0; i < 50; i++)); do
    sleep "$(awk -v s="$seconds" 'BEGIN { print s * 0.9 / 50 }')"
    now=$(memory)
    [ "$now" ] || break # it has ended
    [ "$now" -le "$most" ] || most=$now
done
kill -INT $pid 2>/dev/null
wait $pid
status=$?
tokens=$(sed -n 's/.* in \([0-9]*\) tokens$/\1/p' "$t/err")
echo "# $seconds s, ${tokens:-?} tokens; memory $first KB after a tenth of it, $most KB at most"
echo 1..2
failures=0
# 4 bytes a token, in arrays that grow by doubling.
if [ $((most - first)) -le $((4096 + ${tokens:-0} * 12 / 1024)) ]; then echo "ok 1 - memory is flat"; else
    echo "not ok 1 - memory is flat"
    failures=1
fi
if [ $status = 130 ] && "$par" tokenize "$t/endless.mid" >/dev/null; then
    echo "ok 2 - an endless piece that is stopped is whole"
else
    echo "not ok 2 - an endless piece that is stopped is whole"
    cat "$t/err" >&2
    failures=1
fi
[ $failures = 0 ]
