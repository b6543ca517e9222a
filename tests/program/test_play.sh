#!/bin/bash
# test_play.sh PAR_MIDI SOURCE_ROOT JACK_HARNESS: par-midi play beside a JACK server
# (with_jack_dummy.sh), observed at the receiving end by a sound recorder and a MIDI input.
# Prints TAP.
set -u
# The libraries of sound keep some memory to the end.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
par=$1 root=$2 jack_harness=$3
prompt=$root/assets/prompts/chopin-prelude-in-e-minor.mid
t=$(mktemp -d)
. "$root/tests/rule.sh"
. "$root/tests/program/wire.sh"
said=$t/err app= room= server=
mkfifo "$t/keys"
finish() {
    { kill -9 $app $room $server; wait; } 2>/dev/null
    rm -rf "$t"
}
trap finish EXIT
listen() { # NAME: starts a sound recorder and a MIDI input
    : >"$t/midi"
    "$jack_harness" "$1" "$t/midi" <"$t/keys" >"$t/heard" 2>/dev/null &
    room=$!
    exec 8>"$t/keys"
    until_true 60 port_there "$1"
}
port_there() { jack_lsp 2>/dev/null | grep -qx "$1:wire"; }
play() {
    "$par" play "$@" 2>"$t/err" &
    app=$!
}
plays() { [ "$(strokes)" -ge "$1" ]; }
all_up() { sleep 0.3 && until_true 20 none_down; }

