#!/bin/bash
# test_desktop_keys.sh PAR_MIDI SOURCE_ROOT JACK_HARNESS PIXEL_WATCH: shortcuts on other
# keyboards than the American one: symbols on other keys, letters of other
# alphabets. See desktop.sh. Prints TAP.
. "$(dirname "$0")/desktop.sh"
command -v setxkbmap >/dev/null || { echo '1..0 # SKIP no setxkbmap here'; exit; }

count() { wc -l <"$t/$1"; }
changed() { [ "$(count $1)" -gt $2 ]; }
changes() { # EYE KEY...: this pixel, at each key
    local before watch=$1 key
    shift
    for key; do
        before=$(count $watch)
        press $key && until_true 30 changed $watch $before || { echo "# not by $key"; return 1; }
        sleep 0.2
    done
}
layout() { setxkbmap "$1" && sleep 0.5; }
opens() {
    start "$prompt" && watch help 1036 300 && watch zoom 1000 686
}
shortcuts() { # LAYOUT
    layout $1 && changes help question question && changes zoom equal minus plus minus equal \
        0 && changes help ctrl+equal ctrl+minus ctrl+plus ctrl+0 &&
        press space && until_true 30 sounds && press period && until_true 30 silent &&
        picture "keys-$1"
}
other_letters() { # at K, which turns the piano on, and Z, its first key
    layout ru && press Cyrillic_el && xdotool keydown Cyrillic_ya && until_true 30 sounds &&
        xdotool keyup Cyrillic_ya && until_true 30 silent && press Cyrillic_el
}
rule 'the window opens' opens
for keyboard in us de fr; do
    rule "? . = - + 0 do what they say on a keyboard of $keyboard" shortcuts $keyboard
done
rule 'letters of another alphabet are shortcuts by their place' other_letters

end
