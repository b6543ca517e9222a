#!/bin/sh
# test_train.sh PAR_MIDI SOURCE_ROOT: trains a very small model on a very small data set with
# the program itself, and checks the resulting files. Prints TAP, one line per rule.
par=$(realpath "$1") root=$(realpath "$2")
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export XDG_CACHE_HOME="$home/cache" LC_ALL=C
cd "$home" || exit 1
. "$root/tests/rule.sh"
skip() {
    count=$((count + 1))
    echo "ok $count # SKIP $1"
}
# status WANT COMMAND...: the command exits with WANT; its output is in out and err.
status() {
    want=$1
    shift
    "$@" >out 2>err
    got=$?
    [ $got -eq "$want" ] || echo "exit status $got instead of $want" >&2
    [ $got -eq "$want" ]
}

# --- a data set ---
. "$root/tests/tools/melody.sh"
mkdir set
{
    echo 'split,midi_filename,title'
    for i in 1 2 3 4 5; do echo "train,p$i.mid,\"Piece, the $i\""; done
    printf 'validation,p6.mid,\r\nvalidation,p7.mid,\r\ntest,p8.mid,\r\n'
    echo 'train,bad.mid,broken'
} >set/set.csv
for i in 1 2 3 4 5 6 7 8; do melody $i set/p$i.mid || exit 1; done
echo 'this is no MIDI file' >set/bad.mid
mkdir empty

shape='--preset tiny --context 64 --latents 16 --width 32 --heads 2 --layers 1
       --batch 2 --threads 1 --recall off'
windows='--windows epoch --span 16 --bias 1 --transpose -5..6 --tempo 0.9..1.1 --loudness -2..2 --untouched 0.1'
often='--report-every 1 --validate-every 100 --save-every 50'

train() { # RUN OPTIONS...
    run=$1
    shift
    # shellcheck disable=SC2086
    "$par" train set --out "$run" $shape "$@"
}

# --- a run ---
rule 'a run trains and says how to use its model' \
    status 0 train run --steps 8 --report-every 2 --validate-every 4
said_how() {
    grep -q '^8 steps done$' out && grep -q '^best validation: [0-9.]* nats' out &&
        grep -q -e 'par-midi continue IN.mid --model run/best.safetensors' out
}
rule 'train ends with its steps, its best validation and the next command' said_how
said_what() {
    grep -q '9 files, 1 left out' err && grep -q '^  split by set.csv$' err && grep -q 'train *5 pieces' err &&
        grep -q 'parameters.*of memory$' err && grep -q '^step 8/8  loss [0-9.]*  vali' err
}
rule 'train begins with what it trains on, and plain lines show its progress' said_what
has_files() {
    for f in config.json metrics.jsonl curves.svg last.safetensors best.safetensors \
        state.safetensors skipped.txt; do
        [ -s "run/$f" ] || return 1
    done
}
rule 'a run writes all its files' has_files
rule 'a file that is no MIDI is skipped and listed' \
    grep -q '^[^ ]*/set/bad.mid: byte 0: ' run/skipped.txt
# Every file that a run writes, taken from the files of an existing run.
keeps_inputs() {
    mkdir -p other && cp run/last.safetensors run/best.safetensors other || return
    status 2 train other --from other/best.safetensors --steps 8 && [ "$(wc -l <err)" = 1 ] &&
        cmp -s other/best.safetensors run/best.safetensors && [ "$(ls other | wc -l)" = 2 ] ||
        return
    for f in run/*; do
        status 2 train other --cache "other/$(basename "$f")" --steps 8 || return
    done
    [ "$(ls other | wc -l)" = 2 ]
}
rule 'a run overwrites neither the model that it begins with nor the cache' keeps_inputs
if python3 -c '' 2>/dev/null; then
    rule 'Python reads the model' \
        status 0 python3 "$root/tests/tools/read_safetensors.py" run/last.safetensors
else
    skip 'there is no python3'
fi
rule 'info describes the trained model' status 0 "$par" info run/last.safetensors
rule 'a folder that holds a run is refused for a new run' \
    status 1 train run --steps 8
rule 'the message says that the folder holds a run' grep -q 'run already holds a run' err

# --- the same again ---
tensors() { # RUN: the checksums of all tensors
    for f in last best state; do
        head -c 50000 "$1/$f.safetensors" | grep -a -o '"sha256": *"[0-9a-f]*"'
    done
}
metrics() { sed 's/, "latents_per_second": [^,}]*//; s/, "elapsed": [^,}]*//' "$1/metrics.jsonl"; }
same() { # RUN RUN
    [ "$(tensors "$1" | wc -l)" -eq 3 ] && [ "$(tensors "$1")" = "$(tensors "$2")" ] &&
        [ "$(metrics "$1")" = "$(metrics "$2")" ]
}
same_model() { [ "$(tensors "$1")" = "$(tensors "$2")" ]; }
differ() { [ "$(tensors "$1")" != "$(tensors "$2")" ]; }
train twin --steps 8 --report-every 2 --validate-every 4 >out 2>err
rule 'the same seed gives the same model' same run twin
train other --steps 8 --report-every 2 --validate-every 4 --seed 7 >out 2>err
rule 'another seed gives another model' differ run other
train plain --steps 8 --report-every 2 --validate-every 4 --no-augment >out 2>err
rule 'training without augmentation gives another model' differ run plain
# All tokens without the first of each piece, divided by 32 latents per step: 70 steps.
once() {
    train once --windows epoch --steps 75 --report-every 75 --validate-every 75 \
        --no-augment >out 2>err || return
    tail -n 1 once/metrics.jsonl | awk -F '"epoch": ' '{ exit !($2 > 0.98 && $2 < 1.07) }'
}
rule 'an epoch has as many targets as the corpus has tokens, and the metrics count them' once
as_it_was() { # with ranges from a value to the same value
    train still --steps 8 --report-every 2 --validate-every 4 --transpose 0 --tempo 1 \
        --loudness 0 >out 2>err && same plain still
}
rule 'an augmentation with empty ranges changes nothing' as_it_was
train untouched --steps 8 --report-every 2 --validate-every 4 --untouched 1 >out 2>err
rule 'an augmentation of no windows changes nothing' same_model plain untouched