# Each stroke comes as many frames after the first as in the file, within one frame. In the
# file a tick is 50 microseconds, and the times are no multiples of a period.
times='0 1234 2077 5021 5022 9999 12345 20001'
make_times() {
    local time i=0
    for time in $times; do
        echo $time 144 $((40 + i)) 80
        echo $((time + 300)) 128 $((40 + i)) 0
        i=$((i + 1))
    done | midi_file "$t/times.mid" 10000
}
midi_file() { # NAME DIVISION: of lines TICK STATUS A B, at 120 beats a minute
    python3 -c '
import struct, sys
def number(x):
    out = bytes([x & 127])
    while x > 127:
        x >>= 7
        out = bytes([x & 127 | 128]) + out
    return out
track, at = b"", 0
for time, *message in sorted(tuple(map(int, line.split())) for line in sys.stdin):
    track += number(time - at) + bytes(message)
    at = time
track += b"\0\xff\x2f\0"
open(sys.argv[1], "wb").write(struct.pack(">4sIHHH4sI", b"MThd", 6, 0, 1, int(sys.argv[2]),
                                          b"MTrk", len(track)) + track)
' "$@"
}
on_time() {
    make_times && : >"$t/midi" && play "$t/times.mid" --port 'JACK: ear:wire' && wait $app &&
        all_up && awk -v times="$times" 'BEGIN { n = split(times, due, " ") }
            $2 >= 144 && $2 < 160 {
                if (!count++) first = $1
                off = $1 - first - due[count] * 50e-6 * 48000
                lost = int(off / 256 + 0.5) # periods that a busy machine dropped
                off -= lost * 256
                if (off < 0) off = -off
                if (off > most) most = off
            }
            END { printf "# %d strokes, off by %.2f frames at most, %d periods dropped\n",
                    count, most, lost
                exit !(count == n && most <= 1) }' "$t/midi"
}
# 2048 strokes and as many releases within half a millisecond, and a stroke after them.
flood() {
    { seq 0 4095 | awk '{ print int($1 / 128), $1 % 256 < 128 ? 144 : 128, $1 % 128, 64 }'
        echo 30000 144 60 64
        echo 40000 128 60 0; } | midi_file "$t/flood.mid" 30000
    : >"$t/midi" && play "$t/flood.mid" --port 'JACK: ear:wire' && wait $app && all_up &&
        [ "$(strokes)" = 2049 ]
}
stops() { # SIGNAL STATUS
    : >"$t/midi"
    play "$prompt" --port 'JACK: ear:wire'
    until_true 60 plays 20 && until_true 20 some_down && kill -$1 $app
    wait $app
    [ $? -eq $2 ] && all_up
}
# The receiver vanishes and another one takes its place: no key stays down, and the music
# continues.
vanishes() {
    play "$prompt" --port 'JACK: ear:wire'
    until_true 60 plays 10 || return
    kill -9 $room
    wait $room 2>/dev/null
    exec 8>&-
    listen ear && until_true 60 plays 10 && kill -INT $app
    wait $app
    [ $? -eq 130 ] && all_up
}
to_the_ears() {
    : >"$t/midi"
    play "$t/times.mid" && until_true 60 grep -q sound "$t/heard" && wait $app &&
        until_true 60 grep -q silence "$t/heard" && until_true 20 plays 8 && all_up
}
no_such_port() {
    "$par" play "$t/times.mid" --port 'JACK: nobody:in' 2>"$t/err"
    [ $? -eq 1 ] && grep -q "the MIDI port 'JACK: nobody:in' is not there now" "$t/err"
}
doctor_lists() {
    "$par" doctor >"$t/out" 2>"$t/err"
    grep -q 'JACK: ear:wire' "$t/out" && grep -q 'JACK: ear:keys' "$t/out"
}
# With another server and without a sound device, MIDI is sent by a separate client, by the
# computer's clock. Beside a server that is delayed, neither the lateness nor the number of
# strokes can be checked.
without_sound() {
    local kept=$JACK_DEFAULT_SERVER status
    export JACK_DEFAULT_SERVER=${kept}silent
    jackd ${PAR_REALTIME:---no-realtime} -n $JACK_DEFAULT_SERVER -d dummy -r 48000 -p 256 \
        -P 0 >/dev/null 2>&1 &
    server=$!
    until_true 60 jack_lsp >/dev/null 2>&1 && new_ear && by_a_client_of_its_own
    status=$?
    { kill $server && wait $server; } 2>/dev/null # so that it leaves JACK's table
    export JACK_DEFAULT_SERVER=$kept
    new_ear && return $status
}
by_a_client_of_its_own() {
    : >"$t/midi"
    play "$t/times.mid" --port 'JACK: ear:wire' && wait $app && all_up &&
        [ "$(strokes)" -ge 4 ] && stops INT 130 && stops TERM 143 && vanishes
}
server_dies() {
    play "$prompt" --port 'JACK: ear:wire'
    until_true 60 plays 10 && kill -9 $PAR_JACKD_PID && sleep 1 && kill -INT $app
    wait $app
    [ $? -eq 130 ]
}
# If a busy machine drops a period, the messages of that period are lost, and the server
# disconnects a client that is late too often. So there are up to three tries, each after the
# first with a new recorder.
tries() { # COMMAND...
    "$@" || { new_ear && "$@"; } || { new_ear && "$@"; }
}
new_ear() {
    { kill -9 $app $room; wait $app $room; } 2>/dev/null
    exec 8>&-
    listen ear
}
listen ear
rule 'a stroke is played to a MIDI port within a frame of when it is due' tries on_time
rule 'every stroke of a file with 4096 events in one block arrives, and no key stays down' \
    tries flood
rule 'Ctrl-C releases every key and the pedal at the port, and the exit status is 130' tries stops INT 130
rule 'a request to end stops play with exit status 143' tries stops TERM 143
rule 'a port that vanishes is connected again when it comes back' tries vanishes
if "$par" doctor | grep -q '^soundfont *no '; then
    echo "ok $((count += 1)) # SKIP no SoundFont is installed"
else
    rule 'without a port play sounds, and ends when the last sound has decayed' tries to_the_ears
fi
rule 'a missing port is one sentence' no_such_port
rule 'doctor lists the ports to receive from and to send to' doctor_lists
rule 'MIDI is sent, and no key stays down, without sound by JACK' \
    tries without_sound
rule 'play can be stopped after the sound server has died' server_dies
echo "1..$count"
exit $((failures > 0))
