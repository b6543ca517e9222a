#!/bin/bash
# deb.sh FOLDER: builds the Debian packages of the tree as it stands, leaves them in FOLDER,
# and has lintian look at them; fails if it finds fault. $DEB_BUILD_OPTIONS is as for
# dpkg-buildpackage, nocheck among it unless set: the tests have been run by ./test.
# Takes the packages that debian/control names, dpkg-dev and lintian.
set -eu
folder=$(realpath -m "${1:?usage: packaging/deb.sh FOLDER}")
cd "$(dirname "$0")/.."
export DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS-nocheck}

# In a copy: the packages lie beside what they are built of, and a clean tree stays clean.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/par-midi"
{ git ls-files -zco --exclude-standard 2>/dev/null ||
    find . -path './build*' -prune -o -path ./out -prune -o -type f -print0; } |
    tar -c --null -T - | tar -x -C "$copy/par-midi"
(cd "$copy/par-midi" && dpkg-buildpackage -us -uc -b) >"$copy/log" 2>&1 || {
    tail -n 40 "$copy/log" >&2
    exit 1
}
mkdir -p "$folder"
rm -f "$folder"/*.{deb,changes,buildinfo}
mv "$copy"/*.{deb,changes,buildinfo} "$folder/"
lintian --allow-root --fail-on error,warning "$folder"/*.changes
