#!/bin/bash
# test_hostile_text.sh PAR_MIDI MAKE_MODEL: names of files, and texts in them, that would
# drive a terminal, and paths in data that would lead out of their folder. TAP.
set -u
par=$1 make_model=$2
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
export XDG_CACHE_HOME=$t/cache
n=0 failures=0

# Sequences that clear the screen, set the title or make the terminal answer; the C1 code
# CSI; reversed text; bytes that are not UTF-8; a line that looks like one of ours.
esc=$'\033]0;owned\a\033[2J\033[6n'
c1=$'\302\2332J'
turn=$'\342\200\256dim'
evil="$esc$c1$turn"$'\xff\xfe\177\rpar-midi: all is well\nwell'

# The output has no control characters except line ends and tabs.
harmless() {
    ! cat "$t/out" "$t/err" | tr -d '\t' | LC_ALL=C grep -q -a -e '[[:cntrl:]]' -e $'\302[\200-\237]' -e $'\342\200[\252-\256]' && iconv -f UTF-8 -t UTF-8 "$t/out" "$t/err" >/dev/null
}
run() { # STATUS ARGUMENTS...
    "$par" "${@:2}" >"$t/out" 2>"$t/err" </dev/null
    local status=$?
    if [ $status != "$1" ]; then
        echo "par-midi $(printf '%q ' "${@:2}"): exit status $status, not $1" >&2
        return 1
    fi
    if ! harmless; then
        echo "par-midi $(printf '%q ' "${@:2}"): said this:" >&2
        cat -v "$t/out" "$t/err" >&2
        return 1
    fi
}
lines() { [ "$(wc -l <"$t/$1")" = "$2" ]; }
rule() {
    n=$((n + 1))
    if "${@:2}"; then echo "ok $n - $1"; else
        echo "not ok $n - $1"
        failures=$((failures + 1))
    fi
}

mkdir "$t/$evil"
midi="$t/$evil/$evil.mid" model="$t/$evil/$evil.safetensors"
echo 2 391 379 63 67 70 308 191 195 198 392 1 >"$t/ids"
"$make_model" "$t/m.safetensors" performance-pedal 1 &&
    "$make_model" "$model" performance-pedal 1 "$esc$c1$turn" &&
    "$par" detokenize "$t/ids" -o "$midi" || exit 1
cut="$t/$evil/cut.mid"
head -c 40 "$midi" >"$cut"

good_names() {
    run 0 tokenize "$midi" && run 0 detokenize "$t/ids" -o "$t/$evil/b.mid" &&
        run 0 eval "$midi" -m "$t/m.safetensors" --json &&
        run 0 eval "$midi" -m "$t/m.safetensors" --verbose &&
        run 0 continue "$midi" -o "$t/$evil/c.mid" -m "$t/m.safetensors" --tokens 5 &&
        run 0 tokenize "$t/$evil/c.mid" # whose texts name the prompt
}
refused() { # in one line
    run 1 "$@" && lines err 1 && lines out 0
}
bad_names() {
    local model="$t/m.safetensors" file
    for file in "$t/$evil/none$evil" "$t/$evil" "$t/ids"; do
        refused tokenize "$file" && refused info "$file" &&
            refused render "$file" -o "$t/x.wav" &&
            refused continue "$file" -o "$t/x.mid" -m "$model" &&
            refused continue "$midi" -o "$t/x.mid" -m "$file" || return
    done
    refused train "$t/$evil/none$evil" && refused train --resume "$t/$evil" &&
        refused detokenize "$t/$evil" -o "$t/x.mid" &&
        refused detokenize "$t/ids" -o "$t/none/$evil" &&
        run 1 eval "$t/$evil/none$evil" -m "$model"
}
usage() {
    run 2 "$evil" && run 2 tokenize "--$evil" && run 2 continue a -o b --seed "$evil" &&
        run 2 continue a -o b --prompt "$evil" && run 2 train set --preset "$evil" &&
        run 2 doctor "--$evil"
}
texts() {
    run 0 info "$model" && lines out 7 && run 0 info --json "$model" &&
        grep -q '\\u009b' "$t/out" && grep -q '\\u202e' "$t/out" &&
        run 1 continue "$midi" -o "$t/x.mid" -m "$model" && lines err 1 &&
        run 1 eval "$midi" -m "$model" && lines err 1
}
bytes() {
    local byte
    for byte; do printf "\\x$(printf %02x "$byte")"; done
}
# As a text, a name, a copyright and lyrics of a track.
tracks() {
    local size
    for kind in 1 2 3 5; do
        bytes 0 255 $kind "$(printf %s "$evil" | wc -c)"
        printf %s "$evil"
    done >"$t/track"
    bytes 0 144 60 64 96 128 60 64 0 255 47 0 >>"$t/track"
    size=$(wc -c <"$t/track")
    {
        printf 'MThd\0\0\0\6\0\0\0\1\0\140MTrk'
        bytes 0 0 $((size / 256)) $((size % 256))
        cat "$t/track"
    } >"$t/text.mid"
    run 0 tokenize "$t/text.mid" && lines err 0 &&
        run 0 continue "$t/text.mid" -o "$t/x.mid" -m "$t/m.safetensors" --tokens 5 &&
        run 0 eval "$t/text.mid" -m "$t/m.safetensors"
}

