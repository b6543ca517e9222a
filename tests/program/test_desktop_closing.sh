#!/bin/bash
# test_desktop_closing.sh PAR_MIDI SOURCE_ROOT JACK_HARNESS: whatever ends playback,
# every key and the pedal are released, as the sound shows, and the MIDI output at the
# receiving end. See desktop.sh. Prints TAP.
. "$(dirname "$0")/desktop.sh"

# Three seconds of rest, a chord that is held for ten seconds with the pedal down, rest.
midi_file "$t/chord.mid" '3000 b0 40 7f' '0 90 24 70' '0 90 30 70' '0 90 3c 70' \
    '10000 80 24 00' '0 80 30 00' '0 80 3c 00' '1000 b0 40 00' '8000 90 3c 40' \
    '200 80 3c 00'
# The pedal goes down, and long after that two short notes are struck.
midi_file "$t/pedal.mid" '500 b0 40 7f' '5500 90 3c 70' '100 80 3c 00' '4000 90 40 70' \
    '100 80 40 00' '4000 b0 40 00'

released() { until_true 5 none_down; }
let_go() { all_up && released; }
chord() { # is playing
    press period Home Right Right Right space && until_true 20 sounds && sleep 0.5
}
after() { # KEY...: none of it is down
    chord && press "$@" && let_go
}
opens() { start "$t/chord.mid" && press minus minus minus minus && picture chord; }
plays_out() { until_true 5 some_down || grep -q dropped "$t/midi"; } # to the receiving end
again() { quit && start "$t/chord.mid"; } # with nothing but the chord
seeks() { # back to the rest at its start, playing on
    after Home && sleep 3 && sounds
}
# The chord begins in a loop that ends before it does; at the loop's start there is rest.
loops() {
    press period Home Right Right shift+Home ctrl+a Right Right shift+Home shift+l Home &&
        picture loop && press space && until_true 20 sounds && until_true 3 silent &&
        until_true 20 sounds && until_true 3 silent && press l && after Escape
}
forks() { # in the chord; what the model plays then is let go as well
    chord && press f && sleep 1 && press Escape && let_go
}
# To a take of a moment, whose few seconds end long before the chord does.
changes() {
    again && press f period && press Up && chord && picture change && sleep 6 && sounds &&
        press Down && let_go
}
deletes() { # the take that is heard, where there was rest before
    again && press End Left Left Left f && until_true 20 sounds && press Delete && let_go
}
undoes() { # the same
    press period f && until_true 20 sounds && press ctrl+z && let_go
}
opens_another() { # while it plays
    chord && xdotool key ctrl+n && let_go
}
closes() { again && chord && plays_out && quit && silent_for 1 && released; }
chases() { # the note is short, and rings on by the pedal
    start "$t/pedal.mid" && press Right Right Right Right Right space &&
        until_true 20 sounds && sleep 1.5 && sounds && press Escape && all_up
}
lifts() { # where the pedal is up again
    press End Left Left Left space && sleep 0.2 && press Home && all_up && press period
}
rule 'a chord is held with the pedal' opens
rule 'a stop releases keys and pedal' after period
rule 'a pause releases keys and pedal' after space
rule 'panic releases keys and pedal' after Escape
rule 'a seek releases keys and pedal' seeks
rule 'a loop releases keys and pedal at each repetition' loops
rule 'a fork releases keys and pedal' forks
rule 'a change of takes releases keys and pedal' changes
rule 'deleting the take that plays releases keys and pedal' deletes
rule 'undoing the take that is being written releases keys and pedal' undoes
rule 'opening another piece releases keys and pedal' opens_another
rule 'quitting releases keys and pedal' closes
rule 'playing from a time at which the pedal is down plays with the pedal' chases
rule 'a seek to before the pedal goes down lifts it' lifts

end
