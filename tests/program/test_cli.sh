#!/bin/sh
# test_cli.sh PAR_MIDI SOURCE_ROOT MAKE_MODEL: runs the program as a user would; prints TAP.
par=$1 root=$2 make_model=$3
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
unset PAR_MIDI_MODEL DISPLAY WAYLAND_DISPLAY
n=0 failed=0

# rule SENTENCE COMMAND...: the sentence holds if the command succeeds.
rule() {
    n=$((n + 1)) sentence=$1
    shift
    if "$@"; then
        echo "ok $n - $sentence"
    else
        failed=1
        echo "not ok $n - $sentence"
        sed 's/^/stderr was: /' "$t/err" >&2
    fi
}

skip() {
    n=$((n + 1))
    echo "ok $n # SKIP $1"
}

# exits STATUS ARGUMENTS...: runs the program; its output is in $t/out and $t/err.
exits() {
    want=$1
    shift
    "$par" "$@" <"${in:-/dev/null}" >"$t/out" 2>"$t/err"
    got=$?
    [ $got -eq $want ] && printable "$t/err" && return
    echo "par-midi $*: exit status $got, not $want, or an unprintable stderr" >&2
    return 1
}

printable() { ! LC_ALL=C grep -q '[[:cntrl:]]' "$1"; }
says() { grep -q -e "$1" "$t/err"; }
prints() { grep -q -e "$1" "$t/out"; }
fails() { # with one sentence
    exits 1 "$@" && [ "$(wc -l <"$t/err")" -eq 1 ] && [ ! -s "$t/out" ]
}

all_commands='continue play render train eval score tokenize detokenize info models bench doctor'

