# desktop.sh: shared by the tests of the window. To be sourced, with the arguments
# PAR_MIDI SOURCE_ROOT JACK_HARNESS PIXEL_WATCH, beside a JACK server (with_jack_dummy.sh). It
# provides a display, a sound recorder and a MIDI keyboard (jack_harness.c), separate
# folders for the program's files, and functions for a user's actions. Skips without Xvfb
# and xdotool. If $PAR_PICTURES is a folder, a picture of each state is saved there.
par=$1 root=$2 jack_harness=$3 pixel_watch=$4
for program in Xvfb xdotool; do
    command -v $program >/dev/null || { echo "1..0 # SKIP no $program here"; exit; }
done
t=$(mktemp -d)
unset PAR_MIDI_MODEL WAYLAND_DISPLAY
export XDG_CONFIG_HOME=$t/config XDG_STATE_HOME=$t/state XDG_DATA_HOME=$t/data
settings=$XDG_CONFIG_HOME/par-midi/settings.ini
# Reverb would sound on after keys are released.
mkdir -p "${settings%/*}" && printf '[audio]\nreverb=false\n[files]\ndialogs=own\n' >"$settings"
prompt=$root/assets/prompts/chopin-prelude-in-e-minor.mid
. "$root/tests/rule.sh"
. "$root/tests/program/wire.sh"
said=$t/err
# A program with a sanitizer may be slow.
slack=1
sanitized "$par" && slack=10
export ASAN_OPTIONS=detect_leaks=0 # SDL's D-Bus leaks memory

finish() {
    exec 8>&- 2>/dev/null
    { kill -9 $app $ear $other $server; kill $screen; wait; } 2>/dev/null
    rm -rf "$t"
}
trap finish EXIT

end() {
    echo "1..$count"
    exit $((failures > 0))
}

picture() {
    [ -z "$PAR_PICTURES" ] || import -window root "$PAR_PICTURES/$1.png"
}
on_failure() { picture "failed-$count"; }

# --- the user's actions ---

start() { # ARGUMENT..., by the command $under, if there is one
    $under "$par" "$@" 2>"$t/err" &
    app=$!
    until_true 60 xdotool search --class par-midi >"$t/window" 2>/dev/null &&
        until_true 60 shows_a_piece &&
        xdotool mousemove 400 300 && sleep 1.2 # the model is read, and the prompt
}
shows_a_piece() { # so that it hears keys
    xdotool getwindowname "$(tail -n 1 "$t/window")" 2>/dev/null | grep -q ' - par-midi$'
}
quit() { # in $took microseconds
    local began=$(now)
    press ctrl+q
    wait $app || return
    took=$(($(now) - began))
}
press() { xdotool key --delay 30 "$@"; }
# on PITCH VELOCITY | off PITCH | pedal VALUE | control CHANNEL NUMBER VALUE: of the MIDI
# keyboard
key() {
    echo "$@" >&8
    sleep 0.05
}
export_to() { # NAME: exports the current path with the dialog
    press ctrl+e
    sleep 0.3
    press ctrl+a
    xdotool type --delay 5 "$1"
    press Return
    until_true 60 test -s "$1"
}

# --- the music to play ---

# midi_file NAME 'MILLISECONDS STATUS DATA...'...: each message with its time after the
# previous one, below 16 s; the rest in hexadecimal.
midi_file() {
    local track='' message name=$1 t b
    shift
    for message in "$@" '0 ff 2f 00'; do
        read -r t b <<<"$message"
        track+=$(printf '%02x%02x' $((t >> 7 | 128)) $((t & 127)))${b// /}
    done
    printf -v b '4d546864000000060000000101f44d54726b%08x%s' $((${#track} / 2)) "$track"
    printf "$(sed 's/../\\x&/g' <<<"$b")" >"$name"
}

# --- the results ---

watch() { # NAME X Y: lists the colours that the pixel takes in the file NAME; its process is $watch
    rm -f "$t/$1.begun"
    "$pixel_watch" $2 $3 >"$t/$1" 2>"$t/$1.begun" &
    watch=$!
    until_true 60 test -s "$t/$1.begun"
}

sounds() { [[ $(tail -n 1 "$t/heard") = sound* ]]; }
silent() { ! sounds; }
silent_for() { # SECONDS
    until_true 3 silent && sleep "$1" && silent
}
# Neither a key nor the pedal is down: there is silence, and a low key that is pressed and
# released stops sounding. With the pedal down it would sound for many seconds.
all_up() {
    until_true 3 silent && key on 40 60 && until_true 20 sounds && key off 40 &&
        until_true 2 silent
}
sound_after() { # KEY: sound begins within 200 ms, including the time of xdotool
    local began=$(now) heard
    press "$1"
    until_true 20 sounds || return
    heard=$(sed -n '$s/sound //p' "$t/heard")
    echo "# sound $(((heard - began) / 1000)) ms after $1"
    [ $((heard - began)) -lt $((200000 * slack)) ]
}
session() { ls "$XDG_STATE_HOME"/par-midi/sessions/*."$1" 2>/dev/null; }
notes() { "$par" tokenize --names "$1" 2>/dev/null | tr ' ' '\n' | grep -c NOTE_ON; }

# --- what stands around it ---

listen() { # starts the sound recorder and the MIDI keyboard
    "$jack_harness" room "$t/midi" <"$t/keys" >"$t/heard" 2>/dev/null &
    ear=$!
    exec 8>"$t/keys"
}

show() { # SIZE: starts a display
    rm -f "$t/display"
    Xvfb -noreset -displayfd 7 -screen 0 $1x24 7>"$t/display" >/dev/null 2>&1 &
    screen=$!
    until_true 60 test -s "$t/display" && export DISPLAY=:$(cat "$t/display")
}
show 1280x800 || { echo '1..0 # SKIP no display'; exit; }
mkfifo "$t/keys"
listen