# --- what else lies in a folder, and in which order ---
mkdir bad there back
for file in '' M MThd 'MThd\0\0\0\6\0\1\0\1\0\140MTrk\0\0\0\4\0\377/\0'; do
    # shellcheck disable=SC2059
    printf "$file" >bad/b$(ls bad | wc -l).mid
done
python3 "$root/../shared/badmidi/gen_badmidi.py" generated >generated.txt 2>&1 &&
    rm -f generated/*.tsv && cp generated/* bad
head -c 100000 /dev/urandom >bad/noise.mid
for file in $(ls set/p*.mid bad/*); do cp "$file" there; done
for file in $(ls set/p*.mid bad/* | sort -r); do cp "$file" back; done
trained_in_order() {
    for order in there back; do
        # shellcheck disable=SC2086
        status 0 "$par" train $order --out run-$order $shape --steps 8 --report-every 2 \
            --validate-every 4 || return
        grep -q ' left out' err || return
    done
}
rule 'a folder with many bad files is trained on' trained_in_order
skipped() { # the reasons, without the folder
    sed "s,[^ ]*/$1/,," run-$1/skipped.txt
}
lists_each() {
    [ "$(skipped there)" = "$(skipped back)" ] &&
        [ "$(skipped there | wc -l)" -ge 4 ] && ! LC_ALL=C grep -q '[[:cntrl:]]' run-there/skipped.txt
}
rule 'each bad file is listed in one printable line' lists_each
# The only validation piece may be a bad file: then there is no best model.
alike() {
    tensors run-there 2>/dev/null >there.sums && tensors run-back 2>/dev/null >back.sums
    [ "$(wc -l <there.sums)" -ge 2 ] && cmp -s there.sums back.sums
}
rule 'the order in which a folder is read does not matter' alike

# --- stopped, killed, resumed: the same result ---
steps=600
sanitized "$par" && steps=200 # which take longer
# shellcheck disable=SC2086
train straight --steps $steps $often $windows >out 2>err
# begin_run ARGUMENTS...: starts a run in the background, as $pid. A shell without job
# control starts background commands with INT ignored.
begin_run() {
    env --default-signal=INT "$par" train "$@" >out 2>err &
    pid=$!
}
# wait_for COMMAND...: until it succeeds or the run has ended, for two minutes at most.
wait_for() {
    waited=0
    until "$@" || ! kill -0 $pid 2>/dev/null; do
        waited=$((waited + 1))
        [ $waited -lt 12000 ] || return
        sleep 0.01
    done
}
# begin_and SIGNAL RUN LINES: sends the signal once the metrics have so many lines, and
# again to a new run if the last one was at its end before that was noticed.
begin_and() {
    has_lines() { [ "$(cat "$1/metrics.jsonl" 2>/dev/null | wc -l)" -ge "$2" ]; }
    ended=0
    while [ $ended -eq 0 ]; do
        rm -rf "$2"
        # shellcheck disable=SC2086
        begin_run set --out "$2" $shape --steps $steps $often $windows
        wait_for has_lines "$2" "$3"
        kill -s "$1" $pid 2>/dev/null
        wait $pid 2>/dev/null
        ended=$?
    done
    return $ended
}
stopped() { begin_and TERM stopped 20; [ $? -eq 143 ]; }
rule 'a run that is asked to end saves, and exits with the signal' stopped
rule 'a run that was asked to end says how to resume it' grep -q 'par-midi train --resume stopped' out
rule 'a run that was asked to end can be resumed' status 0 "$par" train --resume stopped --threads 1
rule 'a run that was stopped gives the same model, bit for bit' same straight stopped