# await COMMAND...: repeats the command until it succeeds, for two minutes at most.
await() {
    tries=0
    until "$@" || [ $tries -eq 2400 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
}

# --- usage ---

every_command_helps() {
    for command in $all_commands; do
        exits 0 $command --help && prints Usage: && [ ! -s "$t/err" ] || return
        exits 0 $command --version && prints '^par-midi [0-9]' || return
    done
}
every_default_is_named() { # the one form is (default: 30)
    for command in $all_commands; do
        exits 0 $command --help && ! prints 'without: ' && ! prints '^  -.* ([0-9.,]*)$' || return
    done
}
every_command_refuses() {
    for command in $all_commands; do
        exits 2 $command --no-such-option && says no-such-option || return
        [ "$(wc -l <"$t/err")" -eq 1 ] && [ ! -s "$t/out" ] || return
    done
}
wants_a_command() {
    exits 2 nonsense && says nonsense && says 'par-midi continue'
}
misused() {
    for arguments in tokenize 'tokenize a b' 'tokenize a --tokenizer b' detokenize \
        'render a' 'render a -o b.wav --depth 8' 'render a -o b.wav --rate 1' 'render a -o b' \
        'render a -o b.wav --reverb 101' 'play a --reverb -1' 'render a -o b.flac --depth 32' 'render a -o b.ogg --depth 16' \
        'render a -o b.opus --rate 44100' 'continue a -o b --depth 24' \
        'render a -o b.wav --gain 61' 'render a -o b.wav --gain nan' \
        'render a -o b.wav --gain 1 --normalize' 'continue a -o b --gain 1' \
        'continue a -o b --normalize' continue \
        'continue a' 'continue -o b' 'continue a -o b --from-scratch' \
        'continue a -o b -s 1 --tokens 1' 'continue a -o b -s 0' \
        'continue a -o b -s nan' 'continue a -o b --tokens -1' \
        'continue a -o b --top-p 2' 'continue a -o b --min-p -1' \
        'continue a -o b --closeness 4.1' 'continue a -o b --closeness nan' 'eval a --closeness 1' \
        'continue a -o b --pitch-temperature -1' 'continue a -o b --pitch-top-p nan' \
        'continue a -o b --top-k -1' 'continue a -o b -t inf' \
        'continue a -o b --seed -1' 'continue a -o b --seed x' \
        'continue a -o b --takes 0' 'continue a -o - --takes 2' \
        'continue a -o - --audio -' 'continue a -o b --prompt maybe' \
        'continue a -o b --from -1' 'continue a -o b --tokens 0' \
        'continue a -o b --threads 0' 'continue a -o b.wav --audio b.wav' \
        'continue a -o b.wav --audio ./none/../b.wav' 'eval a --pieces 0' 'eval a --stride 0' \
        'eval a --contexts 512,' 'eval a --contexts 0' 'eval a --contexts 1,x' \
        'eval a --context 64 --contexts 64' 'eval a --takes 2' 'eval a --novelty b' \
        'eval a --float --stepwise exact' 'eval a --float --generate' \
        'eval a --min-p 0' 'eval a --pitch-top-p 1' 'eval a --generate --pitch-top-p 2' \
        'eval a --generate --context 64' \
        'eval a --generate --seconds 0' 'eval a --generate --seconds nan' \
        'continue a -o b --density 0.2' 'continue a -o b --density nan' \
        'continue a -o b --register 25' 'continue a -o b --loudness -61' \
        'continue a -o b --pedal 101' 'eval a --dials --generate' 'eval a --dials --takes 2' \
        'continue a -o b --until 3' 'continue a -o b --from 3 --until 3' \
        'continue a -o b --from 1 --until 3 --finish 9' 'continue a -o b --finish 1' \
        'continue a -o b --from 1 --until 3 --seconds 2' 'continue a -o b --candidates 3' \
        'continue a -o b --finish 9 --natural-end' 'continue a -o b --finish nan' \
        'continue a -o b --finish 9 --candidates 2 --takes 3' 'continue a -o - --json' \
        'continue a -o b --from 1 --until 3 --prompt omit' \
        'eval a --bridges --dials' 'eval a --endings --seconds 5' 'eval a --bridges --novelty b' \
        score 'score a b' 'score a --passage 1' 'train a --repertoire b' 'train a --repertoire b.repertoire --check' \
        'train a --repertoire b.repertoire --mix 1' \
        'score a --threads -1' 'eval a --dials --novelty b' 'eval a --dials --recall' \
        'eval a --generate --takes 0' 'eval a --generate --top-p 2' \
        'eval a --generate --seed -1' 'eval a --context 0' 'eval a --latents 0' 'eval a --threads 0' 'eval a --recall --generate' \
        'eval a --recall --stepwise int8' 'eval a --copy --recall' 'eval a --copy --generate' 'info a b' 'models a'; do
        exits 2 $arguments && [ "$(wc -l <"$t/err")" -eq 1 ] && [ ! -s "$t/out" ] ||
            return
    done
}
nameless() {
    exits 2 continue '' -o b && says 'name is empty' && exits 2 continue a -o '' &&
        says '--output.* name is empty' && exits 2 render a -o '' &&
        exits 2 train '' && exits 2 info '' && [ "$(wc -l <"$t/err")" -eq 1 ]
}
help_is_there() { exits 0 --help && prints 'par-midi tokenize' && exits 0 --version; }
no_display() {
    fails && says 'display' || return
    for ending in mid MIDI smf kar rmi; do
        fails "$t/a.$ending" && says 'display' || return
    done
}

no_font() { # and the commands need none
    echo "<fontconfig><cachedir>$t</cachedir></fontconfig>" >"$t/fonts.conf"
    (
        export FONTCONFIG_FILE="$t/fonts.conf" SDL_VIDEODRIVER=dummy
        fails && says 'no font found: apt install' && exits 0 models
    )
}

rule 'par-midi --help and --version answer on standard output' help_is_there
rule 'every command has --help and --version' every_command_helps
rule 'every --help names a default in one form' every_default_is_named
rule 'an unknown option of any command is one sentence and exit status 2' \
    every_command_refuses
rule 'an unknown command is exit status 2 and a short usage' wants_a_command
rule 'options out of range are one sentence and exit status 2' misused
rule 'an empty file name is reported, with exit status 2' nameless
rule 'the window without a display is one sentence and exit status 1' no_display
rule 'the window without a font is one sentence, and commands need no font' no_font

# --- tokens ---

# A few chords with a pedal; VELOCITY 20, then notes and shifts.
ids='2 391 379 63 67 70 308 191 195 198 392 391 65 68 358 284 193 196 370 72 268 200 392 1'

back_and_forth() {
    echo $ids >"$t/ids"
    exits 0 detokenize "$t/ids" -o "$t/a.mid" && [ ! -s "$t/err" ] || return
    exits 0 tokenize "$t/a.mid" && cmp -s "$t/out" "$t/ids" && [ ! -s "$t/err" ]
}
streams() {
    "$par" detokenize - -o - <"$t/ids" | "$par" tokenize - | cmp -s - "$t/ids" &&
        "$par" detokenize -o - <"$t/ids" | cmp -s - "$t/a.mid"
}
names() { exits 0 tokenize --names "$t/a.mid" && prints '^SOS PEDAL_ON VELOCITY_20 NOTE_ON_60 NOTE_ON_64 '; }
from_names() {
    for kind in performance performance-pedal; do
        set -- --tokenizer $kind
        "$par" tokenize "$@" "$t/a.mid" >"$t/plain" &&
            "$par" tokenize "$@" --names "$t/a.mid" >"$t/named" &&
            exits 0 detokenize "$@" "$t/plain" -o "$t/plain.mid" &&
            exits 0 detokenize "$@" "$t/named" -o "$t/named.mid" &&
            cmp -s "$t/named.mid" "$t/plain.mid" || return
    done
    echo 2 VELOCITY_20 63 TIME_SHIFT_50 NOTE_OFF_60 EOS >"$t/mixed"
    exits 0 detokenize "$t/mixed" -o "$t/mixed.mid" && [ ! -s "$t/err" ] &&
        exits 0 tokenize "$t/mixed.mid" && prints '^2 379 63 308 191 1$' &&
        echo SOS NOTE_ON_128 >"$t/bad" && fails detokenize "$t/bad" -o "$t/b.mid" &&
        says "byte 4: 'NOTE_ON_128' is no token id"
}
folded() { exits 0 tokenize --tokenizer performance "$t/a.mid" && ! prints 39[12]; }
bad_ids() {
    echo 2 500 1 >"$t/bad" && fails detokenize "$t/bad" -o "$t/b.mid" &&
        says 'bad: byte 2: ' || return
    printf '2 x\033[31m 1' >"$t/bad" && fails detokenize "$t/bad" -o "$t/b.mid" || return
    printf '2 \0 1' >"$t/bad" && fails detokenize "$t/bad" -o "$t/b.mid" || return
    fails detokenize "$t" -o "$t/b.mid" && fails detokenize "$t/none" -o "$t/b.mid" &&
        [ ! -e "$t/b.mid" ]
}
no_ids() {
    for text in '' ' \n'; do
        printf "$text" >"$t/bad" && fails detokenize "$t/bad" -o "$t/b.mid" &&
            says 'bad: holds no token' && [ ! -e "$t/b.mid" ] || return
    done
}
foreign_ids() {
    echo 2 63 63 191 >"$t/bad"
    exits 0 detokenize "$t/bad" -o "$t/b.mid" && says 'token 2, NOTE_ON_60'
}
full_disk() {
    "$par" tokenize "$t/a.mid" >/dev/full 2>"$t/err"
    [ $? -eq 1 ] && says 'standard output'
}

rule 'ids become MIDI and the same ids again' back_and_forth
rule 'a file name - is standard input or output' streams
rule '--names prints names instead of ids' names
rule 'detokenize reads these names, also mixed with ids' from_names
rule '--tokenizer performance has no pedal' folded
rule 'an invalid id is refused with file and byte' bad_ids
rule 'a file without ids is refused in one sentence, and nothing is written' no_ids
rule 'ids that make no sense are decoded as far as possible, with a warning' foreign_ids
rule 'a full disk gives exit status 1' full_disk

# Reads every odd file: the result must be as in EXPECTED.tsv, with one line.
says_no_more_than_left_out() {
    [ ! -s "$t/err" ] || says 'no piano notes$' || says ': [0-9]* notes* on the drum channel left out$'
}
odd_files() {
    bad=0
    while IFS="$(printf '\t')" read -r name verdict notes why; do
        [ "$verdict" != verdict ] || continue
        case $verdict in
        accept) exits 0 tokenize "$t/odd/$name" && says_no_more_than_left_out ;;
        warn) exits 0 tokenize "$t/odd/$name" && [ "$(wc -l <"$t/err")" -eq 1 ] ;;
        reject) fails tokenize "$t/odd/$name" && grep -qF -e "$name" "$t/err" ;;
        esac && continue
        bad=$((bad + 1))
        echo "$name ($why) was to be: $verdict" >&2
    done <"$t/odd/EXPECTED.tsv"
    [ $bad -eq 0 ]
}