rule 'names of good files send no control codes to a terminal' good_names
rule 'names of bad files send no control codes, and each takes one line' bad_names
rule 'messages about the command line send no control codes' usage
rule 'texts in a model send no control codes' texts
rule 'texts in MIDI files send no control codes' tracks

# --- a folder to train on ---
small=(--preset tiny --context 16 --latents 4 --width 8 --heads 1 --layers 1 --batch 1
    --threads 1 --steps 2)
trained() {
    mkdir "$t/set$evil" && cp "$midi" "$t/set$evil/1$evil.mid" &&
        cp "$midi" "$t/set$evil/2$evil.mid" && cp "$cut" "$t/set$evil/3$evil.mid" &&
        echo none >"$t/set$evil/4$evil.mid" || return
    run 0 train "$t/set$evil" --out "$t/run$evil" "${small[@]}" &&
        run 0 train --resume "$t/run$evil" --steps 3 &&
        run 0 train --check "$t/set$evil" && run 0 train --check --json "$t/set$evil" &&
        cp "$t/ids" "$t/set$evil/5$evil.csv" && run 0 train --check "$t/set$evil" &&
        run 0 eval "$t/set$evil" -m "$t/m.safetensors" && rm "$t/set$evil/5$evil.csv" &&
        run 1 train "$t/set$evil" --out "$t/run$evil" "${small[@]}" &&
        cp "$t/run$evil/skipped.txt" "$t/out" && harmless && lines out 2
}
rule 'names in a training folder send no control codes' trained

paths_out=6 # below
# Real performances outside of the folder, in each way that a list might lead there.
mkdir "$t/data" "$t/outside" "$t/data/in"
cp "$midi" "$t/outside/secret.mid"
cp "$midi" "$t/data/in/a.mid"
cp "$midi" "$t/data/b.mid"
{
    echo split,midi_filename
    echo train,in/a.mid
    echo train,./in/../../outside/secret.mid
    echo train,../outside/secret.mid
    echo "train,$t/outside/secret.mid"
    echo train,in/..//../outside/secret.mid
    echo train,/etc/passwd
    echo 'train,"..'
    echo '/outside/secret.mid"'
    printf 'train,%s\n' "\"$evil/../../outside/secret.mid\""
    printf '%s,b.mid\n' "\"$evil\""
    echo validation,b.mid
} >"$t/data/list.csv"
stays_inside() {
    run 0 train --check --json "$t/data" &&
        [ "$(grep -o 'lies outside of' "$t/out" | wc -l)" = $paths_out ] &&
        [ "$(grep -c '"pieces":.*1' "$t/out")" = 2 ] || return
    run 0 train "$t/data" --out "$t/run" "${small[@]}" &&
        [ "$(grep -c 'lies outside of' "$t/run/skipped.txt")" = $paths_out ] &&
        cp "$t/run/skipped.txt" "$t/out" && harmless
}
rule 'a path in a list does not lead out of its folder' stays_inside
echo "1..$n"
[ $failures = 0 ]