killed() { begin_and KILL killed 90; [ $? -eq 137 ]; }
rule 'a run can be killed between two saves' killed
rule 'a killed run continues from its last save' status 0 "$par" train --resume killed --threads 1
rule 'a killed run gives the same model, bit for bit' same straight killed

in_a_save() { # killed while the state has two names
    cp -r killed saving && ln -f saving/state.safetensors saving/previous.safetensors &&
        status 0 "$par" train --resume saving --threads 1
}
rule 'a run that was killed in a save can be resumed' in_a_save
early() { begin_and KILL early 1; [ $? -eq 137 ]; }
rule 'a run can be killed before its first save' early
rule 'a run killed before its first save begins again' status 0 "$par" train --resume early --threads 1
rule 'a run killed before its first save gives the same model, bit for bit' same straight early

# Runs from before the choice of an optimizer do not name one, and used AdamW. They do not name
# windows and prefix dropout either, which were from anywhere and of single tokens.
train adamw --optimizer adamw --steps 8 --report-every 2 --validate-every 4 >out 2>err
rule 'AdamW trains another model than Muon' differ run adamw
old_runs() {
    cp -r adamw old || return
    grep -v -e '"muon"' -e '"windows"' -e '"span"' -e '"bias"' adamw/config.json \
        >old/config.json || return
    for run in adamw old; do
        status 0 "$par" train --resume $run --steps 12 --threads 1 || return
    done
    same adamw old
}
rule 'a run from before the choice of optimizer continues with AdamW' old_runs

# --- recall ---
train recall --recall on --steps 8 --report-every 2 --validate-every 4 >out 2>err
recalls() { "$par" info "$1/last.safetensors" | grep -q 'recall *4 heads before layer 1 of 1, of tokens 3 to 130'; }
rule 'a model is trained to recall with --recall on' recalls recall
recall_goes_on() {
    cp -r recall recall-cut && rm recall-cut/last.safetensors &&
        status 0 "$par" train --resume recall-cut --steps 12 --threads 1 &&
        status 0 "$par" train --resume recall --steps 12 --threads 1 &&
        recalls recall-cut && same recall recall-cut
}
rule 'a run with recall is resumed with recall' recall_goes_on
parts() { "$par" info "$1/last.safetensors" | grep -c -e '^  recall ' -e '^  chords ' -e '^  gates ' -e '^  values ' -e '^  soft cap '; }
has_all_parts() {
    # shellcheck disable=SC2086
    status 0 "$par" train set --out by-itself ${shape% --recall off} --steps 1 &&
        recalls by-itself && [ "$(parts by-itself)" -eq 5 ] && ! recalls run &&
        status 0 "$par" train set --out paper-like ${shape} --gates off --values off --cap 0 --steps 1 &&
        [ "$(parts paper-like)" -eq 0 ]
}
rule 'a new model has recall, chords, gates, values and a soft cap unless that is declined' has_all_parts