generator=$root/../shared/badmidi/gen_badmidi.py
if [ ! -e "$generator" ]; then
    skip 'the generator of odd MIDI files is not here'
elif ! python3 "$generator" "$t/odd" >/dev/null 2>&1; then
    skip 'python3 did not make the odd MIDI files'
else
    rule 'every odd file is read, warned of or refused in one line' odd_files
fi

# --- models ---

"$make_model" "$t/pedal.safetensors" performance-pedal 1 &&
    "$make_model" "$t/folded.safetensors" performance 2 || exit 1

info_text() {
    exits 0 info "$t/pedal.safetensors" && prints performance-pedal && prints made_by &&
        PAR_MIDI_MODEL=$t/folded.safetensors exits 0 info && prints '391 kinds'
}
info_json() {
    exits 0 info --json "$t/pedal.safetensors" &&
        prints '"tokenizer":[[:space:]]*"performance-pedal"' && [ ! -s "$t/err" ]
}
info_any_name() {
    odd=$(printf '%s/\374.safetensors' "$t")
    cp "$t/pedal.safetensors" "$odd" && exits 0 info --json "$odd" &&
        prints 'xfc.safetensors"'
}
info_refuses() {
    head -c 5000 "$t/pedal.safetensors" >"$t/cut.safetensors"
    for file in "$t/cut.safetensors" "$t/a.mid" "$t/none" "$t"; do
        fails info "$file" && fails continue "$t/a.mid" -o "$t/b.mid" -m "$file" || return
    done
}
# A copy of the program in $t/usr, with the files of an installation.
installed() { # STATUS ARGUMENTS...
    mkdir -p "$t/usr/bin" && cp "$par" "$t/usr/bin/" &&
        (par=$t/usr/bin/par-midi && exits "$@")
}
info_installed() {
    mkdir -p "$t/usr/share/par-midi" &&
        cp "$t/folded.safetensors" "$t/usr/share/par-midi/model.safetensors" &&
        installed 0 info && prints "^$t/usr/share/par-midi/model.safetensors:" || return
    cp "$t/pedal.safetensors" "$t/usr/bin/model.safetensors" && installed 0 info &&
        prints "^$t/usr/bin/model.safetensors:"
}
info_built() {
    [ ! -e "$root/assets/model.safetensors" ] && return
    exits 0 info && prints "^$(cd "$(dirname "$par")/.." && pwd)/share/par-midi/model" &&
        "$par" info "$root/assets/model.safetensors" | tail -n +2 >"$t/own" &&
        tail -n +2 "$t/out" | cmp -s - "$t/own"
}
# Whether it finds one depends on the machine.
knows_no_sources() {
    sources=$(cd "$root" && pwd)/assets
    rm -rf "$t/usr"
    installed 0 info 2>/dev/null || installed 1 info || return
    ! grep -q -F -e "$sources" "$t/out" "$t/err" && ! grep -q -a -F -e "$sources" "$par"
}

own_models=$t/data/par-midi/models
with_models() { # COMMAND...: with two models of the user, and no others
    mkdir -p "$own_models" "$t/usr/bin" && cp "$par" "$t/usr/bin/" || return
    cp "$t/pedal.safetensors" "$own_models/mine.safetensors" &&
        head -c 5000 "$t/pedal.safetensors" >"$own_models/cut.safetensors" &&
        printf -- '---\nlicense: CC0\n---\n' >"$own_models/mine.md" || return
    (par=$t/usr/bin/par-midi XDG_DATA_HOME=$t/data XDG_DATA_DIRS=$t/none &&
        export XDG_DATA_HOME XDG_DATA_DIRS && "$@")
}
lists_models() {
    exits 0 models && [ ! -s "$t/err" ] && [ "$(wc -l <"$t/out")" -eq 2 ] &&
        prints "^mine .* M parameters.* context .* CC0 .*$own_models/mine.safetensors$" &&
        prints '^cut .* cannot be read: .*cut.safetensors: ' &&
        exits 0 models --json && prints '"licence":[[:space:]]*"CC0"'
}
names_models() {
    for name in mine mine.safetensors; do
        exits 0 info $name && prints "^$own_models/mine.safetensors:" || return
    done
    (PAR_MIDI_MODEL=mine && export PAR_MIDI_MODEL && exits 0 info && prints mine) &&
        exits 0 continue "$t/a.mid" -m mine --tokens 2 -o "$t/named.mid" &&
        fails info cut && says 'cut.safetensors: ' &&
        fails continue "$t/a.mid" -m theirs -o "$t/b.mid" &&
        says 'theirs: neither a file nor the name of a model'
}
first_model_counts() { # the shipped model before the user's; a file before any name
    mkdir -p "$t/usr/bin/models" && cp "$t/folded.safetensors" "$t/usr/bin/models/mine.safetensors" &&
        exits 0 info mine && prints "^$t/usr/bin/models/mine.safetensors:" &&
        rm -r "$t/usr/bin/models" && cp "$t/folded.safetensors" "$t/mine" && cd "$t" &&
        exits 0 info mine && prints '^mine:' && prints '391 kinds'
}

