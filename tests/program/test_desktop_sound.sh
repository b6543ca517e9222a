#!/bin/bash
# test_desktop_sound.sh PAR_MIDI SOURCE_ROOT JACK_HARNESS PIXEL_WATCH: devices and
# pianos that are chosen by keys, and sound servers that stop and die, while it plays
# and writes. See desktop.sh. Prints TAP.
. "$(dirname "$0")/desktop.sh"

# --- choosing devices and pianos ---

playing() { # anew, from the start
    press period Home space && until_true 20 sounds
}
set_to() { # NAME VALUE, in the settings
    until_true 3 grep -q "^$1=$2" "$settings"
}
device() { jack_lsp 2>/dev/null | grep -q '^par-midi:left'; }
no_device() { ! device; }
piano() { find /usr/share/sounds -name '*.sf2' 2>/dev/null | head -n 1; }

no_sound() {
    start "$prompt" && playing && press F2 Down Down && picture devices && press Down Down \
        Down Return && set_to device none && until_true 3 no_device && until_true 2 silent
}
sound_again() { # it has played on in silence
    press Up Up Up Up Up Return && set_to device '' && picture device-chosen &&
        press Escape && until_true 20 sounds
}
another_piano() {
    mkdir -p "$XDG_DATA_HOME/sounds/sf2" &&
        cp "$(piano)" "$XDG_DATA_HOME/sounds/sf2/zz-second.sf2" && quit &&
        start "$prompt" && playing && press F2 Right && sleep 0.3 && picture pianos &&
        press Up Up Up Up Up Up Up Up Up Up Return && set_to soundfont '.*zz-second.sf2' &&
        picture piano-chosen && press Left Escape && sleep 1 && until_true 1 sounds
}
test_note() {
    press period && until_true 2 silent && press F9 && until_true 20 sounds &&
        until_true 3 silent
}
buffer() { # by Tab: after the five pages
    playing && press F2 Tab Tab Tab Tab Tab Tab Tab Return && picture buffer &&
        set_to buffer_frames 256 && press Escape Escape && playing
}
remembers() {
    quit && start "$prompt" && set_to soundfont '.*zz-second.sf2' &&
        set_to buffer_frames 256 && playing && press F2 && sleep 0.3 && picture remembered &&
        press Escape
}
# If the file is removed, another piano plays and a message says so.
piano_gone() {
    quit && rm "$XDG_DATA_HOME/sounds/sf2/zz-second.sf2" && start "$prompt" && playing &&
        picture piano-gone && press F2 Right && picture piano-gone-settings &&
        press Up Up Up Up Up Return Left Escape && ! set_to soundfont '.*zz-second.sf2'
}
missing_device() { # is waited for in silence, and another can be chosen
    quit && sed -i 's/^device=.*/device=JACK: nobody/' "$settings" && start "$prompt" &&
        press space && sleep 1.5 && silent && picture device-missing && press F2 &&
        picture device-missing-settings && press Up Up Up Up Up Up Return Escape &&
        until_true 20 sounds
}
rule 'the keyboard alone can switch the sound off' no_sound
rule 'when a device is chosen again, the music has gone on meanwhile' sound_again
rule 'a newly chosen piano plays at once' another_piano
rule 'a test note is heard' test_note
rule 'a change of the buffer does not stop the music' buffer
rule 'the settings are kept for the next start' remembers
rule 'a piano whose file is gone is replaced by another' piano_gone
rule 'a missing device is waited for, and another can be chosen' missing_device

# --- servers that stop and die ---

# Shows and hides the shortcuts, under which the button for Continue is dim, again and
# again; the time of xdotool included. A program that waits for a server does for seconds.
answers() { # TIMES: half of the keys within 100 ms, and all within one second
    local began i took=()
    for ((i = 0; i < $1; i++)); do
        began=$(now)
        press F1
        until_true 5 seen_since $began || return
        took+=($(($(seen) - began)))
    done
    took=($(printf '%d\n' "${took[@]}" | sort -n))
    echo "# of $1 keys half within $((took[$1 / 2] / 1000)), all $((took[-1] / 1000)) ms"
    [ ${took[$1 / 2]} -lt $((100000 * slack)) ] && [ ${took[-1]} -lt $((1000000 * slack)) ]
}
seen() { sed -n '$s/seen \([0-9]*\) .*/\1/p' "$t/seen"; } # when it changed last
seen_since() { # TIME
    local last=$(seen)
    [ "${last:-0}" -gt $1 ]
}
writing() { # endless, and playing
    quit && sed -i 's/^endless=.*/endless=true/' "$settings" && start "$prompt" &&
        press Return && until_true 20 sounds
}
hears_again() { # with new ears: who is held up or loses its server is not itself again
    { kill -9 $ear && wait $ear; } 2>/dev/null
    listen && until_true 15 sounds
}
stops() {
    writing && kill -STOP $PAR_JACKD_PID && answers 15 && sleep 2 && picture stopped-server &&
        answers 5
}
goes_on() {
    kill -CONT $PAR_JACKD_PID && answers 10 && hears_again && picture back
}
quits_stopped() {
    kill -STOP $PAR_JACKD_PID && sleep 3 && quit
    local status=$?
    kill -CONT $PAR_JACKD_PID
    echo "# quit in $((took / 1000)) ms"
    [ $status = 0 ] && [ $took -lt $((1000000 * slack)) ]
}
dies() {
    start "$prompt" && press Return && sleep 1 && hears_again &&
        { kill -9 $PAR_JACKD_PID; answers 15; } && sleep 1 && picture dead-server && answers 5
}
comes_back() {
    serve &
    server=$!
    answers 10 && hears_again && press period && sleep 1 && silent && picture revived
}
quits_dead() {
    press space && until_true 20 sounds && kill -9 $server && quit
    local status=$?
    echo "# quit in $((took / 1000)) ms"
    [ $status = 0 ] && [ $took -lt $((1000000 * slack)) ]
}
watch seen 1080 75
rule 'the window answers while the sound server is stopped' stops
rule 'when the server continues, so does the sound' goes_on
rule 'the program quits within a second although the server hangs' quits_stopped
rule 'the window answers after the sound server has died' dies
rule 'the sound comes back when there is a new server' comes_back
rule 'the program quits within a second when a server has just died' quits_dead

end
