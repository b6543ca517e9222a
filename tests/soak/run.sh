#!/bin/bash
# Tests that take too long for ./test. Run it in a checkout that ./test has built:
#     tests/soak/run.sh [SHARE] [NAME...]
# SHARE is the share of the full length (default: 1, about six hours); the names are
# allocations fuzzing takes soundfonts endless playing hour; and notes, of the files below
# the folder $PAR_MIDI_DATA. Ends with `N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 1
share=${1:-1}
shift
[ $# -gt 0 ] || set -- allocations fuzzing takes soundfonts endless playing hour
build=build par=build/app/par-midi passed=0 failed=0
of() { awk -v s="$share" -v n="$1" 'BEGIN { n *= s; print int(n > 1 ? n : 1) }'; }
stream() { # SERVER WHAT SECONDS
    PAR_REALTIME=1 PAR_LIMIT=$(($3 + 60)) "tests/tools/with_$1.sh" $build/tests/soak_play "$2" "$3"
}
# Plays, and at the same time a silent stream runs on a server of the same kind. Underruns of
# the silent stream are caused by the machine; two such counts differ by about the root of their
# sum.
playing() { # SERVER SECONDS
    local folder status=1
    folder=$(mktemp -d)
    stream "$1" silence "$2" >"$folder/silence" &
    stream "$1" assets/model.safetensors "$2" | tee "$folder/playing"
    [ "${PIPESTATUS[0]}" = 0 ] && wait $! &&
        awk '/^# underruns/ { n[FILENAME] = $3; seen++ }
            END { p = n[ARGV[1]]; s = n[ARGV[2]]; print "# a silent stream: " s
                exit !(seen == 2 && (p <= s + 1 || (p - s) ^ 2 <= 9 * (p + s))) }' \
            "$folder/playing" "$folder/silence" && status=0
    wait
    rm -r "$folder"
    return $status
}
soak() {
    case $1 in
    allocations) # each of all, in every command
        tests/program/fail_every_malloc.sh $par $build/tests/make_model \
            $build/tests/libfail_malloc.so "$(awk -v s="$share" \
                'BEGIN { print s >= 1 ? 0 : int(2000 * s) }')"
        ;;
    fuzzing) tests/fuzz/run.sh "$(of 10000000)x" ;;
    takes) $build/tests/test_takes "$(of 8)" 30 ;;
    notes) tests/soak/notes.py $par "${PAR_MIDI_DATA:?is the folder of MIDI files}" ;;
    soundfonts) tests/soak/soundfonts.py $par "$(of 2000)" ;;
    endless) tests/soak/endless.sh $par "$(of 3600)" ;;
    playing)
        ninja -C $build tests/soak_play >/dev/null &&
            playing jack_dummy "$(of 600)" && playing pipewire_null "$(of 600)"
        ;;
    hour) ninja -C $build tests/soak_play >/dev/null && playing jack_dummy "$(of 3600)" ;;
    esac
}
for name; do
    began=$SECONDS
    echo "== $name"
    if soak "$name"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    echo "-- $name: $((SECONDS - began)) s"
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