field=$root/tests/golden/field
wants_notes() {
    for file in empty all_on_the_drum_channel only_pedal; do
        for command in render continue; do
            fails $command "$field/$file.mid" -o "$t/none.wav" &&
                says "$file.mid: holds no piano notes" && [ ! -e "$t/none.wav" ] ||
                return
        done
        exits 1 eval "$field/$file.mid" && says "$file.mid: holds no piano notes" ||
            return
    done
    exits 0 tokenize "$field/all_on_the_drum_channel.mid" && prints '^2 1$' &&
        says 'holds no piano notes (16 on the drum channel were left out)'
}
says_drums() {
    for command in tokenize 'continue --tokens 2 -o -' eval; do
        exits 0 $command "$field/drums_have_a_pedal.mid" &&
            says '1 note on the drum channel left out' || return
    done
}
with_a_model() { PAR_MIDI_MODEL=$t/pedal.safetensors "$@"; }

rule 'a command that needs music refuses a file without piano notes in one sentence' \
    with_a_model wants_notes
rule 'what is left out of a file with notes is reported' with_a_model says_drums
rule 'info describes a model file' info_text
rule 'an installed program takes the model that was installed with it' info_installed
rule 'a program in its build folder finds the model of the source tree' info_built
rule 'a program elsewhere does not look in the source tree' knows_no_sources
rule 'models lists the installed models, one per line, with licence or why it cannot be read' \
    with_models lists_models
rule 'a model is found by its name' with_models names_models
rule 'of two models with one name the first folder'\''s is used' with_models first_model_counts
rule 'info --json prints the same as JSON' info_json
rule 'info describes a model file of any name' info_any_name
rule 'a damaged model, another kind of file or none is one sentence' info_refuses

# --- likelihood ---

nats() { # ARGUMENTS...: per token of a prompt under the shipped model
    exits 0 eval "$root/assets/prompts/bach-prelude-in-c.mid" \
        -m "$root/assets/model.safetensors" --json "$@" &&
        awk -F: '/nats_per_token/ { print $2 + 0; exit }' "$t/out"
}
bf16_is_near() {
    mixed=$(nats) && exact=$(nats --float) &&
        awk "BEGIN { d = $mixed - $exact; exit !($exact > 1 && d * d < 0.002 * 0.002) }"
}

rule 'eval gives the same in bf16 as in float, within 0.002 nats for 821 tokens' \
    bf16_is_near

# --- comparing takes with pianists ---

evaluated() { # ARGUMENTS...: of a piece that is a minute long
    exits 0 eval "$t/minute.mid" --generate -m "$t/pedal.safetensors" --seconds 4 \
        --prompt-seconds 3 "$@"
}
evaluates() {
    awk 'BEGIN { x = 1; printf "2 378"; for (i = 0; i < 300; i++) {
        x = (x * 1103 + 12345) % 65521; pitch = 40 + x % 48
        printf " %d 278 %d", 3 + pitch, 131 + pitch } print " 1" }' |
        "$par" detokenize - -o "$t/minute.mid" || return
    evaluated --takes 2 && prints '^notes a second ' && prints '^die into a loop ' &&
        prints '^gaps between onsets ' && prints '^return rate, 8 notes  *0.000 ' && prints '^2 takes of 4 seconds from 1 pieces'
}
evaluates_alike() {
    evaluated --json && prints '"return_rate":' && prints '"difference":' && cp "$t/out" "$t/evaluated" && evaluated --json --threads 1 &&
        cmp -s "$t/out" "$t/evaluated" && evaluated --json --seed 2 && ! cmp -s "$t/out" "$t/evaluated"
}
evaluates_nothing() {
    exits 1 eval "$t/a.mid" "$t/none.mid" --generate -m "$t/pedal.safetensors" &&
        says 'a.mid: is .* too short' && says 'none.mid: ' && says 'nothing to measure'
}
# Bit 1 of the caught signals is INT. The shell may catch it too, before it becomes the program.
hears_int() {
    [ "/proc/$!/exe" -ef "$par" ] && grep -q '^SigCgt:.*[2367abef]$' "/proc/$!/status"
}
stops_judging() {
    env --default-signal=INT "$par" eval "$t/minute.mid" --generate \
        -m "$t/pedal.safetensors" --seconds 20 --takes 100000 >"$t/out" 2>"$t/err" &
    await hears_int
    kill -INT $!
    wait $!
    [ $? -eq 130 ] && says stopped && [ ! -s "$t/out" ]
}

# Fourteen notes, repeated: from the second time on all but the first eight recur.
knows_again() {
    awk 'BEGIN { printf "2 378"; for (i = 0; i < 56; i++) {
        pitch = 40 + i % 14 * 5 % 14 * 3
        printf " %d 278 %d", 3 + pitch, 131 + pitch } print " 1" }' |
        "$par" detokenize - -o "$t/twice.mid" || return
    exits 0 eval "$t/twice.mid" --recall -m "$t/pedal.safetensors" &&
        prints '^near, up to 32 ' &&
        exits 0 eval "$t/twice.mid" --recall --json -m "$t/pedal.safetensors" &&
        python3 - "$t/out" <<-'END'
	import json, sys
	j = json.load(open(sys.argv[1]))
	for side in j["same_pitch"], j["any_pitch"]:
	    bins = [side[k] for k in ("near", "far", "beyond")]
	    notes = sum(b["notes"] for b in bins)
	    assert notes > 0 and notes == sum(b["notes"] for b in side["by_lag"])
	    assert all(0 < b["model"] < 1 and b["right"] > 0.5 for b in bins if b["notes"])
	    assert all(side[k + "_alone"] == side[k] for k in ("near", "far"))
	END
}
rule 'eval --recall counts notes that return, by how far back they were' knows_again
rule 'eval --generate compares takes with what the pianist played' evaluates
rule 'the same seed gives the same figures by any number of threads, another not' evaluates_alike
rule 'pieces that are too short or invalid are left out, and having no piece is a failure' \
    evaluates_nothing
rule 'Ctrl-C ends eval at once, with exit status 130' stops_judging

# --- takes ---