# --- what begins with a model ---
from='--from straight/last.safetensors --preset tiny --batch 2 --threads 1'
begin() { # RUN OPTIONS...
    run=$1
    shift
    # shellcheck disable=SC2086
    "$par" train set --out "$run" $from "$@"
}
nats() { "$par" eval set --model "$1" | grep -o 'nats per token.*'; }
takes_over() {
    status 0 begin begun --steps 1 --rate 1e-9 && nats straight/last.safetensors >straight.nats &&
        [ -s straight.nats ] && nats begun/last.safetensors | cmp -s - straight.nats
}
rule 'a run can begin with a model, and starts at its loss' takes_over
own=$home/data/par-midi/models
with_own() { XDG_DATA_HOME=$home/data status "$@"; } # WANT COMMAND...
installs() {
    with_own 0 train kept --steps 3 --install mine && cmp -s kept/best.safetensors "$own/mine.safetensors" &&
        grep -q 'par-midi continue IN.mid --model mine -o' out &&
        with_own 0 "$par" info mine && grep -q "^$own/mine.safetensors:" out
}
indexes() { # the index is the one that train --repertoire writes
    status 0 "$par" train set --repertoire same.repertoire && cmp -s same.repertoire "$own/mine.repertoire"
}
installs_again() { # the resumed model, with which a run can begin by its name
    with_own 0 "$par" train --resume kept --steps 5 --threads 1 --install mine &&
        cmp -s kept/best.safetensors "$own/mine.safetensors" &&
        with_own 0 "$par" train set --out kept-on --from mine --steps 1 --threads 1 --preset tiny --batch 2
}
refuses_to_install() {
    mkdir -p "$home/data/par-midi" && cp kept/best.safetensors "$home/data/par-midi/model.safetensors" &&
        with_own 1 train never --steps 1 --install model && grep -q 'another model is already named model' err &&
        rm "$home/data/par-midi/model.safetensors" && with_own 2 train never --steps 1 --install a/b &&
        with_own 2 "$par" train set --out never --from mine --steps 1 --install mine && [ ! -e never ]
}
rule 'a run puts its model among the user'"'"'s own, and names it so' installs
rule 'an installed model has the index of its training set beside it' indexes
rule 'the model is installed again after a resumed run, and a run can begin with its name' installs_again
rule '--install does not replace another model, nor the one that the run begins with' refuses_to_install
wakes() { status 0 begin woken --steps 1 --rate 1e-9 --wake && grep -q '^[0-9]* of 256 hidden units were silent' err; }
rule 'a run says how many silent units of its model it woke' wakes
begins_to_recall() {
    status 0 begin recalling --steps 1 --rate 1e-9 --recall on && recalls recalling &&
        nats recalling/last.safetensors | cmp -s - straight.nats
}
rule 'a run can add recall to a model without it' begins_to_recall
hears_chords() {
    status 0 "$par" train set --out chords --from recalling/last.safetensors --preset tiny --batch 2 --threads 1 \
        --steps 1 --rate 1e-9 --chords on &&
        "$par" info chords/last.safetensors | grep -q '^  chords  *of notes within 3 steps' &&
        nats chords/last.safetensors | cmp -s - straight.nats &&
        status 2 begin unfounded --steps 1 --chords on && grep -q 'needs a model with recall' err && [ ! -e unfounded ]
}
rule 'a run can add chords to a model with recall, and to no other' hears_chords
gains_parts() {
    status 0 begin gated --steps 1 --rate 1e-9 --gates on --values on &&
        "$par" info gated/last.safetensors >gated.info && grep -q '^  gates ' gated.info && grep -q '^  values ' gated.info &&
        nats gated/last.safetensors | cmp -s - straight.nats
}
rule 'a run can add gates and values to a model without them' gains_parts
layers() { "$par" info "$1" | sed -n 's/^  layers *\([0-9]*\),.*/\1/p'; }
grows() {
    few=$(layers straight/last.safetensors) && [ -n "$few" ] &&
        status 0 begin grown --steps 1 --rate 1e-9 --layers $((few + 2)) &&
        [ "$(layers grown/last.safetensors)" -eq $((few + 2)) ] &&
        nats grown/last.safetensors | cmp -s - straight.nats
}
rule 'a run can add layers to a model, and starts at its loss' grows
shrinks() {
    status 2 "$par" train set --out shrunk --from grown/last.safetensors --layers 1 &&
        grep -q 'layers cannot be less than' err && [ ! -e shrunk ]
}
rule 'a run does not take layers from the model that it begins with' shrinks
reads_faster() { grep -q '"reading": 3,' recalling/config.json && grep -q '"reading": 0,' begun/config.json; }
rule 'new recall parameters learn at three times the rate' reads_faster
rule 'a run can begin from a model with other tokens' status 0 begin folded --steps 1 --tokenizer performance
is_folded() { "$par" info folded/last.safetensors | grep -q 'tokenizer *performance, 391 kinds'; }
rule 'the new model has the tokens of the run' is_folded
begun_killed() {
    begin begun-whole --steps 30 --report-every 1 >out 2>err || return
    ended=0
    while [ $ended -eq 0 ]; do
        rm -rf early-begun
        # shellcheck disable=SC2086
        begin_run set --out early-begun $from --steps 30 --report-every 1
        wait_for [ -s early-begun/metrics.jsonl ]
        kill -s KILL $pid 2>/dev/null
        wait $pid 2>/dev/null
        ended=$?
    done
    [ $ended -eq 137 ] && status 0 "$par" train --resume early-begun --threads 1 &&
        same begun-whole early-begun
}
rule 'a run killed before its first save begins with its model again' begun_killed

# Killed ten times: sometimes as soon as the run exists, otherwise after a number of recorded
# steps, between saves or in them.
lines() { cat "$1/metrics.jsonl" 2>/dev/null | wc -l; }
killed_ten_times() {
    kills=0
    while [ $kills -lt 10 ]; do
        # shellcheck disable=SC2086
        if [ -e kills/config.json ]; then
            begin_run --resume kills --threads 1
        else
            begin_run set --out kills $shape --steps $steps $often $windows
        fi
        most=$(($(lines kills) + $(od -A n -t u2 -N 2 /dev/urandom) % (steps / 10)))
        far_enough() { [ -e kills/config.json ] && [ "$(lines kills)" -ge $most ]; }
        wait_for far_enough || return
        kill -s KILL $pid 2>/dev/null
        wait $pid 2>/dev/null
        case $? in
        137) kills=$((kills + 1)) ;;
        0) rm -rf kills ;; # the run ended before it could be killed
        *) return 1 ;;
        esac
    done
}
rule 'a run can be killed ten times' killed_ten_times
rule 'a run that was killed ten times can be finished' status 0 "$par" train --resume kills --threads 1
rule 'a run that was killed ten times gives the same model, bit for bit' same straight kills

