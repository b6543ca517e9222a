#!/bin/bash
# test_desktop_size.sh PAR_MIDI SOURCE_ROOT JACK_HARNESS PIXEL_WATCH: opens on small
# screens, by itself, under a window manager, and on Wayland. See desktop.sh. Prints TAP.
. "$(dirname "$0")/desktop.sh"

another_screen() { # SIZE [MANAGER]
    { kill $manager $screen; wait $manager $screen; } 2>/dev/null
    manager=
    show $1 || return
    [ -n "$2" ] || return 0
    $2 >/dev/null 2>&1 &
    manager=$!
    until_true 30 managed
}
managed() { xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q '0x'; }
window_of_ours() {
    ours=$(xdotool search --onlyvisible --class par-midi 2>/dev/null | tail -n 1) &&
        [ -n "$ours" ]
}
# With its frame it lies on the screen.
inside() { # WIDTH HEIGHT
    local x y w h left right top bottom extents
    window_of_ours || return
    read -r x y w h < <(xwininfo -id $ours | awk -F: '/Absolute|Width|Height/ {
        printf "%d ", $2 }')
    extents=$(xprop -id $ours _NET_FRAME_EXTENTS | sed -n 's/.*= //p')
    IFS=', ' read -r left right top bottom <<<"${extents:-0, 0, 0, 0}"
    [ -z "$manager" ] || [ "${top:-0}" -gt 0 ] || return
    at="$w x $h at $x $y, framed by $left $right $top $bottom"
    [ $((x - left)) -ge 0 ] && [ $((y - top)) -ge 0 ] &&
        [ $((x + w + right)) -le $1 ] && [ $((y + h + bottom)) -le $2 ]
}
fits() { # WIDTH HEIGHT [MANAGER]: at a remembered size that is larger
    local at
    mkdir -p "${settings%/*}" && printf '[window]\nwidth=%d\nheight=%d\n' 2560 1440 >"$settings"
    another_screen $1x$2 $3 && start "$prompt" && until_true 30 inside $1 $2
    local status=$?
    echo "# $at"
    picture "size-$1-$2-${3:-alone}"
    [ $status = 0 ] && stays_so $1 $2 && quit && grep -q '^width=2560' "$settings"
}
stays_so() { sleep 1.5 && inside $1 $2; }
for size in '960 540' '1024 600' '1366 768'; do
    rule "the window opens inside a screen of $size, and its remembered size stays" fits $size
    if command -v openbox >/dev/null; then
        rule "with a frame the window opens inside a screen of $size too" fits $size openbox
    fi
done

# Weston as a window of X11: there it has a seat, whose keys and mouse are the display's.
# What it shows is seen on the display, where the button for Continue comes up.
on_wayland() {
    local entry=("$root"/packaging/*.desktop)
    entry=${entry##*/}
    another_screen 1280x800 && {
        weston --backend=x11-backend.so --use-pixman --shell=kiosk-shell.so --no-config \
            --width=1280 --height=800 --socket=par-midi >"$t/weston" 2>&1 &
        server=$!
        until_true 60 test -S "$XDG_RUNTIME_DIR/par-midi" && sleep 0.5
        watch seen 1160 75
        WAYLAND_DISPLAY=par-midi WAYLAND_DEBUG=1 "$par" "$prompt" 2>"$t/err" &
        app=$!
    }
    until_true 60 grep -q "set_app_id(\"${entry%.desktop}\")" "$t/err" &&
        until_true 60 test -s "$t/seen" && until_true 60 grep -q 'set_title(".* - par-midi")' "$t/err" &&
        xdotool mousemove 400 300 && until_true 60 grep -q 'wl_keyboard@[0-9]*\.enter(' "$t/err" &&
        picture wayland && press space && until_true 20 sounds && quit && kill -0 $server
}
if command -v weston >/dev/null; then
    rule 'on Wayland it opens by the name of its entry, is seen, and hears keys' on_wayland
else
    echo "ok $((count += 1)) # SKIP no weston here"
fi

end