# go_on NAME ARGUMENTS...: makes a take of two seconds in $t/NAME.mid.
go_on() {
    name=$1
    shift
    exits 0 continue "$t/a.mid" -o "$t/$name.mid" -m "$t/pedal.safetensors" -s 2 "$@"
}
same_seed() {
    go_on one --seed 5 && go_on two --seed 5 && cmp -s "$t/one.mid" "$t/two.mid" &&
        go_on two --seed 5 --threads 1 && cmp -s "$t/one.mid" "$t/two.mid"
}
other_seed() { go_on two --seed 6 && ! cmp -s "$t/one.mid" "$t/two.mid"; }
new_seeds() {
    go_on two && says 'seed [0-9]' && go_on three && ! cmp -s "$t/two.mid" "$t/three.mid"
}
keeps_prompt() {
    exits 0 tokenize "$t/one.mid" && [ ! -s "$t/err" ] || return
    case $(cat "$t/out") in
    "${ids% 1} "*' 1') ;;
    *) return 1 ;;
    esac
}
omits_prompt() {
    go_on two --seed 5 --prompt omit && exits 0 tokenize "$t/two.mid" &&
        [ "$(wc -w <"$t/out")" -lt "$("$par" tokenize "$t/one.mid" | wc -w)" ]
}
# The first 14 bytes say format 1, three tracks and 480 ticks a quarter.
keeps_bars() {
    exits 0 continue "$root/tests/golden/field/waltz_90bpm.mid" -o "$t/waltz.mid" \
        -m "$t/pedal.safetensors" -s 2 || return
    head -c 14 "$t/waltz.mid" | od -An -tx1 | tr -d ' \n' | grep -q '0001000301e0$' &&
        od -An -v -tx1 "$t/waltz.mid" | tr -d ' \n' >"$t/out" &&
        prints 00ff51030a2c2b && prints 00ff580403021808 && prints 00ff5902fd00 || return
    LC_ALL=C tr -c "[:print:]" "\n" <"$t/waltz.mid" >"$t/out"
    prints '^My Waltz$' && prints '^Right, Left$' && prints '^Continuation$'
}
has_receipt() {
    LC_ALL=C tr -c "[:print:]" "\n" <"$t/one.mid" >"$t/out"
    prints seed=5 && prints model_hash= && prints prompt=a.mid && prints prompt_seconds=0-
}
bridges() {
    bach=$root/assets/prompts/bach-prelude-in-c.mid
    set -- continue "$bach" -m "$t/pedal.safetensors" --from 5 --until 7 --seed 3
    exits 0 "$@" -o "$t/best.mid" --candidates 3 --takes 2 --json &&
        prints '"rank":[[:space:]]*2' && prints '"candidates":[[:space:]]*3' &&
        [ -s "$t/best-1.mid" ] && [ -s "$t/best-2.mid" ] || return
    # The result must begin and end as the piece does.
    "$par" tokenize "$bach" >"$t/ids.bach" && exits 0 tokenize "$t/best-1.mid" || return
    [ "$(cut -c 1-200 "$t/out")" = "$(cut -c 1-200 "$t/ids.bach")" ] &&
        [ "$(rev "$t/out" | cut -c 1-2000)" = "$(rev "$t/ids.bach" | cut -c 1-2000)" ] &&
        ! cmp -s "$t/out" "$t/ids.bach" || return
    LC_ALL=C tr -c "[:print:]" "\n" <"$t/best-2.mid" >"$t/out"
    prints until=7 && prints rank=2 && prints candidates=3 && prints '^.*nats='
}
bridges_to_something() {
    fails continue "$t/a.mid" -o "$t/new.mid" -m "$t/pedal.safetensors" --from 0.5 \
        --until 99 && says 'no note begins after' && [ ! -e "$t/new.mid" ]
}
finishes() {
    exits 0 continue "$t/a.mid" -m "$t/pedal.safetensors" --finish 5 --candidates 3 \
        --seed 3 -o "$t/end.mid" && says 'nats for its end' || return
    LC_ALL=C tr -c "[:print:]" "\n" <"$t/end.mid" >"$t/out"
    prints finish=5 && prints rank=1 || return
    exits 0 tokenize "$t/end.mid" && case $(cat "$t/out") in *' 1') ;; *) return 1 ;; esac
}
scores_notes() {
    exits 0 score "$t/a.mid" -m "$t/pedal.safetensors" && prints 'nats per note' &&
        prints 'seconds  *note' || return
    exits 0 score "$t/a.mid" -m "$t/pedal.safetensors" --json && prints '"pitch_nats":' &&
        ! prints '"passages"' || return
    mkdir -p "$t/learnt" && cp "$root/assets/prompts/bach-prelude-in-c.mid" "$t/learnt/b.mid" &&
        printf 'split,midi_filename\ntrain,b.mid\n' >"$t/learnt/set.csv" || return
    exits 0 score "$root/assets/prompts/bach-prelude-in-c.mid" -m "$t/pedal.safetensors" \
        --novelty "$t/learnt" && prints 'notes from 0.[0-9]* to [0-9.]* s are those of .*b.mid' &&
        fails score "$t/none.mid" -m "$t/pedal.safetensors" &&
        fails score "$t/a.mid" -m "$t/pedal.safetensors" --novelty "$t/none"
}
# An index beside the model is found; the CSV names the piece; without it, nothing is searched.
names_passages() {
    local bach=$root/assets/prompts/bach-prelude-in-c.mid
    mkdir -p "$t/studied" && cp "$bach" "$t/studied/b.mid" && printf '%s\n%s\n' \
        split,midi_filename,canonical_composer,canonical_title 'train,b.mid,Bach,Prelude in C' \
        >"$t/studied/set.csv" && cp "$t/pedal.safetensors" "$t/studied/m.safetensors" || return
    exits 0 train "$t/studied" --repertoire "$t/studied/m.repertoire" || return
    exits 0 score "$bach" -m "$t/studied/m.safetensors" &&
        prints 's are those of Bach: Prelude in C from 0 s on, +0 semitones' || return
    exits 0 score "$bach" -m "$t/studied/m.safetensors" --json && prints '"Bach: Prelude in C"' &&
        prints '"to":' || return
    exits 0 score "$t/a.mid" -m "$t/studied/m.safetensors" &&
        prints 'no passage stands in the training set' || return
    exits 0 score "$bach" -m "$t/pedal.safetensors" --novelty "$t/studied/m.repertoire" &&
        prints 'are those of Bach: Prelude in C' || return
    truncate -s -1 "$t/studied/m.repertoire" &&
        fails score "$bach" -m "$t/studied/m.safetensors" && says 'm.repertoire: byte 44: '
}
# A dial in the middle has no effect.
steers() {
    go_on two --seed 5 --density 1 --register 0 --loudness 0 --pedal 0 &&
        cmp -s "$t/one.mid" "$t/two.mid" || return
    go_on two --seed 5 --density 2 --register -12 --loudness 9 --pedal 5 || return
    ! cmp -s "$t/one.mid" "$t/two.mid" || return
    LC_ALL=C tr -c "[:print:]" "\n" <"$t/two.mid" >"$t/out"
    prints density=2 && prints register=-12 && prints loudness=9 && prints pedal=5
}
steers_no_pedal() {
    fails continue "$t/a.mid" -o "$t/new.mid" -m "$t/folded.safetensors" --pedal 5 &&
        says 'has no pedal tokens' && [ ! -e "$t/new.mid" ]
}
usually_keeps_close() { # more closely than as trained, if the model can
    exits 0 continue "$t/a.mid" -o "$t/close.mid" -m "$root/assets/model.safetensors" -s 1 &&
        LC_ALL=C tr -c "[:print:]" "\n" <"$t/close.mid" >"$t/out" &&
        prints '^closeness=1.5$' && go_on own &&
        LC_ALL=C tr -c "[:print:]" "\n" <"$t/own.mid" >"$t/out" && prints '^closeness=1$'
}
keeps_not_close() {
    fails continue "$t/a.mid" -o "$t/new.mid" -m "$t/folded.safetensors" --closeness 2 &&
        says 'has no recall' && [ ! -e "$t/new.mid" ] &&
        fails eval "$t/minute.mid" --generate -m "$t/folded.safetensors" --closeness 0 &&
        says 'has no recall'
}
takes() {
    go_on take --takes 3 --seed 5 && [ ! -e "$t/take.mid" ] || return
    cmp -s "$t/take-1.mid" "$t/one.mid" && go_on two --seed 7 &&
        cmp -s "$t/take-3.mid" "$t/two.mid"
}
from_moment() {
    go_on two --from 0.5 --seed 5 && exits 0 tokenize "$t/two.mid" &&
        prints '^2 391 379 63 67 70 [^1]'
}
# After a piece that has ended, careful sampling begins with a rest.
tells_length() {
    for seconds in 1 2 5; do
        exits 0 continue "$root/assets/prompts/satie-gymnopedie-1.mid" -o "$t/two.mid" \
            -m "$root/assets/model.safetensors" -t 0 -s $seconds --threads 1 || return
        awk -v want=$seconds '/ seconds of music in / { music = $2 }
            / seconds less than requested: / { missing = $4 }
            END { d = music + missing - want; exit !(d <= 0.06 && d >= -0.5) }' \
            "$t/err" || return
    done
}
from_scratch() {
    for model in pedal folded; do
        exits 0 continue --from-scratch -o "$t/two.mid" -m "$t/$model.safetensors" \
            --tokens 50 --seed 1 && exits 0 tokenize "$t/two.mid" || return
    done
}
piped() {
    "$par" continue - -o - -m "$t/pedal.safetensors" -s 2 --seed 5 <"$t/a.mid" \
        2>"$t/err" >"$t/two.mid" || return
    # Except for the name of the prompt.
    "$par" tokenize "$t/two.mid" >"$t/out" && "$par" tokenize "$t/one.mid" |
        cmp -s - "$t/out"
}
unwritable() {
    for out in "$t/none/a.mid" "$t" /dev/full; do
        fails continue "$t/a.mid" -o "$out" -m "$t/pedal.safetensors" || return
    done
    "$par" continue "$t/a.mid" -o - -m "$t/pedal.safetensors" -s 1 >/dev/full 2>"$t/err"
    [ $? -eq 1 ] && says 'standard output'
}
# The name of a temporary file that writing itself would use.
looks_only() {
    echo precious >"$t/new.mid.tmp"
    fails continue "$t/none.mid" -o "$t/new.mid" -m "$t/pedal.safetensors" &&
        [ "$(cat "$t/new.mid.tmp")" = precious ] && rm "$t/new.mid.tmp"
}
# is_kept FILE ARGUMENTS...: refused in a sentence with exit status 2, and FILE unchanged.
is_kept() {
    kept=$1
    shift
    cp "$kept" "$t/kept" && exits 2 "$@" && [ "$(wc -l <"$t/err")" -eq 1 ] &&
        says 'is not written over' && cmp -s "$kept" "$t/kept" && [ ! -e "$kept.tmp" ]
}
keeps_inputs() {
    cp "$t/a.mid" "$t/p.mid" && cp "$t/a.mid" "$t/p-2.mid" && ln -s p.mid "$t/link.mid" &&
        cp "$t/pedal.safetensors" "$t/m" || return
    for out in p.mid ./p.mid link.mid; do
        is_kept "$t/p.mid" render "$t/p.mid" -o "$t/$out" &&
            is_kept "$t/p.mid" continue "$t/p.mid" -o "$t/$out" -m "$t/m" &&
            is_kept "$t/p.mid" continue "$t/p.mid" -o "$t/x.mid" -m "$t/m" -a "$t/$out" &&
            is_kept "$t/m" continue "$t/p.mid" -o "$t/m" -m "$t/m" || return
    done
    is_kept "$t/p-2.mid" continue "$t/p-2.mid" -o "$t/p.mid" --takes 2 -m "$t/m" &&
        is_kept "$t/ids" detokenize "$t/ids" -o "$t/ids" &&
        in=$t/ids is_kept "$t/ids" detokenize -o "$t/ids" &&
        PAR_MIDI_MODEL=$t/m is_kept "$t/m" continue "$t/p.mid" -o "$t/m" || return
    echo none >"$t/font"
    is_kept "$t/font" render "$t/p.mid" --soundfont "$t/font" -o "$t/font" &&
        is_kept "$t/font" continue "$t/p.mid" -o "$t/x.mid" -a "$t/font" -m "$t/m" \
            --soundfont "$t/font"
}
# Two notes, four hours apart; its ticks can express a pause and a take of hours.
long_pause() {
    printf 'MThd\0\0\0\6\0\0\0\1\0\1MTrk\0\0\0\26' >"$t/pause.mid"
    printf '\0\220<@\1\200<@\201\341\0\220<@\1\200<@\0\377/\0' >>"$t/pause.mid"
    set -- continue "$t/pause.mid" -o "$t/new.mid" -m "$t/pedal.safetensors" -s 1
    exits 0 "$@" && exits 0 "$@" --prompt omit && rm "$t/new.mid"
}
no_temporary_folder() {
    TMPDIR=$t/none fails continue "$t/a.mid" -o "$t/new.mid" -m "$t/pedal.safetensors" &&
        says "midi: $t/none: " && [ ! -e "$t/new.mid" ]
}
no_prompt() {
    fails continue "$t/none.mid" -o "$t/new.mid" -m "$t/pedal.safetensors" &&
        [ ! -e "$t/new.mid" ]
}
# More music than can be made before the signal comes.
interrupted() {
    "$par" continue "$t/a.mid" -o "$t/long.mid" -m "$t/pedal.safetensors" -s 86400 \
        --takes 2 2>"$t/err" &
    await says 'take 1'
    kill -$1 $!
    wait $!
    [ $? -eq $2 ] || return
    for take in 1 2; do # drawn together
        exits 0 tokenize "$t/long-$take.mid" && [ ! -s "$t/err" ] || return
    done
    rm "$t/long-1.mid" "$t/long-2.mid"
}
takes_in_groups() { # of eight: the tenth and the second equal takes made alone
    go_on ten --takes 10 --seed 5 && go_on two --seed 14 &&
        cmp -s "$t/ten-10.mid" "$t/two.mid" && rm "$t"/ten-*.mid
}

