#!/bin/bash
# fail_every_malloc.sh PAR_MIDI MAKE_MODEL FAIL_MALLOC [TRIES]: makes the k-th allocation
# of the program fail in loading, generating, measuring, training, saving and in the
# window, for every k, or for TRIES of them, evenly spread and without the slow commands.
# Prints TAP.
#
# If allocations of 2 KB or more fail, once or from there on, there must be a result, or a
# sentence and exit status 1. If any allocation fails, files saved before must be whole.
# libsmf and parts of GLib end the program when they cannot get a few bytes (or a page for
# them), and so do we when there is no memory to prepare products in (model/kernels/pool.h);
# both are counted. OpenBLAS would, too, so its allocations do not fail. In the window only
# the program's own allocations fail, whose size depends on the model, not those of X or of
# a soundfont.
set -u
par=$1 make_model=$2 lib=$3 tries=${4:-0}
t=$(mktemp -d)
screen=
trap '[ -z "$screen" ] || kill $screen; rm -rf "$t"' EXIT
export XDG_CACHE_HOME=$t/cache OPENBLAS_NUM_THREADS=1
n=0 failures=0 own=0

one() { # K LEAST EVER COMMAND...: its status, with the k-th allocation failing
    failing=(env LD_PRELOAD="$lib" FAIL_AT="$1" FAIL_LEAST="$2" FAIL_EVER="$3"
        FAIL_OWN="$own" FAIL_MARK="$t/mark")
    shift 3
    rm -rf "$t/mark" "$t/run"
    "$@" >"$t/out" 2>"$t/err" </dev/null
}
run() { timeout 60 "${failing[@]}" "$par" "$@"; }

whole() { # the file that the command replaces is the old one or the new one
    [ -z "$old" ] || cmp -s "$old" "$t/before" || cmp -s "$old" "$t/after"
}

# fails NAME LEAST EVER COMMAND...: fails allocations of LEAST bytes or more in turn.
fails() {
    local name=$1 least=$2 ever=$3 all step k status faults=0 ended=0 bad=0
    shift 3
    [ -z "$old" ] || cp "$t/before" "$old"
    one 0 "$least" 0 "$@" || echo "$name: fails by itself" >&2
    all=$(cat "$t/mark")
    [ -z "$old" ] || cp "$old" "$t/after"
    [ "$all" -gt 0 ] || echo "$name: allocates nothing" >&2
    step=$((tries > 0 && all > tries ? all / tries : 1))
    for ((k = 1; k <= all; k += step)); do
        [ -z "$old" ] || cp "$t/before" "$old"
        one $k "$least" "$ever" "$@"
        status=$?
        faults=$((faults + 1))
        if [ $status -gt 1 ] && { [ "$least" = 1 ] || grep -Eq 'GSlice: failed|are not to be had' "$t/err"; }; then
            ended=$((ended + 1))
        elif [ $status -gt 1 ] || { [ $status = 1 ] && [ ! -s "$t/err" ]; }; then
            bad=$((bad + 1))
            echo "$name: allocation $k: status $status" >&2
            tail -n 1 "$t/err" >&2
        fi
        whole && continue
        bad=$((bad + 1))
        echo "$name: allocation $k: the file is damaged" >&2
    done 2> >(grep -v 'LD_PRELOAD=' >&2) # bash reports killed commands
    n=$((n + 1))
    echo "# $name: $faults of $all failed, $ended ended the program, $bad not survived"
    if [ $bad = 0 ] && [ $faults -gt 0 ]; then echo "ok $n - $name"; else
        echo "not ok $n - $name"
        failures=$((failures + 1))
    fi
}

# rule WHAT FILE COMMAND...: FILE is what the command replaces, or "".
rule() {
    local what=$1 old=$2
    shift 2
    fails "$what: a large allocation fails" 2048 0 "$@"
    fails "$what: all large ones from some on" 2048 1 "$@"
    fails "$what: any allocation fails, and what was there is whole" 1 0 "$@"
    [ "$tries" != 0 ] ||
        tries=50 fails "$what: all from some on, and what was there is whole" 1 1 "$@"
}

