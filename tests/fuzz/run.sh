#!/bin/bash
# Fuzzes every reader from the kept corpus, as many at once as there are processors:
#     tests/fuzz/run.sh SECONDS|INPUTSx|build [NAME...]
# for some seconds each or, with an x behind the number, for so many inputs, or only
# builds the fuzzers; the names are smf decoder safetensors journal settings ids repertoire. Takes clang with libFuzzer (Debian:
# clang libclang-rt-14-dev). Builds in build-fuzz/, where a larger corpus grows from run
# to run. Fails on any find; what to do with one: give it a name in tests/fuzz/corpus/,
# and a test of the rule that was broken.
set -u
root=$(dirname "$(realpath "$0")")/../..
cd "$root" || exit 1
case ${1:?"usage: tests/fuzz/run.sh SECONDS|INPUTSx|build [NAME...]"} in
build) limit= ;;
# Short inputs, so that millions can be tried in hours.
*x) limit="-runs=${1%x} -max_len=512" ;;
*) limit="-max_total_time=$1 -max_len=8192" ;;
esac
shift
[ $# -gt 0 ] || set -- smf decoder safetensors journal settings ids repertoire

build=build-fuzz
[ -f $build/build.ninja ] || CC=clang meson setup $build -Dfuzz=enabled \
    -Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debugoptimized >/dev/null ||
    exit 1
# shellcheck disable=SC2046
ninja -C $build $(printf 'tests/fuzz/fuzz_%s ' "$@") >$build/log 2>&1 ||
    { cat $build/log >&2 && exit 1; }
[ "$limit" ] || exit 0

export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
fuzz() { # NAME: its log is in $build/NAME.log
    local corpus=$build/corpus/$1 finds=$build/finds/$1
    mkdir -p "$corpus" "$finds"
    # An input has a few KB, so one that takes seconds is a fault too.
    # shellcheck disable=SC2086
    $build/tests/fuzz/fuzz_"$1" $limit -timeout=5 -rss_limit_mb=1024 \
        -print_final_stats=1 -verbosity=0 -artifact_prefix="$finds/" \
        "$corpus" tests/fuzz/corpus/"$1" >$build/"$1".log 2>&1
}
passed=0 failed=0
running=()
finish() { # waits for the fuzzer that was started first
    local name=${running[0]%:*} what
    if wait "${running[0]#*:}"; then
        passed=$((passed + 1)) what='no find'
    else
        failed=$((failed + 1)) what='a FIND'
        cat $build/"$name".log
    fi
    running=("${running[@]:1}")
    echo "$name: $(sed -n 's/.*number_of_executed_units: *//p' $build/"$name".log) inputs, $what"
}
for name; do
    [ ${#running[@]} -lt "$(nproc)" ] || finish
    fuzz "$name" &
    running+=("$name:$!")
done
while [ ${#running[@]} -gt 0 ]; do finish; done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