rule 'the same seed makes the same bytes, on any number of threads' same_seed
rule 'another seed makes other bytes' other_seed
rule 'without --seed each take is new, and its seed is printed' new_seeds
rule 'the output begins with the prompt, with the same tokens' keeps_prompt
rule '--prompt omit writes the take alone' omits_prompt
rule 'the exported file records how it was made' has_receipt
rule 'tempo, bars, key, names and ticks of the prompt are kept, the take on its own track' \
    keeps_bars
rule 'dials steer a take, the file says so, and in the middle they change no bit' steers
rule 'a model without pedal refuses to steer it' steers_no_pedal
rule 'closeness is 1.5 unless given, and 1 of a model without recall' usually_keeps_close
rule 'a model without recall refuses another closeness than 1' keeps_not_close
rule '--until bridges a span, the likeliest first, and leaves what is around it' bridges
rule 'a bridge with nothing after it is refused in one sentence' bridges_to_something
rule '--finish brings the piece to an end, and the file says so' finishes
rule 'score prints the surprise of each note and passages that are in the training set' scores_notes
rule 'passages from memory are named by the index beside the model; a damaged one is a sentence' names_passages
rule '--takes K makes the takes of seeds N, N+1 ...' takes
rule 'more takes than fit into one group are the same as alone' takes_in_groups
rule '--from T continues from T seconds' from_moment
rule 'a take has the requested length, or a message says what is missing' tells_length
rule '--from-scratch needs no prompt' from_scratch
rule 'continue reads and writes pipes' piped
rule 'an output that cannot be written is found before the work' unwritable
rule 'checking whether a file can be written changes nothing' looks_only
rule 'an input is never overwritten, under any name, and the exit status is 2' keeps_inputs
rule 'a prompt with a pause of hours is continued' long_pause
rule 'a missing folder for temporary files is one sentence' no_temporary_folder
rule 'a missing prompt is one sentence, and nothing is written' no_prompt
rule 'Ctrl-C closes and writes the take so far, and the exit status is 130' interrupted INT 130
rule 'SIGTERM closes and writes the take so far, and the exit status is 143' interrupted TERM 143

