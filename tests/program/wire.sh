# To be sourced: MIDI at the receiving end, as jack_harness writes it into the file $t/midi.
strokes() { awk '$2 >= 144 && $2 < 160' "$t/midi" | wc -l; }
# Keys and pedals that are down there. If a busy machine dropped a period while one was
# down, its release may have been in that period, so nothing is known of it.
down() {
    awk '$2 >= 144 && $2 < 160 { key[$2 % 16 " " $3] = 1 }
        $2 >= 128 && $2 < 144 { delete key[$2 % 16 " " $3] }
        $2 >= 176 && $2 < 192 && $3 == 64 { pedal[$2 % 16] = $4 }
        $1 == "dropped" { delete key; delete pedal }
        END { for (k in key) if (key[k]) n++; for (p in pedal) if (pedal[p]) n++; print n + 0 }' \
        "$t/midi"
}
none_down() { [ "$(down)" = 0 ]; }
some_down() { [ "$(down)" -gt 0 ]; }
