#!/bin/bash
# Fuzzes every reader for a while, from the kept corpus:
#     tests/fuzz/run.sh SECONDS [NAME...]      smf decoder safetensors journal settings
# Takes clang with libFuzzer (Debian: clang libclang-rt-14-dev). Builds in build-fuzz/,
# where a larger corpus grows from run to run. Fails on any find; what to do with one:
# give it a name in tests/fuzz/corpus/, and a test of the rule that was broken.
set -u
root=$(dirname "$(realpath "$0")")/../..
cd "$root" || exit 1
seconds=${1:?"usage: tests/fuzz/run.sh SECONDS [NAME...]"}
shift
[ $# -gt 0 ] || set -- smf decoder safetensors journal settings

build=build-fuzz
[ -f $build/build.ninja ] || CC=clang meson setup $build -Dfuzz=enabled \
    -Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debugoptimized || exit 1
ninja -C $build $(printf 'tests/fuzz/fuzz_%s ' "$@") || exit 1

export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
passed=0 failed=0
for name; do
    corpus=$build/corpus/$name finds=$build/finds/$name
    mkdir -p "$corpus" "$finds"
    echo "== $name for $seconds s"
    # A unit is a few KB: one that takes a second is a find, too.
    if $build/tests/fuzz/fuzz_"$name" -max_total_time="$seconds" -max_len=8192 \
        -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="$finds/" "$corpus" tests/fuzz/corpus/"$name"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