# --- sound ---

renders() {
    exits 0 render "$t/a.mid" -o "$t/a.wav" && says soundfont &&
        [ "$(head -c 4 "$t/a.wav")" = RIFF ] || return
    exits 0 render "$t/a.mid" -o - && [ "$(wc -c <"$t/out")" -eq "$(wc -c <"$t/a.wav")" ]
}
# head_of FILE BYTES AT: prints so many bytes of the file from a place on.
head_of() { tail -c +$(($3 + 1)) "$1" | head -c "$2" | tr -d '\0'; }
renders_kinds() {
    for ending in flac ogg opus mp3 FLAC; do
        exits 0 render "$t/a.mid" -o "$t/kind.$ending" || return
    done
    exits 0 render "$t/a.mid" -o "$t/kind.wav" --depth 32 --rate 96000 || return
    [ "$(head_of "$t/kind.flac" 4 0)" = fLaC ] && [ "$(head_of "$t/kind.FLAC" 4 0)" = fLaC ] &&
        [ "$(head_of "$t/kind.ogg" 6 29)" = vorbis ] &&
        [ "$(head_of "$t/kind.opus" 8 28)" = OpusHead ] &&
        [ "$(od -A n -t x1 -N 1 "$t/kind.mp3")" = ' ff' ] &&
        [ "$(od -A n -t u2 -j 20 -N 2 "$t/kind.wav")" -eq 3 ] &&
        [ "$(od -A n -t u4 -j 24 -N 4 "$t/kind.wav")" -eq 96000 ]
}
audio_takes() {
    go_on take --takes 2 --seed 5 --audio "$t/take.wav" && [ -s "$t/take-2.wav" ] &&
        exits 0 render "$t/take-1.mid" -o "$t/b.wav" && cmp -s "$t/b.wav" "$t/take-1.wav"
}
# A prompt of twenty minutes, whose sound takes longer than two signals.
cut_sound() {
    awk 'BEGIN { printf "2 378"; for (i = 0; i < 1200; i++) printf " 63 358 191"; print " 1" }' |
        "$par" detokenize - -o "$t/twenty.mid" || return
    "$par" continue "$t/twenty.mid" -o "$t/long.mid" --audio "$t/long.wav" -s 86400 \
        -m "$t/pedal.safetensors" 2>"$t/err" &
    await says 'take 1'
    kill -INT $!
    await [ -s "$t/long.wav.tmp" ]
    sleep 0.3 # sooner it would be taken for an echo of the first
    kill -INT $!
    wait $!
    [ $? -eq 130 ] && [ ! -e "$t/long.wav.tmp" ] && exits 0 tokenize "$t/long.mid" || return
    # Shorter than the prompt's 1200 seconds, and whole: the header says its length.
    size=$(wc -c <"$t/long.wav")
    [ "$size" -lt $((1200 * 44100 * 4)) ] &&
        [ "$(od -A n -t u4 -j 4 -N 4 "$t/long.wav")" -eq $((size - 8)) ]
}
# At most 2 KB can be written to a file; messages go elsewhere.
cannot_grow() {
    for out in grown.mid grown.wav grown.flac grown.ogg grown.opus grown.mp3; do
        rm -f "$t/$out" "$t/$out.tmp"
        set -- render "$t/a.mid" -o "$t/$out"
        [ $out != grown.mid ] ||
            set -- continue "$t/a.mid" -o "$t/$out" -m "$t/pedal.safetensors" -s 60
        said=$( (ulimit -f 2 && exec "$par" "$@") 2>&1 >/dev/null)
        [ $? -eq 1 ] || return
        case $said in
        *"$t/$out: could not be written: File too large"*) ;;
        *'the MIDI file could not be made: File too large'*) [ $out = grown.mid ] ;;
        *) echo "$said" >"$t/err" && return 1 ;;
        esac
        [ ! -e "$t/$out" ] && [ ! -e "$t/$out.tmp" ] || return
    done
    "$par" render "$t/a.mid" -o - >/dev/full 2>"$t/err"
    [ $? -eq 1 ] && says 'standard output: could not be written: No space left'
}
# peaks_at FILE LEAST MOST: the loudest of its 16-bit samples is in this range.
peaks_at() {
    python3 -c '
import array, sys
peak = max(map(abs, array.array("h", open(sys.argv[1], "rb").read()[44:])))
assert int(sys.argv[2]) <= peak <= int(sys.argv[3]), peak
' "$@"
}
# Every key of the piano at once, at full velocity; then one alone, as softly as possible.
holds_loudness() {
    {
        echo 2 390
        seq 24 111
        echo 358
        seq 152 239
        echo 1
    } >"$t/ids" && exits 0 detokenize "$t/ids" -o "$t/loud.mid" &&
        exits 0 render "$t/loud.mid" -o "$t/loud.wav" && says ' samples were clipped' &&
        peaks_at "$t/loud.wav" 32767 32768 || return
    advised=$(sed -n 's/.*clipped; --gain \(-[0-9.]*\) or .*/\1/p' "$t/err")
    exits 0 render "$t/loud.mid" -o "$t/loud.wav" --gain "$advised" &&
        ! says clipped && peaks_at "$t/loud.wav" 32000 32767 &&
        exits 0 render "$t/loud.mid" -o "$t/loud.wav" --normalize && says 'normalized by -' &&
        ! says clipped && peaks_at "$t/loud.wav" 29202 29206 || return
    echo 2 359 63 358 191 1 >"$t/ids" && exits 0 detokenize "$t/ids" -o "$t/soft.mid" &&
        exits 0 render "$t/soft.mid" -o "$t/soft.wav" --normalize &&
        says 'normalized by +' && peaks_at "$t/soft.wav" 29202 29206 &&
        go_on take --seed 5 --audio "$t/take.wav" --normalize &&
        peaks_at "$t/take.wav" 29202 29206
}
no_soundfont() {
    fails render "$t/a.mid" -o "$t/c.wav" --soundfont "$t/a.mid" && [ ! -e "$t/c.wav" ]
}

