#!/bin/bash
# Reports which lines of midi, model and audio the tests run:  tests/coverage.sh [LEAST]
# Builds in build-coverage/ (Debian: gcovr), prints a line for each file with the lines that
# never run, and the sum. Fails below LEAST percent (default: 85).
set -eu
cd "$(dirname "$0")/.."
build=build-coverage
[ -f $build/build.ninja ] ||
    meson setup $build -Db_coverage=true -Dbuildtype=debugoptimized >/dev/null
ninja -C $build >$build/log || { cat $build/log >&2 && exit 1; }
find $build -name '*.gcda' -delete
meson test -C $build --no-rebuild >$build/tests.txt || tail -n 15 $build/tests.txt >&2
# Only the programs' sources; the double build of model/ for the tests would count more.
gcovr --root . --filter 'midi/' --filter 'model/' --filter 'audio/' \
    --txt $build/coverage.txt --fail-under-line "${1:-85}" \
    $build/midi $build/audio $build/model/libmodel.a.p $build/model/liblanes_*.a.p \
    >$build/gcovr.log 2>&1 || status=$?
cat $build/coverage.txt
exit ${status:-0}