# Where the newest state of a run was spoilt.
cp -r killed spoilt
spoil() { # FILE: changes a byte of it
    printf '\377' | dd of="$1" bs=1 seek=20000 conv=notrunc status=none
}
spoil spoilt/state.safetensors
rule 'a run whose state is damaged continues from the previous one' \
    status 0 "$par" train --resume spoilt --threads 1
rule 'one line says that a run continues from its previous state' \
    grep -q 'spoilt/state.safetensors: .* damaged.*; continues from previous.safetens' err
rule 'a run whose state was damaged gives the same model, bit for bit' same straight spoilt
cp -r killed missing && rm missing/state.safetensors
rule 'a run whose state is missing continues from the previous one' \
    status 0 "$par" train --resume missing --threads 1
rule 'one line says that the state is missing' \
    grep -q 'missing/state.safetensors: .*; continues from previous' err
rule 'a run whose state was missing gives the same model, bit for bit' same straight missing
spoil spoilt/state.safetensors
spoil spoilt/previous.safetensors
rule 'a run with both states damaged cannot be resumed' status 1 "$par" train --resume spoilt --threads 1

# Where its newest or its best model was.
says() { # STATUS TEXT COMMAND...
    want=$1 text=$2
    shift 2
    status "$want" "$@" && grep -q -e "$text" err && [ "$(wc -l <err)" -eq 1 ]
}
names_whole() { # DAMAGED WHOLE
    rm -rf spoilt && cp -r run spoilt && spoil "spoilt/$1.safetensors" &&
        says 1 "spoilt/$1.safetensors: .* damaged.*; $2.safetensors beside it is whole" \
            "$par" eval set --model "spoilt/$1.safetensors"
}
rule 'if the last model is damaged the best one is named' names_whole last best
rule 'if the best model is damaged the last one is named' names_whole best last
names_none() {
    spoil spoilt/last.safetensors && status 1 "$par" continue set/p1.mid -o no.mid \
        --model spoilt/best.safetensors && ! grep -q 'is whole' err
}
rule 'no damaged model is named' names_none

rule 'a run that is at its end stays as it is' \
    status 0 "$par" train --resume killed --threads 1
rule 'a run that was killed and resumed is the same bit for bit' same straight killed
rule 'a finished run can be extended' status 0 "$par" train --resume killed --steps $((steps + 10)) --threads 1
rule 'an extended run has the requested number of steps' grep -q "^$((steps + 10)) steps done$" out

interrupted() {
    # shellcheck disable=SC2086
    begin_run set --out interrupted $shape --minutes 5 --report-every 1
    wait_for [ -s interrupted/metrics.jsonl ]
    kill -s INT $pid
    wait $pid
    [ $? -eq 130 ] && grep -q '^stopped and saved' out && [ -s interrupted/state.safetensors ]
}
rule 'Ctrl-C saves, and exits with 130' interrupted

# A run stops after a window. The third window with this seed is long and takes seconds, so the
# second signal comes during it.
mkdir slow
melody 1 slow/p.mid 4000
printf 'split,midi_filename\ntrain,p.mid\n' >slow/set.csv
stopped_twice() {
    begin_run slow --out twice --preset tiny --context 8192 --latents 8192 --batch 1 \
        --threads 1 --seed 475 --report-every 1 --save-every 1 --steps 9
    wait_for grep -q '^step 2/9' err
    # If it came sooner, the second signal would count as a repetition of the first.
    saved=$(tensors twice 2>/dev/null) && kill -s TERM $pid && sleep 0.4 && kill -s TERM $pid || return
    wait $pid
    [ $? -eq 143 ] && ! [ -s out ] && ! grep -q '^step 3/9' err &&
        [ -n "$saved" ] && [ "$(tensors twice 2>/dev/null)" = "$saved" ]
}
rule 'a second signal ends the run at once, and what was saved stays' stopped_twice

# --- a constant rate and its cooldown ---
rule 'a run of constant rate trains' status 0 train constant --steps 8 --report-every 1 \
    --schedule constant --average 0.9 --decay-epochs 1 --change 4:batch=4
rule 'the rate of a constant run stays the same to its end' grep -q '"step": 8, .*"rate": 0.003,' constant/metrics.jsonl
rule 'a cooldown is a separate run' status 0 "$par" train --cooldown constant --steps 4
rule 'the rate falls during a cooldown' grep -q '"step": 12, .*"rate": 0.0004' \
    constant-cooled/metrics.jsonl
