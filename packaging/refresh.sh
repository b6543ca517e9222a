#!/bin/sh
# refresh.sh DATADIR: tells the desktop what was installed there, by the tools that it has.
refresh() { ! command -v "$1" >/dev/null || "$@"; }
refresh update-desktop-database -q "$1/applications"
refresh update-mime-database "$1/mime"
refresh gtk-update-icon-cache -q -t -f "$1/icons/hicolor"
true
