#!/bin/bash
# What takes too long for ./test. From a checkout that ./test has built:
#     tests/soak/run.sh [SHARE] [NAME...]
# SHARE is how much of the full length, 1 (some five hours) without; the names are
# allocations fuzzing soundfonts endless playing. Ends with `N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 1
share=${1:-1}
shift
[ $# -gt 0 ] || set -- allocations fuzzing soundfonts endless playing
build=build par=build/app/par-midi passed=0 failed=0
of() { awk -v s="$share" -v n="$1" 'BEGIN { n *= s; print int(n > 1 ? n : 1) }'; }
with() { # a server
    PAR_LIMIT=$(($(of 600) * 2 + 60)) "tests/with_$1.sh" $build/tests/soak_play \
        assets/model.safetensors "$(of 600)"
}
soak() {
    case $1 in
    allocations) # each of all, in every command
        tests/fail_every_malloc.sh $par $build/tests/make_model \
            $build/tests/libfail_malloc.so "$(awk -v s="$share" \
                'BEGIN { print s >= 1 ? 0 : int(2000 * s) }')"
        ;;
    fuzzing) tests/fuzz/run.sh "$(of 10000000)x" ;;
    soundfonts) tests/soak/soundfonts.py $par "$(of 2000)" ;;
    endless) tests/soak/endless.sh $par "$(of 3600)" ;;
    playing)
        ninja -C $build tests/soak_play >/dev/null && with jack_dummy && with pipewire_null
        ;;
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