narrower() { # the ranges of transposition and tempo are smaller by default
    grep -q '^transpose=-2..2$' constant-cooled/data.ini &&
        grep -q '^tempo=0.9[67][0-9]*\.\.1.03$' constant-cooled/data.ini &&
        status 0 "$par" train --cooldown constant --steps 4 --transpose -4..1 --out told &&
        grep -q '^transpose=-4..1$' told/data.ini
}
rule 'a cooldown has a narrower augmentation by default' narrower
rule 'the constant run can be resumed after its cooldown' status 0 "$par" train --resume constant --steps 10 \
    --change 9:latents=32
rule 'a change at a step that the run has passed is refused' \
    status 1 "$par" train --resume constant --steps 12 --change 9:batch=2
rule 'the message names the step that the run has reached' grep -q 'is at step 10 and past 9' err
rule 'a run without a constant rate cannot be cooled down' \
    says 2 'only a run with --schedule constant' "$par" train --cooldown run --steps 4
rule 'a cooldown without a length is refused' says 2 'needs a length' "$par" train --cooldown constant
rule 'an invalid change is refused in one sentence' says 2 'must read STEP:NAME=VALUE' \
    "$par" train set --change batch=4

# --- several folders ---
mkdir more
for i in 1 2 3; do melody 1$i more/q$i.mid 30; done
printf 'split,midi_filename\ntrain,q1.mid\ntrain,q2.mid\nvalidation,q3.mid\n' >more/set.csv
several() { # RUN OPTIONS...
    run=$1
    shift
    # shellcheck disable=SC2086
    "$par" train set more --out "$run" $shape --steps 40 --report-every 1 --save-every 10 \
        --windows epoch "$@" >out 2>err
}
rule 'a run trains on two folders' several two --mix 1,0.5
both() { grep -q '/set: 9 files' err && grep -q '/more: 3 files' err; }
rule 'train says what each of two folders has' both
rule 'the files left out of any folder are listed' grep -q 'set/bad.mid' two/skipped.txt
goes_on_with_both() {
    # shellcheck disable=SC2086
    "$par" train set more --out halfway $shape --steps 40 --report-every 1 --save-every 3 \
        --windows epoch --mix 1,0.5 >out 2>err &
    pid=$!
    until [ -e halfway/state.safetensors ]; do sleep 0.01; done
    kill -9 $pid
    wait $pid 2>/dev/null
    status 0 "$par" train --resume halfway --threads 1 && same two halfway
}
rule 'a killed run on two folders resumes with both, bit for bit' goes_on_with_both
rule 'two folders can have equal weights' several equal
rule 'other weights of the folders give another model' differ two equal
alone() { # with a weight of 0 only the first folder counts, which is also the validation
    XDG_DATA_HOME=$home/data several zero --mix 1,0 --install zero && train single --steps 40 --report-every 1 --save-every 10 \
        --windows epoch >out 2>err && same zero single
}
rule 'a folder of weight 0 counts as missing' alone
rule 'and the index of the training set has none of its pieces' cmp -s same.repertoire "$own/zero.repertoire"
all_validate() {
    several everyone --mix 1,0 --validate-all && tensors zero >zero.sums &&
        tensors everyone | tail -n 1 >everyone.last && [ "$(tail -n 1 zero.sums)" = "$(cat everyone.last)" ] &&
        [ "$(grep validation zero/metrics.jsonl)" != "$(grep validation everyone/metrics.jsonl)" ]
}
rule '--validate-all validates on the pieces of every folder' all_validate
rule 'each folder must have one weight' says 2 'each of the 2 folders' \
    "$par" train set more --mix 1
rule 'invalid weights of folders are refused' says 2 'each of the 2 folders' "$par" train set more --mix 1,x
rule 'weights that are all 0 are refused' says 2 'not only 0' "$par" train set more --mix 0,0
rule 'the weights of a run cannot be changed' says 2 '--mix cannot be given with --resume' "$par" train --resume two --mix 1,1
rule 'train --check refuses two folders' says 2 'only one folder' "$par" train --check set more
one_folder_before() { # data.ini as in older runs, with a single folder
    cp -r single old-data && printf '[data]\nfolder=%s\ntokens=0\naugment=true\n' \
        "$PWD/set" >old-data/data.ini && status 0 "$par" train --resume old-data --steps 44 \
        --threads 1 && status 0 "$par" train --resume single --steps 44 --threads 1 &&
        same single old-data
}
rule 'a run of an older version, with one folder, resumes' one_folder_before

# --- what cannot be done ---
rule 'an empty folder is refused in one sentence' says 1 'empty: holds no MIDI files' "$par" train empty -o e
rule 'a missing folder is refused in one sentence' says 1 'none: is not a folder' "$par" train none -o e
rule 'a run that begins with a model refuses another shape' \
    says 2 'width cannot be given with --from' "$par" train set --from m --width 8
