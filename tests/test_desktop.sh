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
# A sanitizer's program may take its time.
slack=1
ldd "$par" | grep -qE 'lib[at]san' && slack=10
export ASAN_OPTIONS=detect_leaks=0 # SDL's D-Bus leaves some behind

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

sound_after() { # KEY: within 200 ms, the time of xdotool included
    local began=$(now) heard
    press "$1"
    until_true 3 sounds || return
    heard=$(sed -n '$s/sound //p' "$t/heard")
    echo "# sound $(((heard - began) / 1000)) ms after $1"
    [ $((heard - began)) -lt $((200000 * slack)) ]
}
answers() { sound_after Return; }
writes_on() { sleep 2 && sounds && picture continued; }
stops() { press period && until_true 3 silent && picture stopped; }
keeps() {
    export_to "$t/take.mid" && picture exported &&
        [ "$(notes "$t/take.mid")" -gt "$(notes "$prompt")" ]
}
# The same seed, model and prompt write the same notes without a window; but for what
# closes the take, where a slow machine was stopped before its end.
begin_alike() {
    local count=$(("$("$par" tokenize "$1" | wc -w)" - 130))
    [ "$("$par" tokenize "$1" | cut -d ' ' -f 1-$count)" = \
        "$("$par" tokenize "$2" | cut -d ' ' -f 1-$count)" ]
}
repeats() {
    local seed=$(strings "$t/take.mid" | sed -n 's/^seed=//p')
    "$par" continue "$prompt" -o "$t/same.mid" --seed "$seed" --seconds 30 2>/dev/null &&
        begin_alike "$t/take.mid" "$t/same.mid"
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

# --- takes ---

# Twice continued, the prompt is longer than the context.
continues_at_length() {
    sound_after Return && sleep 2.5 && press period && until_true 3 silent &&
        sleep 1 && sound_after Return && sleep 2 && press Escape && until_true 1 silent
}
changes_takes() { # back to the first take by the keys for takes
    press Up Up && export_to "$t/first.mid" && cmp -s "$t/first.mid" "$t/take.mid"
}
deletes() {
    press Delete && export_to "$t/deleted.mid" &&
        [ "$("$par" tokenize "$t/deleted.mid")" = "$("$par" tokenize "$prompt")" ] &&
        press ctrl+z && export_to "$t/undeleted.mid" &&
        cmp -s "$t/undeleted.mid" "$t/take.mid"
}
switches_while_playing() {
    press space && until_true 2 sounds && press Down Down Down a a Up && sleep 0.3 &&
        press period && until_true 2 silent && sleep 0.7 && silent
}
writes_wav() {
    press ctrl+e && sleep 0.3 && press ctrl+a && xdotool type --delay 5 "$t/take.wav" &&
        press Return && until_true 20 test -s "$t/take.wav" &&
        [ "$(head -c 4 "$t/take.wav")" = RIFF ]
}
rests() { # CPU of three seconds, in hundredths
    local before=$(awk '{ print $14 + $15 }' /proc/$app/stat)
    sleep 3
    local after=$(awk '{ print $14 + $15 }' /proc/$app/stat)
    echo "# idle: $(((after - before) * 100 / 300)) % of a core"
    [ $((after - before)) -lt $((30 * slack)) ]
}
rule 'a prompt beyond the context is answered within 200 ms, too' continues_at_length
rule 'the keys for takes bring back an older one' changes_takes
rule 'a take is deleted, and undo brings it back' deletes
rule 'takes changed while they play leave nothing sounding' switches_while_playing
rule 'the sound is exported' writes_wav
rule 'idle, it takes less than a tenth of a core' rests

# --- sessions ---

crashes() {
    kill -9 $app
    wait $app 2>/dev/null
    [ -n "$(session journal)" ] && start "$prompt" && picture recovery
}
recovers() { # by the button of the strip
    xdotool mousemove 920 78 click 1
    sleep 0.3
    export_to "$t/recovered.mid" && picture recovered &&
        [ "$(notes "$t/recovered.mid")" -gt "$(notes "$prompt")" ]
}
quits() {
    press ctrl+Up
    press Return
    until_true 2 sounds
    quit && echo "# quit in $((took / 1000)) ms" && [ $took -lt $((1000000 * slack)) ] &&
        [ -z "$(session journal)" ] && [ -n "$(session par-midi)" ] &&
        grep -q '^speed=1.05' "$XDG_CONFIG_HOME/par-midi/settings.ini"
}
rule 'what a kill -9 left is offered at the next start' crashes
rule 'and it comes back, takes and all' recovers
rule 'it quits within a second while it plays and writes, and remembers' quits

# --- several takes at once ---

settings=$XDG_CONFIG_HOME/par-midi/settings.ini
takes_at_once() {
    sed -i 's/^takes=.*/takes=3/' "$settings"
    start "$prompt" && press Return && sleep $((2 + slack)) && press period && picture takes &&
        export_to "$t/a.mid" && press Down && export_to "$t/b.mid" && press Down &&
        export_to "$t/c.mid" && ! cmp -s "$t/a.mid" "$t/b.mid" &&
        ! cmp -s "$t/b.mid" "$t/c.mid" && ! cmp -s "$t/a.mid" "$t/c.mid" &&
        [ "$(notes "$t/c.mid")" -gt "$(notes "$prompt")" ]
}
at_once_undone() { # the changes to the other takes, then all of them
    press ctrl+z ctrl+z ctrl+z && export_to "$t/none.mid" &&
        [ "$("$par" tokenize "$t/none.mid")" = "$("$par" tokenize "$prompt")" ] &&
        quit && sed -i 's/^takes=.*/takes=1/' "$settings"
}
rule 'several takes are written at once, each another' takes_at_once
rule 'and one undo takes them away' at_once_undone

# --- playing ---

plays_along() {
    start "$prompt" && echo on 60 90 >&8 && until_true 2 sounds && picture keyboard &&
        echo off 60 >&8 && until_true 2 silent
}
phrase() { # PITCH...: a quarter of a second each
    for pitch; do
        echo on $pitch 80 >&8
        sleep 0.2
        echo off $pitch >&8
        sleep 0.05
    done
}
continues_played() {
    phrase 60 64 67 72 67 64 60
    until_true 2 silent
    sound_after shift+Return && sleep 1 && press period && until_true 2 silent &&
        export_to "$t/played.mid" && picture played &&
        "$par" tokenize --names "$t/played.mid" | grep -q 'NOTE_ON_60 .*NOTE_ON_64 .*NOTE_ON_67'
}
converses() {
    press F5
    phrase 55 59 62 67
    until_true 1 silent && until_true 4 sounds && sleep 0.5 && picture answering
}
yields() { # its keys come up; what is held sounds on, and then it answers again
    echo on 48 100 >&8
    sleep 0.3
    echo off 48 >&8
    until_true 2 silent && until_true 4 sounds && press F5 period && until_true 2 silent
}
types() { # z is a C
    press k && xdotool keydown z && until_true 1 sounds && xdotool keyup z &&
        until_true 2 silent && press k
}
without_device() {
    quit && JACK_DEFAULT_SERVER=none_$$ start "$prompt" && picture silent &&
        press space && sleep 0.5 && press Return && sleep 1 &&
        export_to "$t/silent.mid" &&
        [ "$(notes "$t/silent.mid")" -gt "$(notes "$prompt")" ] && quit &&
        [ $took -lt $((1500000 * slack)) ]
}
rule 'a MIDI keyboard is heard, and let go' plays_along
rule 'what was played is continued, without a record button' continues_played
rule 'in call and response it answers when the pianist pauses' converses
rule 'and yields at a touch' yields
rule 'the computer keyboard is a piano' types
rule 'without a sound device it goes on silently' without_device

echo "1..$n"
exit $failed
