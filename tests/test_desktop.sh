#!/bin/bash
# test_desktop.sh PAR_MIDI SOURCE_ROOT ROOM: drives the window as a user would, by keys,
# on a display of its own, and hears what it plays. Run it beside a JACK server
# (with_jack_dummy.sh). Prints TAP; skips without Xvfb and xdotool.
# With $PAR_PICTURES, a folder, each state's picture is left there.
par=$1 root=$2 room=$3
for program in Xvfb xdotool; do
    command -v $program >/dev/null || { echo "1..0 # SKIP no $program here"; exit; }
done
t=$(mktemp -d)
unset PAR_MIDI_MODEL WAYLAND_DISPLAY
export XDG_CONFIG_HOME=$t/config XDG_STATE_HOME=$t/state XDG_DATA_HOME=$t/data
n=0 failed=0

finish() {
    exec 8>&- 2>/dev/null
    kill $app $ear $screen 2>/dev/null
    rm -rf "$t"
}
trap finish EXIT

rule() { # SENTENCE COMMAND...
    n=$((n + 1)) sentence=$1
    shift
    if "$@"; then echo "ok $n - $sentence"; else
        failed=1
        echo "not ok $n - $sentence"
        sed 's/^/it said: /' "$t/err" >&2
    fi
}

now() { echo $((${EPOCHREALTIME/[.,]/})); }
press() { xdotool key --delay 30 "$@"; }
until_true() { # SECONDS COMMAND...
    local most=$(($(now) + $1 * 1000000))
    shift
    until "$@"; do
        [ "$(now)" -lt $most ] || return 1
        sleep 0.05
    done
}
picture() {
    [ -z "$PAR_PICTURES" ] || import -window root "$PAR_PICTURES/$1.png"
}
sounds() { [[ $(tail -n 1 "$t/heard") = sound* ]]; }
silent() { ! sounds; }
session() { ls "$XDG_STATE_HOME"/par-midi/sessions/*."$1" 2>/dev/null; }

start() {
    "$par" "$@" 2>"$t/err" &
    app=$!
    until_true 10 xdotool search --class par-midi >"$t/window" 2>/dev/null &&
        xdotool mousemove 400 300 && sleep 1.2 # the model is read, and the prompt
}
quit() {
    local began=$(now)
    press ctrl+q
    wait $app || return
    took=$(($(now) - began))
}
export_to() { # NAME: what is on screen, by the dialog
    press ctrl+s
    sleep 0.3
    press ctrl+a
    xdotool type --delay 5 "$1"
    press Return
    until_true 5 test -s "$1"
}
notes() { "$par" tokenize --names "$1" 2>/dev/null | tr ' ' '\n' | grep -c NOTE_ON; }
lasts() { "$par" tokenize --json "$1" 2>/dev/null; }

Xvfb -displayfd 7 -screen 0 1280x800x24 7>"$t/display" >/dev/null 2>&1 &
screen=$!
until_true 5 test -s "$t/display" || { echo '1..0 # SKIP no display'; exit; }
export DISPLAY=:$(cat "$t/display")
mkfifo "$t/keys"
"$room" <"$t/keys" >"$t/heard" 2>/dev/null &
ear=$!
exec 8>"$t/keys"
prompt=$root/assets/prompts/chopin-prelude-in-e-minor.mid

# --- it plays ---

opens() { start && picture ready && kill -0 $app; }
plays() { press space && until_true 3 sounds && picture playing; }
pauses() { press space && until_true 3 silent && sleep 1 && silent; }
rule 'without an argument it opens, with a prompt ready' opens
rule 'Space plays' plays
rule 'Space pauses, and nothing hangs' pauses

# --- it goes on ---

answers() {
    local began=$(now) heard
    press Return
    until_true 3 sounds || return
    heard=$(sed -n '$s/sound //p' "$t/heard")
    echo "# sound $(((heard - began) / 1000)) ms after the key" # xdotool's time included
    [ $((heard - began)) -lt 200000 ]
}
writes_on() { sleep 2 && sounds && picture continued; }
stops() { press period && until_true 3 silent && picture stopped; }
keeps() {
    export_to "$t/take.mid" && picture exported &&
        [ "$(notes "$t/take.mid")" -gt "$(notes "$prompt")" ]
}
# The same seed, model and prompt write the same notes without a window.
repeats() {
    local seed=$(strings "$t/take.mid" | sed -n 's/^seed=//p')
    "$par" continue "$prompt" -o "$t/same.mid" --seed "$seed" --seconds 30 2>/dev/null &&
        [ "$("$par" tokenize "$t/take.mid")" = "$("$par" tokenize "$t/same.mid")" ]
}
undoes() {
    press ctrl+z && export_to "$t/undone.mid" &&
        [ "$("$par" tokenize "$t/undone.mid")" = "$("$par" tokenize "$prompt")" ] &&
        press ctrl+shift+z && export_to "$t/redone.mid" &&
        cmp -s "$t/redone.mid" "$t/take.mid"
}
rule 'Enter goes on, and is heard within 200 ms' answers
rule 'it keeps playing while it writes' writes_on
rule 'a stop is silent at once, and nothing hangs' stops
rule 'what was written can be exported, with its receipt' keeps
rule 'the export is what par-midi continue writes with that seed' repeats
rule 'undo takes the take away, redo brings it back as it was' undoes

echo "1..$n"
exit $failed