# Whether it can play depends on the machine.
doctor_text() {
    "$par" doctor >"$t/out" 2>"$t/err"
    [ $? -le 1 ] && [ ! -s "$t/err" ] || return
    for part in model soundfont sound 'MIDI ports' CPU; do prints "^$part  " || return; done
}
doctor_json() {
    "$par" doctor --json >"$t/out" 2>"$t/err"
    status=$?
    [ ! -s "$t/err" ] && python3 -c '
import json, sys
health = json.load(sys.stdin)
assert health["well"] == (sys.argv[1] == "0") and health["cpu"]["cores"] > 0
' $status <"$t/out"
}
doctor_misses() {
    SOUNDFONT=$t/none.sf2 exits 1 doctor && prints 'none.sf2: No such file' || return
    PAR_MIDI_MODEL=$t/none.safetensors exits 1 doctor && prints 'none.safetensors: '
}
"$par" render "$t/a.mid" -o "$t/a.wav" 2>"$t/err"
if says 'no SoundFont'; then
    skip 'no SoundFont is installed'
else
    rule 'render plays a performance into a file or a pipe' renders
    rule 'the extension decides the kind of sound file' renders_kinds
    rule 'continue --audio is the sound of what it wrote' audio_takes
    rule 'clipping is reported, and the advised gain or --normalize avoids it' \
        holds_loudness
    rule 'a file that cannot grow gives one sentence with its name, and no file is left' \
        cannot_grow
    rule 'a second Ctrl-C ends the sound of a take, which is kept' cut_sound
fi
rule 'a file that is not a SoundFont is refused in one sentence, and nothing is written' no_soundfont

# ALSA's plugins leak memory when ALSA unloads them.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
rule 'doctor reports on each part, and prints nothing to stderr' doctor_text
rule 'doctor --json says the same as its exit status' doctor_json
rule 'doctor names what is missing and exits with 1' doctor_misses

echo "1..$n"
exit $failed
