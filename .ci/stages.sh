# The stages of .ci/run and .ci/behind. To be sourced; $notes is a folder for what they note.

# Those where threads meet, for ThreadSanitizer.
threaded=(pool product session trainer journal monitor worker ui_window ring engine player
    writer)
threaded_live=(output midi_input)

stage() { # its name, then a command whose last line is `N passed, N failed ...`
    local began=$SECONDS log last
    log=$(mktemp -p "$notes")
    echo "== $1"
    "${@:2}" 2>&1 | tee "$log"
    last=$(tail -n 1 "$log")
    [[ $last = *' passed, '*' failed'* ]] || last='0 passed, 1 failed'
    echo "$last" >>"$notes/totals"
    echo "-- $1: $((SECONDS - began)) s"
}

one() { # COMMAND...: which passes or fails as a whole
    if "$@"; then echo '1 passed, 0 failed'; else echo '0 passed, 1 failed'; fi
}