rule 'a model to begin with that is missing is refused' says 1 'none' "$par" train set --from none
rule '--wake without a model to begin with is refused' \
    says 2 '--wake needs --from' "$par" train set --wake
rule 'an unknown optimizer is refused' says 2 'not "sgd"' "$par" train set --optimizer sgd
rule 'a value of --recall other than on and off is refused' \
    says 2 '--recall must be on or off' "$par" train set --recall maybe
rule 'recall without a layer is refused' \
    says 2 'recall_layer must be' "$par" train set --recall on --layers 0
rule 'a number that cannot be read is refused' says 2 '--steps' "$par" train set --steps many
rule 'a number out of range is refused' says 2 '--keep must be' "$par" train set --keep 2
rule 'an unknown kind of windows is refused' says 2 'must be anywhere or epoch' \
    "$par" train set --windows nowhere
rule 'a range whose end is below its beginning is refused' says 2 '--tempo cannot be "1.1..0.9"' \
    "$par" train set --tempo 1.1..0.9
rule 'a fraction of a semitone is refused' says 2 '--transpose cannot be' "$par" train set --transpose -0.5..1
rule 'the augmentation of a run cannot be changed' says 2 '--tempo cannot be given with --resume' \
    "$par" train --resume run --tempo 1
rule 'a range of augmentation is refused with --no-augment' says 2 'cannot be given with --no-augment' \
    "$par" train set --no-augment --loudness 2
rule 'a width that the heads cannot share is refused' says 2 'cannot be shared' "$par" train set --heads 7
rule 'a missing folder argument is refused' says 2 'folder of MIDI files is missing' "$par" train
rule 'a folder without a run cannot be resumed' says 1 'none/config.json' "$par" train --resume none
rule 'the batch of a run cannot be changed by an option' says 2 '--batch cannot be given with --resume' "$par" train --resume=run --batch=9
unwritable() { # RUN: reported before the corpus is built
    says 1 "$1: cannot be made" "$par" train set --out "$1" --cache late && [ ! -e late ]
}
rule 'a run'\''s folder cannot be a file' unwritable set/bad.mid
rule 'a run'\''s folder cannot be below a file' unwritable set/bad.mid/run
rule 'a run'\''s folder that cannot be made is refused' unwritable /proc/run
mkdir untaught
cp set/p1.mid untaught
printf 'split,midi_filename\nvalidation,p1.mid\n' >untaught/set.csv
untaught() {
    says 1 'untaught: has nothing to train on' "$par" train untaught -o new && [ ! -e new ]
}
rule 'a folder without music is refused and leaves no run' untaught