"$make_model" "$t/m.safetensors" performance-pedal 1 || exit 1
echo 2 391 379 63 67 70 308 191 195 198 392 1 >"$t/ids"
mkdir "$t/set"
"$par" detokenize "$t/ids" -o "$t/a.mid" && cp "$t/a.mid" "$t/set/a.mid" &&
    cp "$t/a.mid" "$t/set/b.mid" || exit 1
echo 'another piece, or so' >"$t/before"
cp "$t/before" "$t/new.mid"

rule 'a model is loaded' '' run info "$t/m.safetensors"
rule 'a MIDI file is read' '' run tokenize "$t/a.mid"
rule 'a MIDI file is saved' "$t/new.mid" run detokenize "$t/ids" -o "$t/new.mid"
rule 'a take is generated and saved' "$t/new.mid" run continue "$t/a.mid" -o "$t/new.mid" \
    -m "$t/m.safetensors" --tokens 8 --seed 1 --threads 1
rule 'a model is measured' '' run eval "$t/a.mid" --model "$t/m.safetensors" --threads 1
rule 'a model is trained' '' run train "$t/set" --out "$t/run" --preset tiny --context 16 \
    --latents 4 --width 8 --heads 1 --layers 1 --batch 1 --threads 1 --steps 2
if [ "$tries" = 0 ] && "$par" render "$t/a.mid" -o "$t/a.wav" 2>/dev/null; then
    cp "$t/before" "$t/a.wav"
    rule 'a sound file is rendered' "$t/a.wav" run render "$t/a.mid" -o "$t/a.wav"
fi

# --- the window: it is opened, continues the piece as soon as it can, and quits ---

until_true() { # SECONDS COMMAND...
    local most=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $most ] || return 1
        sleep 0.05
    done
}
gone() { ! kill -0 "$app" 2>/dev/null; }
recorded() { cat "$XDG_STATE_HOME"/par-midi/sessions/*.journal 2>/dev/null | wc -c; }
opened() { gone || { xdotool search --class par-midi && [ "$(recorded)" -gt 0 ]; } >/dev/null 2>&1; }
# It has failed, or it continues: the take is in the journal.
went_on() {
    gone || [ -e "$t/mark" ] || [ "$(recorded)" -gt "$empty" ] || ! xdotool key Return
}
quit() { gone || { xdotool key ctrl+q && sleep 0.2 && gone; }; }
window() { # returns its exit status; 137 if it hangs
    rm -rf "$XDG_STATE_HOME" "$XDG_CONFIG_HOME"
    "${failing[@]}" "$par" "$t/a.mid" &
    app=$!
    until_true 60 opened && xdotool mousemove 400 300
    empty=$(recorded)
    until_true 60 went_on
    until_true 60 quit || kill -9 $app
    wait $app
}

if command -v Xvfb >/dev/null && command -v xdotool >/dev/null; then
    unset WAYLAND_DISPLAY
    export XDG_CONFIG_HOME=$t/config XDG_STATE_HOME=$t/state XDG_DATA_HOME=$t/data \
        PAR_MIDI_MODEL=$t/m.safetensors JACK_NO_START_SERVER=1
    Xvfb -noreset -displayfd 7 -screen 0 1280x800x24 7>"$t/display" >/dev/null 2>&1 &
    screen=$!
    until_true 60 test -s "$t/display"
    DISPLAY=:$(cat "$t/display")
    export DISPLAY
    own=1 old=
    fails 'the window: an allocation of the program fails' 64 0 window
    fails 'the window: all from some on' 64 1 window
else
    n=$((n + 1))
    echo "ok $n # SKIP no Xvfb and xdotool here"
fi
echo "1..$n"
[ $failures = 0 ]
