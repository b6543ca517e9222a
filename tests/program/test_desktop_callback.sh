#!/bin/bash
# test_desktop_callback.sh PAR_MIDI SOURCE_ROOT JACK_HARNESS PIXEL_WATCH XDND_DROP
# RT_GUARD: what the callback does while the whole program runs: nothing that may wait
# (rt_guard.c). See desktop.sh. Prints TAP.
. "$(dirname "$0")/desktop.sh"
rt_guard=$7

start_watched() {
    rm -f "$t/rt_guard"
    LD_PRELOAD=$rt_guard PAR_RT_GUARD=$t/rt_guard "$par" "$prompt" 2>"$t/err" &
    app=$!
    until_true 60 xdotool search --class par-midi >"$t/window" 2>/dev/null && sleep 1.5
}
count() { sed -n "s/.*$1 \(-*[0-9]*\).*/\1/p" "$t/rt_guard"; }
does_all() { # twenty seconds of playing, continuing, panic, takes, pianos, hands
    local i
    mkdir -p "$XDG_DATA_HOME/sounds/sf2"
    cp "$(find /usr/share/sounds -name '*.sf2' | head -n 1)" \
        "$XDG_DATA_HOME/sounds/sf2/second.sf2"
    start_watched && press space && until_true 20 sounds || return
    for i in 1 2 3; do
        press Return
        key on 60 90
        key pedal 127
        sleep 2
        press Escape Up a
        key off 60
        key pedal 0
        press space F9 F6 F8 l Home f ctrl+Up ctrl+Down shift+Down shift+Up
        sleep 1
        press F2 Right Down Return
        sleep 1
        press Up Return Left Escape
        sleep 1
        press period ctrl+z ctrl+z space
    done
    until_true 20 sounds && quit && echo "# $(<"$t/rt_guard")" && [ "$(count callbacks)" -gt 2000 ]
}
does_nothing() { # NAME
    [ "$(count $1)" = 0 ]
}
sees() {
    PAR_RT_GUARD_TRIP=1 start_watched && quit && echo "# $(<"$t/rt_guard")" &&
        [ "$(count heap)" -gt 0 ] && [ "$(count locks)" -gt 0 ] && [ "$(count calls)" -gt 0 ]
}
rule 'the program plays, writes, and changes takes and pianos' does_all
rule 'the audio callback does not use the heap' does_nothing heap
rule 'the audio callback takes no lock' does_nothing locks
rule 'the audio callback makes no system call' does_nothing calls
rule 'the guard notices a callback that does' sees

end