# --- what a folder holds ---
mkdir double
cp set/*.mid double
{ cat set/set.csv; printf 'test,p1-again.mid,\ntrain,p2-again.mid,\n'; } >double/set.csv
cp set/p1.mid double/p1-again.mid
# The pedal is down for one second of two.
"$par" detokenize - -o double/p2-again.mid <<'END'
2 391 378 63 358 191 392 64 358 192 1
END
cp double/p2-again.mid double/p2.mid
rule '--check reports on the data' status 0 "$par" train --check double
checked() {
    grep -q '^train  *6 ' out && grep -q 'Files left out: 1' out &&
        grep -q 'p1-again.mid (test) and p1.mid (train)' out &&
        grep -q 'p2-again.mid (train) and p2.mid (train)' out
}
rule '--check finds a performance in two splits or twice in one' checked
pedalled() {
    mkdir pedal && cp double/p2.mid pedal && status 0 "$par" train --check pedal &&
        grep -q '^train  *1 .* 100.0 %  *50.0 %$' out
}
rule 'train --check reports how much of the time the pedal is down' pedalled
check_json() { status 0 "$par" train --check --json set && grep -q '"validation":' out; }
rule 'train --check prints JSON with --json' check_json

# --- evaluation ---
nats() { sed -n 's/^nats per token *//p' out; }
near() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > 1 && a < 7 && (a - b) ^ 2 < 0.01) }'; }
# Measures a folder without a CSV, or with a CSV as a spreadsheet writes it.
measures() { # WANT FOLDER OPTIONS...
    want=$1
    shift
    "$par" eval "$@" --model run/last.safetensors >out 2>err && grep -q -x -e "$want" out
}
all_of_a_folder() {
    mkdir own && cp set/p[1-8].mid own &&
        measures 'own: all 8 files, for no CSV splits them' own && grep -q 'in 8 files' out &&
        measures 'own: 1 files for validation, split by a hash of the names' own \
            --split validation && ! measures '.*8 files.*' own --split train
}
by_the_list() {
    measures 'set: 2 files for validation, split by set.csv' set && grep -q 'in 2 files' out &&
        mkdir semi && cp set/*.mid semi && tr , ';' <set/set.csv >semi/set.csv &&
        measures 'semi: 2 files for validation, split by set.csv' semi &&
        "$par" eval semi --json --model run/last.safetensors >out 2>err &&
        grep -q '"why":.*"split by set.csv"' out
}
says_what_a_list_lacks() {
    cp set/p1.mid set/p2.mid empty && echo 'midi_filename;part' >empty/x.csv &&
        lacks='; x.csv is not read: it has no column split' &&
        measures "empty: all 2 files, for no CSV splits them$lacks" empty &&
        "$par" train --check empty >out 2>err && grep -q "^Split: by a hash of the names$lacks" out &&
        "$par" train --check --json empty >out 2>err && grep -q "\"split\":.*$lacks" out &&
        "$par" train empty --out lacking $shape --steps 1 >out 2>err &&
        grep -q "^  split by a hash of the names$lacks" err
    kept=$?
    rm -f empty/*
    return $kept
}
rule 'eval measures all of a folder without a CSV, and says so' all_of_a_folder
rule 'eval takes the validation split of a CSV, also with semicolons' by_the_list
rule 'every command that reads a CSV names a missing column' says_what_a_list_lacks
rule 'a model is evaluated' status 0 "$par" eval set --model run/last.safetensors --stride 1
first=$(nats)
rule 'eval measures the files of the chosen split' grep -q '904 tokens, 300 notes,.* in 2 files' out
rule 'eval accepts another stride' status 0 "$par" eval set --model run/last.safetensors --stride 16
rule 'another stride gives nearly the same likelihood' near "$first" "$(nats)"
rule 'eval works beyond the trained context' \
    status 0 "$par" eval set --model run/last.safetensors --context 128
rule 'eval says that a context is beyond the trained one' grep -q 'beyond the 64 that the model was trained with' err
rule 'a file that cannot be read is left out' \
    status 0 "$par" eval set/bad.mid set/p1.mid --model run/last.safetensors --json
rule 'a file that was left out is listed' grep -q 'left out: set/bad.mid: byte 0' err
rule '--json prints the result as JSON' grep -q '"nats_per_token":' out
contexts() {
    status 0 "$par" eval set --model run/last.safetensors --contexts 16,32,64 --stride 8 &&
        [ "$(grep -c '^ *[0-9]* *16 ' out)" -eq 3 ] && third=$(awk '$1 == 64 { print $3 }' out) &&
        status 0 "$par" eval set --model run/last.safetensors --stride 8 &&
        [ "$(nats)" = "$third" ]
}
rule 'several contexts are a table, in which the trained one has the figures of its own run' contexts
rule 'eval prints several contexts as JSON too' status 0 "$par" eval set --model run/last.safetensors --json \
    --contexts 16,64
rule 'several contexts have a common stride' grep -q '"stride":.*8' out
rule 'a stride that does not suit all contexts is refused' \
    status 1 "$par" eval set --model run/last.safetensors --contexts 4,64 --stride 8
novelty() {
    status 0 "$par" eval set --split train --model run/last.safetensors --generate \
        --seconds 5 --prompt-seconds 5 --novelty set &&
        grep -q '^longest match, notes .* \*$' out && grep -q 'notes after .* are those of p' out
}
rule 'eval --generate judges a model by its music and searches that for the training set' novelty
rule 'eval refuses --novelty with a folder without MIDI files' \
    says 1 'empty: holds no MIDI' "$par" eval set --generate --novelty empty \
    --model run/last.safetensors
rule 'eval fails if there is nothing to measure' \
    status 1 "$par" eval set/bad.mid --model run/last.safetensors
rule 'a missing model is refused' \
    says 1 'none.safetensors: No such file' "$par" eval set --model none.safetensors

# --- the copy task ---
copies='train --task copy --context 64 --latents 32 --layers 0 --batch 24 --threads 1'
# shellcheck disable=SC2086
rule 'a model is trained to copy what is mirrored' \
    status 0 "$par" $copies --steps 500 --out copies
far() { awk '/^over 32 inputs away/ { ok = $5 > 60 && $(NF - 1) < 5 } END { exit !ok }' out; }
rule 'the copy reaches far back, and fails if the copied tokens are changed' far
# shellcheck disable=SC2086
copied_again() {
    few="$often --steps 60"
    "$par" $copies $few --out whole >out 2>err || return 1
    begin_run ${copies#train } $few --out broken
    wait_for [ -e broken/state.safetensors ]
    kill -9 $pid
    wait $pid 2>/dev/null
    status 0 "$par" train --resume broken --threads 1 && same whole broken
}
rule 'a killed run of the copy task gives the same model, bit for bit' copied_again
rule 'the copy task refuses a folder' says 2 'makes its own training data' "$par" train --task copy set
rule 'an unknown task is refused' says 2 'not "sing"' "$par" train --task sing set

echo "1..$count"
[ $failures -eq 0 ]
