#!/bin/bash
# with_jack_dummy.sh COMMAND...: runs a TAP test beside a JACK server of its own, on the
# dummy driver (48000 frames a second, 256 a period), whose process is $PAR_JACKD_PID. A
# script that kills it can start another: serve & (an exported function). Without jackd
# it skips. No sound card is needed. With $PAR_REALTIME set its threads have real-time
# priority, as on a musician's machine.
command -v jackd >/dev/null || { echo '1..0 # SKIP no jackd here (Debian: jackd2)'; exit; }
folder=$(mktemp -d) || exit 1
export XDG_RUNTIME_DIR=$folder HOME=$folder JACK_NO_AUDIO_RESERVATION=1
export JACK_NO_START_SERVER=1 JACK_DEFAULT_SERVER=par$$
serve() {
    exec jackd ${PAR_REALTIME:---no-realtime} -n "$JACK_DEFAULT_SERVER" -d dummy -r 48000 -p 256 \
        >"$HOME/log" 2>&1
}
export -f serve
export PAR_REALTIME=${PAR_REALTIME:+--realtime}
serve &
export PAR_JACKD_PID=$!
for _ in {1..600}; do
    jack_lsp >/dev/null 2>&1 && break
    sleep 0.1
done
timeout -k 1 "${PAR_LIMIT:-100}" "$@"
status=$?
{ kill -9 $PAR_JACKD_PID && wait; } 2>/dev/null # which may be stopped, or gone

# A killed server stays in a table of eight until the next of its name ends normally.
sleep 0.3
serve &
sleep 0.5
kill $! && wait
rm -rf "$folder" /dev/shm/jack_*"$JACK_DEFAULT_SERVER"_*
exit $status
