#!/bin/bash
# test_desktop_hands.sh PAR_MIDI SOURCE_ROOT JACK_HARNESS PIXEL_WATCH XDND_DROP
# FULL_SESSION: plays with the window by MIDI, by the computer's keys and by the mouse,
# and hears that nothing stays down. See desktop.sh. Prints TAP.
. "$(dirname "$0")/desktop.sh"
full_session=$6

# A pause of 1.5 s after what is played here, so that the silence before an answer is heard
# on a busy machine too.
printf '[model]\npause=3\n' >>"$settings"

changes() { # X Y COMMAND...: runs it while the colours that the pixel takes are listed
    local watch status
    watch pixel $1 $2 && shift 2 && "$@"
    status=$?
    kill $watch
    return $status
}
differs() { # COMMAND...: after it
    "$@"
    until_true 180 test -s "$t/pixel" # by threads that take only what time is left
}

# --- a MIDI keyboard ---

plays_along() {
    key on 60 90 && until_true 20 sounds && picture keyboard &&
        key off 60 && until_true 2 silent
}
phrase() { # PITCH...: a quarter of a second each
    for pitch; do
        key on $pitch 80
        sleep 0.15
        key off $pitch
    done
}
# The softest touch, upon which 80 becomes 101.
touches() {
    press F2 Right Right && sleep 0.3 && xdotool mousemove 475 464 click 1 &&
        until_true 3 grep -q '^curve=softest' "$settings" && picture touch &&
        press Left Left Escape
}
continues_played() {
    touches && phrase 60 64 67 72 67 64 60
    until_true 2 silent
    sound_after shift+Return && sleep 1 && press period && until_true 2 silent &&
        export_to "$t/played.mid" && picture played &&
        "$par" tokenize --names "$t/played.mid" | grep -q 'VELOCITY_25 NOTE_ON_60 .*NOTE_ON_64 .*NOTE_ON_67'
}
# What the model does has a dot beside it, which is lit while a continuation waits.
dot_changes() { changes 1062 162 differs "$@"; } # COMMAND...: after it
waits() { # for as long as nothing more is played
    press ctrl+n && sleep 0.3 && dot_changes phrase 62 65 69 74 69 65 && picture ghost &&
        dot_changes key on 62 80
}
goes_on_from_it() { # and the phrase is in front of it
    dot_changes key off 62 && until_true 2 silent && sound_after Return && sleep 1 &&
        press period && until_true 2 silent && export_to "$t/waited.mid" &&
        "$par" tokenize --names "$t/waited.mid" |
        grep -q 'NOTE_ON_62 .*NOTE_ON_65 .*NOTE_ON_69'
}
# What is played just before falls silent, and then something sounds: however soon, since
# the ear keeps a list.
answered() { # within 5 s
    local from=$(wc -l <"$t/heard")
    until_true 5 answer_since $from
}
answer_since() { tail -n +$1 "$t/heard" | grep -A 1 ^silence | grep -q ^sound; }
duet() {
    press F5
    phrase 55 59 62 67
    answered && sleep 0.5 && picture answering
}
yields() { # its keys come up; what is held sounds on, and then it answers again
    key on 48 100
    sleep 0.3
    key off 48
    answered && press F5 period && until_true 2 silent
}
# The first long note becomes rose when the model has said how unlikely it was; by itself
# it is hardly bluer than green.
is_rose() {
    local color=$((16#$(tail -n 1 "$t/pixel" | cut -d ' ' -f 3 | grep . || echo 0)))
    [ $(((color & 255) - (color >> 8 & 255))) -gt 25 ]
}
turns_rose() { press F6 && until_true 180 is_rose && picture surprise; }
# Before anything is played: a continuation that waits may need more rows of the roll.
surprises() { start "$prompt" && changes 78 318 turns_rose && press F6 F6 F6; }
# Over 21 notes that a prelude of the training set has too.
remembers() { changes 740 276 differs press F8 && picture memory && press F8; }
rule 'F6 colours the notes that surprise the model' surprises
rule 'F8 brackets a passage that stands in the training set' remembers
rule 'keys of a MIDI keyboard sound, and are released' plays_along
rule 'played music is continued, with the chosen touch, without a record button' \
    continues_played
rule 'after a rest a continuation waits, until the pianist plays on' waits
rule 'Enter plays the waiting continuation at once' goes_on_from_it
rule 'in a duet the model answers when the pianist pauses' duet
rule 'in a duet the model stops when the pianist plays' yields

# --- its controllers ---

is_now() { sed -n "/^\[$1\]/,/^\[/p" "$settings" | grep -qx "$2=$3"; }
is_set() { until_true 3 is_now "$@"; } # GROUP KEY VALUE, in the settings
learn_at() { # X: of a dial in the row of density and register
    xdotool mousemove $1 390 sleep 0.2 click 3 sleep 0.2
}
learns() { # a controller that is learned saves where the dials are
    learn_at 1106 && key pedal 127 && key pedal 0 && picture learning && key control 1 20 120 &&
        is_set learn density 1:20 && key control 1 20 90 && picture waits-for-place &&
        learn_at 1106 && key control 1 21 100 && is_set learn density 1:21 &&
        is_now model density 1 && key control 1 21 64 && key control 1 21 0 && picture learned &&
        learn_at 1106 && key control 1 20 0 && is_set learn density 1:20 &&
        is_now model density 0.25
}
learns_elsewhere() { # density stays where it was moved last, register is in its middle
    key control 1 20 127 && learn_at 1217 && key control 1 20 64 && is_set learn register 1:20 &&
        is_set learn density '' && is_set model density 4 && is_set model register 0
}
forgets() {
    learn_at 1217 && press Delete && is_set learn register '' && key control 1 20 0 &&
        learn_at 1106 && key control 2 7 127 && is_set learn density 2:7 &&
        is_now model register 0 && key control 2 7 64 && learn_at 1106 && press Delete &&
        is_set learn density '' && is_now model density 1 && xdotool mousemove 400 300
}
rule 'a dial learns the next controller that is no pedal, and follows it from its place on' learns
rule 'another dial that learns it takes it over' learns_elsewhere
rule 'a dial whose controller is removed does not move' forgets

# --- one that comes and goes ---

plug_in() { # a second one, by the name of "clavier"
    "$jack_harness" clavier <"$t/other" >/dev/null 2>&1 &
    other=$!
    exec 9>"$t/other"
    until_true 60 connected clavier
}
connected() { jack_lsp -c "$1:keys" 2>/dev/null | grep -q 'par-midi'; }
disconnected() { ! connected "$1"; }
unplug() {
    kill -9 $other
    ! wait $other 2>/dev/null
}
strikes() { # JACK may have to forget the one before it first
    local i
    for i in 1 2 3; do
        echo on 52 110 >&9
        until_true 2 sounds && return
    done
    return 1
}
vanishes() {
    mkfifo "$t/other"
    plug_in && strikes && unplug && all_up
}
returns() { plug_in && strikes && echo off 52 >&9 && until_true 2 silent; }
chosen_by_name() { # among all keyboards, it and the other, none
    press F2 Right Right && sleep 0.3 && press Down Down && picture keyboards &&
        press Return && until_true 3 grep -q '^midi=JACK: clavier:keys' "$settings" &&
        press Left Left Escape &&
        until_true 3 disconnected room && unplug && sleep 1 && picture keyboard-missing &&
        echo on 60 90 >&8 && sleep 0.5 && silent && echo off 60 >&8 && returns &&
        disconnected room
}
all_again() {
    press F2 Right Right && sleep 0.3 && press Up Up Up Up Return Left Left Escape &&
        until_true 3 connected room && unplug
}
rule 'a held key is released when its keyboard disappears' vanishes
rule 'a keyboard that comes back plays again' returns
rule 'a keyboard chosen by name is waited for, and no other is heard' chosen_by_name
rule 'all keyboards are heard again when they are chosen' all_again

# --- the computer's keys and the mouse ---

types() { # z is a C
    press k && xdotool keydown z && until_true 20 sounds && xdotool keyup z && all_up
}
# Another window takes the keyboard, and hears that the key goes up.
loses_focus() {
    xdotool keydown z keydown c && until_true 20 sounds &&
        xdotool windowfocus "$elsewhere" && all_up && xdotool keyup z keyup c &&
        xdotool windowfocus --sync "$(tail -n 1 "$t/window")" && sleep 0.3 && silent &&
        press k
}
play_mouse() { # X: goes there with the button down, on the row of the white keys
    xdotool mousemove $1 755
}
clicks() {
    play_mouse 500 && xdotool mousedown 1 && until_true 20 sounds && picture mouse &&
        xdotool mouseup 1 && all_up
}
glides() {
    local x
    press ctrl+n F5 && play_mouse 500 && xdotool mousedown 1
    for x in {510..660..10}; do
        sleep 0.04 # each key for longer than a step, which is the least that a note lasts
        play_mouse $x
    done
    xdotool mouseup 1
    press F5 period && all_up && export_to "$t/glide.mid" && alone "$t/glide.mid"
}
alone() { # at least five keys, no two of them down at any time
    "$par" tokenize --names "$1" 2>/dev/null | tr ' ' '\n' | awk '
        /NOTE_ON/ { down++; struck++ }
        /NOTE_OFF/ { down-- }
        /TIME_SHIFT/ && down > 1 { bad = 1 }
        END { exit bad || struck < 5 }'
}
leaves() { # out of the keys with the button down
    play_mouse 500 && xdotool mousedown 1 && until_true 20 sounds &&
        xdotool mousemove 500 300 && all_up && xdotool mouseup 1 && all_up
}
xmessage -geometry 100x60+1100+600 elsewhere 2>/dev/null &
other_window=$!
until_true 60 xdotool search --class xmessage >"$t/elsewhere" 2>/dev/null
elsewhere=$(tail -n 1 "$t/elsewhere")
rule 'the computer keyboard is a piano' types
rule 'the window'\''s keys are released when another window takes the keyboard' loses_focus
rule 'the mouse plays and releases a key on the screen' clicks
rule 'the mouse plays each key that it is dragged across' glides
rule 'the mouse releases a key when it is dragged off the keyboard' leaves

# --- a session that takes no more ---

# Far above all that is in it; by itself the model does not answer so soon.
exports_high() {
    local to=$t/high-$((++tries)).mid
    export_to "$to" && [ "$(notes "$to")" -ge 2003 ] && "$par" tokenize --names "$to" |
        grep -q 'NOTE_ON_101 .*NOTE_ON_103 .*NOTE_ON_107'
}
goes_on_in_another() {
    quit && sed -i 's/^answer=.*/answer=true/; s/^pause=.*/pause=30/' "$settings" &&
        "$full_session" "$t/full.par-midi" && start "$t/full.par-midi" &&
        phrase 101 103 107 && until_true 30 exports_high && picture full
}
rule 'playing into a full session begins a new one' goes_on_in_another

end
