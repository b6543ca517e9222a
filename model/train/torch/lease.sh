#!/bin/bash
# A short stay on a card, in one go.
#
#     lease.sh --pack PACK CORPUS...     what to bring: the corpora, compressed; under 64 MiB
#     OUT=FOLDER lease.sh PACK MINUTES [OPTIONS of train.py]      at most 10, all counted
#     OUT=FOLDER lease.sh --dry-run PACK                          the same, tiny, on the CPU
#
# Unpacks, trains three steps to see that it works, times shapes, trains at a constant rate
# and cools down so that it ends in time, and leaves in $OUT: the weights in parts of 15 MiB
# (cat best.safetensors.* > best.safetensors), the runs' metrics, and what was said. $MIX has
# a weight for each corpus.
set -eu
began=$SECONDS
here=$(dirname "$(realpath "$0")")
python=${PYTHON:-python3}
fail() { echo "lease.sh: $*" >&2; exit 2; }

pack() { # PACK CORPUS...
    local to=$1 bytes
    shift
    mkdir -p "$to"
    "$python" - "$to" "$@" <<'END'
import lzma, os, sys
for i, path in enumerate(sys.argv[2:]):
    with open(path, "rb") as file:
        name = f"{i}-{os.path.basename(path).removesuffix('.corpus')}.corpus.xz"
        with lzma.open(os.path.join(sys.argv[1], name), "wb", preset=2) as out:
            out.write(file.read())
END
    bytes=$(cat "$to"/*.corpus.xz | wc -c)
    [ "$bytes" -lt $((60 << 20)) ] || fail "$to: $bytes bytes are too many to bring"
    echo "$to: $bytes bytes"
}

if [ "${1-}" = --pack ]; then
    [ $# -ge 3 ] || fail '--pack takes a folder and corpora'
    pack "${@:2}"
    exit
fi

big=(--width 512 --heads 8 --layers 8 --latents 2048 --context 8192)
if [ "${1-}" = --dry-run ]; then
    packed=${2-} minutes=0.5 reserve=10
    tiny=(--width 16 --heads 2 --layers 1 --latents 16 --context 64 --device cpu)
    shape=("${tiny[@]}" --batch 2 --seed 1 --warmup 5) part=16K steps=4
    shapes=("${tiny[*]} --batch 2" "${tiny[*]} --batch 4")
else
    packed=${1-} minutes=${2-} reserve=60
    [[ $minutes =~ ^[0-9]+(\.[0-9]+)?$ ]] || fail 'a pack and minutes are missing'
    awk -v m="$minutes" 'BEGIN { exit !(m >= 3 && m <= 10) }' ||
        fail "$minutes minutes: it takes at least 3 and at most 10"
    shape=("${big[@]}" --batch 16 --optimizer muon --rate 3e-3 --decay 0.1 --warmup 200
        --span 256 --bias 1 --windows epoch "${@:3}") part=15M steps=60
    shapes=("${big[*]} --batch 16" "${big[*]} --batch 32"
        "${big[*]} --batch 16 --recall on")
fi
compgen -G "$packed/*.corpus.xz" >/dev/null || fail "$packed: holds no *.corpus.xz"
[ -d "${OUT-}" ] || fail 'OUT names no folder'
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

left() { # minutes until the reserve for what comes last
    awk -v m="$minutes" -v r="$reserve" -v s=$((SECONDS - began)) -v share="$1" \
        'BEGIN { x = share * (m - (s + r) / 60); if (x < 0.02) x = 0.02; printf "%.4f", x }'
}
train() { "$python" "$here/train.py" "$@"; }

echo "== unpack ($((SECONDS - began)) s)"
"$python" - "$room" "$packed"/*.corpus.xz <<'END'
import lzma, os, shutil, sys
for path in sys.argv[2:]:
    to = os.path.join(sys.argv[1], os.path.basename(path)[:-3])
    with lzma.open(path) as file, open(to, "wb") as out:
        shutil.copyfileobj(file, out)
END
corpora=("$room"/*.corpus)
mix=${MIX:+--mix $MIX}

echo "== smoke test ($((SECONDS - began)) s)"
# shellcheck disable=SC2086
train "${corpora[@]}" $mix --out "$room/smoke" "${shape[@]}" --steps 3 --report-every 1 \
    --no-compile

echo "== timing ($((SECONDS - began)) s)"
for i in "${!shapes[@]}"; do
    # What does not fit or takes too long is not worth the rest of the stay.
    # shellcheck disable=SC2086
    timeout 50 "$python" "$here/train.py" "${corpora[@]}" --out "$room/timing$i" \
        ${shapes[$i]} --optimizer muon --steps $steps --report-every $((steps / 4)) \
        2>"$room/timing.err" && "$python" "$here/count.py" "$room/timing$i" |
        tee -a "$OUT/timing.txt" || echo "no timing of ${shapes[$i]}: $(tail -n 1 "$room/timing.err")"
done

echo "== training ($((SECONDS - began)) s)"
# shellcheck disable=SC2086
train "${corpora[@]}" $mix --out "$room/run" "${shape[@]}" --schedule constant \
    --average 0.999 --minutes "$(left 0.7)"
echo "== cooldown ($((SECONDS - began)) s)"
train --cooldown "$room/run" --out "$room/cooled" --minutes "$(left 1)" \
    ${DEVICE:+--device "$DEVICE"} $([ "$1" = --dry-run ] && echo --device cpu)

echo "== results ($((SECONDS - began)) s)"
grep -h '"validation"' "$room/cooled/metrics.jsonl" | tail -n 1
for run in run cooled; do
    mkdir -p "$OUT/$run"
    cp "$room/$run"/{config.json,metrics.jsonl,data.ini} "$OUT/$run/"
done
split -b $part "$room/cooled/best.safetensors" "$OUT/best.safetensors."
(cd "$room/cooled" && sha256sum best.safetensors) >"$OUT/sha256.txt"
"$python" "$here/count.py" "$room/run" | tee -a "$OUT/timing.txt"
echo "== done ($((SECONDS - began)) s)"
