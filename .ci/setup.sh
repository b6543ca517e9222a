# Shared by ./run, ./test and .ci/run: the Debian packages, configuring, and counting tests.
# To be sourced.

build_packages=(
    meson ninja-build gcc pkg-config libc6-dev
    libglib2.0-dev libsmf-dev libcjson-dev
    libopenblas-dev libopenblas-pthread-dev
    libfluidsynth-dev libsndfile1-dev timgm6mb-soundfont
    libsdl2-dev libsdl2-ttf-dev libfontconfig-dev fonts-inter
    portaudio19-dev libasound2-dev libjack-jackd2-dev
)
# A better piano (34 MB) than timgm6mb-soundfont (6 MB), only for ./run: the tests use the
# small one.
piano_package=musescore-general-soundfont-small
# Sound without a sound card, for the tests; several processes that train together; and what
# checks how the program is packaged.
test_packages=(
    clang-format python3 strace libopenmpi-dev openmpi-bin
    jackd2 dbus-daemon pipewire pipewire-bin pipewire-alsa wireplumber
    xvfb xdotool x11-utils x11-xkb-utils openbox weston binutils
    fonts-dejavu-core desktop-file-utils appstream shared-mime-info libglib2.0-bin man-db bash-completion
)
# The other compiler, fuzzing, the model in PyTorch, and Debian's packages, for .ci/run.
ci_packages=(clang libclang-rt-14-dev python3-torch debhelper dpkg-dev lintian)

# without_noise COMMAND... shows its output only if it failed.
without_noise() {
    local said
    said=$("$@" 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
}

# need_packages WHAT PACKAGE... installs those that are missing, which WHAT takes.
need_packages() {
    local what=$1 package status missing=() as_root=() installed=' '
    shift
    if ! command -v dpkg-query >/dev/null; then
        command -v meson >/dev/null && command -v ninja >/dev/null && return
        echo "This is no Debian; $what takes what Debian calls: $*" >&2
        return 1
    fi
    while read -r package status; do
        [ "$status" = installed ] && installed+="$package "
    done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
    for package; do
        [[ $installed = *" $package "* ]] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    if [ "$(id -u)" != 0 ]; then
        as_root=(sudo)
        if ! command -v sudo >/dev/null; then
            echo "As root: apt-get install ${missing[*]}" >&2
            return 1
        fi
    fi
    echo "Installing what $what takes, which may need minutes: ${missing[*]}" >&2
    without_noise "${as_root[@]}" apt-get -q update &&
        without_noise "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -qy install --no-install-recommends "${missing[@]}"
}

# configure SOURCES BUILD OPTION... sets a build folder up once; ninja keeps it up to date. A
# build folder that was copied or moved with its tree would build the old tree: it is removed.
configure() {
    if [ -L "$2/sources" ] && ! [ "$2/sources" -ef "$1" ]; then rm -rf "$2"; fi
    [ -f "$2/build.ninja" ] && return
    without_noise meson setup "$2" "$1" "${@:3}" &&
        ln -sfn "$(realpath "$1")" "$2/sources"
}

# build BUILD TARGET... prints nothing unless there is something to build.
build() {
    [[ $(ninja -C "$1" -n "${@:2}") = *'no work to do'* ]] && return
    echo "Building par-midi in $1" >&2
    without_noise timeout -k 10 900 ninja -C "$@"
}

wrapper=
# tests SUITES BUILD OPTION... runs some, each by the command $wrapper if there is one; their
# logs have the name of the suites, to which meson adds the wrapper's.
tests() {
    timeout -k 30 1800 meson test -C "$2" --no-rebuild --print-errorlogs --logbase "$1" \
        ${wrapper:+--wrapper "$wrapper"} "${@:3}"
}

# The suites of tests/meson.build: quick BUILD OPTION... runs what ./test is; thorough BUILD
# what takes minutes; torch BUILD compares with PyTorch; live BUILD NAME... what keeps the
# time of the world, which another program may hold up: those that fail have a second try.
quick() { tests quick "$1" --no-suite thorough --no-suite live --no-suite torch "${@:2}"; }
thorough() { tests thorough "$1" --suite thorough "${@:2}"; }
torch() { tests torch "$1" --suite torch "${@:2}"; }
live() {
    local failed
    tests live "$1" --suite live "${@:2}" && return
    failed=$(python3 "$counter" --failed "$1/meson-logs/live") && [ "$failed" ] || return 1
    echo "Once more: ${failed//$'\n'/ }"
    tests live-again "$1" --suite live $failed
}
counter=$(realpath "$(dirname "${BASH_SOURCE[0]}")/count")

# counted SUITES BUILD OPTION... tests by one of these what was built; ends with `N passed, N
# failed`.
counted() {
    local status=0 logs=$2/meson-logs/$1${wrapper:+-${wrapper##*/}}
    rm -f "$logs".* "$logs"-again.*
    "$@" || status=$?
    python3 "$counter" "$logs" $status
}
