#!/bin/sh
# test_ranks.sh PAR_MIDI SOURCE_ROOT mpi|alone RANKS_DEMO: trains with several processes,
# which must equal training with one, and kills one of them. Prints TAP, one line per rule.
par=$(realpath "$1") root=$(realpath "$2") built=$3 demo=$(realpath "$4")
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export XDG_CACHE_HOME="$home/cache" LC_ALL=C
# By default mpirun refuses to run as root and with more processes than cores.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
# MPI leaks memory.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
cd "$home" || exit 1
. "$root/tests/rule.sh"

. "$root/tests/tools/melody.sh"
mkdir set
for i in 1 2 3 4 5 6 7 8; do melody $i set/p$i.mid || exit 1; done
{
    echo 'split,midi_filename'
    for i in 1 2 3 4 5 6 7; do echo "train,p$i.mid"; done
    echo validation,p8.mid
} >set/set.csv
shape='--preset tiny --context 64 --width 32 --heads 2 --layers 1 --threads 1
       --report-every 1'

if [ "$built" = alone ]; then
    refused() {
        ! OMPI_COMM_WORLD_SIZE=2 "$par" train set --out two >out 2>err &&
            grep -q 'mpirun started 2 processes, but .* built without MPI$' err
    }
    rule 'a build without MPI does not train the same run twice at once' refused
fi
if [ "$built" = alone ] || ! command -v mpirun >/dev/null; then
    echo "ok $((count + 1)) # SKIP there is no MPI"
    echo "1..$((count + 1))"
    exit $failures
fi

# shellcheck disable=SC2086
train() { # PROCESSES OPTIONS...
    start="mpirun -n $1"
    [ "$1" -gt 1 ] || start=
    shift
    $start "$par" train "$@" >out 2>err
}
losses() { sed -n 's/.*"step": \([0-9]*\), "loss": \([0-9.]*\),.*/\1 \2/p' "$1/metrics.jsonl"; }
alike() { # RUN RUN STEPS TOLERANCE
    losses "$1" >a
    losses "$2" >b
    paste -d ' ' a b | awk -v steps="$3" -v tolerance="$4" '
        { d = $2 - $4; if ($1 != $3 || d > tolerance || -d > tolerance) wrong++ }
        END {
            if (wrong) print wrong " steps differ" >"/dev/stderr"
            exit wrong || NR != steps
        }'
}

# --- what goes between them ---
everywhere() {
    mpirun -n 3 "$demo" >out 2>err && [ "$(wc -l <out)" -eq 3 ] &&
        [ "$(sort -u out | wc -l)" -eq 1 ] && grep -q '^3 ranks: .* 1 0$' out
}
rule 'sums, shared data and failures are equal in all processes, to the bit' everywhere

# --- the same as one ---
small="--windows epoch $shape --latents 16 --batch 4 --steps 24"
# shellcheck disable=SC2086
same() { # RUN OTHER PROCESSES OPTIONS...: the other run has the losses of the first
    first=$1 other=$2
    shift 2
    train "$1" set --out "$other" $small --dropout "$2" &&
        alike "$first" "$other" 24 0.0005
}
# shellcheck disable=SC2086
train 1 set --out dry $small --dropout 0
# shellcheck disable=SC2086
train 1 set --out wet $small --dropout 0.2
differ() { ! alike dry wet 24 0.0005 2>/dev/null; }
rule 'dropout changes the losses' differ
rule 'two processes have the same losses as one' same dry dry-2 2 0
rule 'two processes train the same model with dropout too' same wet wet-2 2 0.2
rule 'three processes that share four windows train the same model' same wet wet-3 3 0.2
rule 'an uneven share of windows is reported once' [ "$(grep -c 'of 4 windows, shared by 3 processes' err)" -eq 1 ]
# shellcheck disable=SC2086
rule 'a time limit ends all processes of a run' train 2 set --out clock $shape --batch 2 --minutes 0.02

few() {
    ! train 3 set --out few --batch 2 &&
        [ "$(grep -c 'a batch of 2 windows cannot be shared by 3 processes' err)" -eq 1 ]
}
rule 'a process without a window is refused, in one sentence' few
misused() { ! train 2 set --keep 2 && [ "$(grep -c 'keep must be' err)" -eq 1 ]; }
rule 'several processes refuse what one would refuse' misused

# --- stopped, killed, resumed ---
# So long that it still runs when mpirun ends the processes, a second after Ctrl-C.
steps=200
sanitized "$par" && steps=60 # which take longer
long="--windows epoch $shape --latents 64 --batch 16 --steps $steps"
# shellcheck disable=SC2086
train 1 set --out straight $long
# begin RUN: two processes, each with its number in pid.RANK, until ten steps are done.
# shellcheck disable=SC2086
begin() {
    mpirun -n 2 sh -c 'echo $$ >pid.$OMPI_COMM_WORLD_RANK; exec "$@"' sh \
        "$par" train set --out "$1" $long >out 2>err &
    pid=$!
    while kill -0 $pid 2>/dev/null &&
        [ "$(cat "$1/metrics.jsonl" 2>/dev/null | wc -l)" -lt 10 ]; do
        sleep 0.01
    done
}
ended() { # RUN: it ended by itself, with a sentence, and was saved
    for _ in $(seq 1200); do
        kill -0 $pid 2>/dev/null || break
        sleep 0.1
    done
    ! kill -0 $pid 2>/dev/null && ! wait $pid &&
        grep -q "^stopped and saved; par-midi train --resume $1 continues it" out &&
        [ -s "$1/state.safetensors" ]
}
# is_saved_after RUN SIGNAL: sent to one process, or to mpirun if it is INT. mpirun leaves a
# second to save in, which may be too short on a busy machine: then once more, up to ten times.
is_saved_after() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        rm -rf "$1"
        begin "$1"
        if [ "$2" = INT ]; then kill -s INT $pid; else kill -s "$2" "$(cat pid.1)"; fi
        ended "$1" && return
    done
    return 1
}
rule 'a process that is killed ends the run, which is saved' is_saved_after killed KILL
rule 'a run that lost a process can be resumed' train 2 --resume killed --threads 1
rule 'a run that lost a process gives the same model' alike straight killed $steps 0.01
# mpirun handles INT even in the background.
rule 'Ctrl-C to mpirun saves the run' is_saved_after interrupted INT
rule 'one process can resume a run of two' \
    train 1 --resume interrupted --threads 1
rule 'a run that two began and one ended gives the same model' alike straight interrupted $steps 0.01

echo "1..$count"
[ $failures -eq 0 ]
