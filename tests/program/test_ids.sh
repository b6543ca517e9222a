#!/bin/sh
# test_ids.sh PAR_MIDI SOURCE_ROOT: the program with sequences of ids other than
# music: bytes, numbers and images. Prints TAP, one line per rule.
par=$(realpath "$1") root=$(realpath "$2")
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export XDG_CACHE_HOME="$home/cache" LC_ALL=C
cd "$home" || exit 1
. "$root/tests/rule.sh"
# status WANT COMMAND...: the command exits with WANT; its output is in out and err.
status() {
    want=$1
    shift
    "$@" >out 2>err
    got=$?
    [ $got -eq "$want" ] || echo "exit status $got instead of $want" >&2
    [ $got -eq "$want" ]
}
# refused WANT SENTENCE COMMAND...: one line on stderr, which contains the sentence.
refused() {
    want=$1 sentence=$2
    shift 2
    status "$want" "$@" && [ "$(wc -l <err)" = 1 ] && grep -q -e "$sentence" err
}

# --- files of each kind ---
mkdir text numbers images
for i in 1 2 3 4 5 6; do
    seq "$i" 400 | head -c 1400 >text/$i.txt
    # Ids from 0 to 299: a counter in steps of $i, low byte first.
    printf '%b' "$(awk -v i=$i 'BEGIN { for (k = 0; k < 600; k++) { n = k * i % 300
        printf "\\0%03o\\0%03o", n % 256, n / 256 } }')" >numbers/$i.ids
    { printf 'P6\n8 8\n255\n' && seq "$i" 400 | head -c 192; } >images/$i.ppm
done
: >text/empty.txt
printf '\0\0\054\001' >numbers/beyond.ids
{ printf 'P6\n4 4\n255\n' && head -c 48 /dev/zero; } >images/other.ppm
{ printf 'P6\n8 8\n65535\n' && head -c 384 /dev/zero; } >images/deep.ppm

train() { # RUN OPTIONS...
    run=$1
    shift
    "$par" train --ids --out "$run" --preset tiny --context 96 --latents 16 --width 32 \
        --heads 2 --layers 1 --batch 2 --threads 1 --validate-every 4 "$@"
}

# --- training ---
trained() { # RUN TOKENIZER VOCABULARY
    grep -q '^8 steps done$' out && grep -q '^best validation: [0-9.]* nats' out &&
        "$par" info "$1/last.safetensors" >out 2>err &&
        grep -q "tokenizer   $2, $3 kinds of tokens" out && ! grep -q 'music' out
}
train_text() { status 0 train of-text text --steps 8 && trained of-text bytes 257; }
rule 'a model of text is trained' train_text
train_numbers() {
    status 0 train of-numbers numbers --vocabulary 300 --steps 8 &&
        trained of-numbers ids 301
}
rule 'a model of numbers is trained' train_numbers
train_images() {
    status 0 train of-images images --validation images/6.ppm --steps 8 &&
        trained of-images bytes 257
}
rule 'a model of images is trained' train_images
rule 'an empty file is left out and listed' \
    grep -q '/text/empty.txt: is empty$' of-text/skipped.txt
rule 'a file with an id beyond the vocabulary is left out and listed' \
    grep -q '/numbers/beyond.ids: byte 2: the id 300 is beyond' of-numbers/skipped.txt
rule 'an image of another size is left out' \
    grep -q '/images/other.ppm: is an image of 4 x 4, but .*1.ppm one of 8 x 8' of-images/skipped.txt
rule 'an image of 16 bits is left out' \
    grep -q '/images/deep.ppm: byte 7: the image has samples of 16 bits' of-images/skipped.txt

tensors() { head -c 50000 "$1/state.safetensors" | grep -a -o '"sha256": *"[0-9a-f]*"'; }
resumes() {
    status 0 train whole text --validation text/3.txt --steps 12 --save-every 8 &&
        status 0 train half text --validation text/3.txt --steps 12 --save-every 8 || return
    cp -r half stopped && cp half/previous.safetensors stopped/state.safetensors &&
        rm stopped/previous.safetensors && status 0 "$par" train --resume stopped &&
        [ "$(tensors stopped)" ] && [ "$(tensors stopped)" = "$(tensors whole)" ]
}
rule 'a run continues with the same files, bit for bit' resumes
validated_on() {
    grep -q 'split by --validation$' err && grep -q 'train *5 pieces' err &&
        grep -q 'validation *1 pieces' err
}
rule '--validation chooses the file to validate on' validated_on
begins_with() {
    status 0 "$par" train --ids text --from of-text/last.safetensors --out more --steps 2 \
        --preset tiny --batch 2 --threads 1
}
rule 'a run begins with a model of the same kind' begins_with
checked() {
    status 0 "$par" train --ids images --check && grep -q '^train  *[0-9]* *[0-9]*$' out &&
        grep -q '^Tokenizer: bytes$' out && grep -q '^Files left out: 2$' out
}
rule '--check counts files of ids' checked

# --- going on ---
go_on() { # MODEL OPTIONS...
    model=$1
    shift
    "$par" continue --ids --threads 1 --model "$model/last.safetensors" --seed 3 "$@"
}
begins_as() { head -c "$(wc -c <"$1")" "$2" | cmp -s - "$1"; }
continues_text() {
    status 0 go_on of-text text/1.txt -o on.txt --tokens 50 && begins_as text/1.txt on.txt &&
        [ "$(wc -c <on.txt)" = 1450 ] &&
        status 0 go_on of-text text/1.txt -o rest.txt --tokens 50 --prompt omit &&
        tail -c 50 on.txt | cmp -s - rest.txt &&
        status 0 go_on of-text text/1.txt -o - --tokens 50 && cmp -s out on.txt &&
        status 0 go_on of-text --from-scratch -o new.txt --tokens 70 &&
        [ "$(wc -c <new.txt)" = 70 ] &&
        status 0 go_on of-text text/1.txt -o cut.txt --given 100 --tokens 7 &&
        [ "$(wc -c <cut.txt)" = 107 ]
}
rule 'text is continued with text, the same for the same seed' continues_text
continues_numbers() {
    status 0 go_on of-numbers numbers/1.ids -o on.ids --tokens 40 &&
        begins_as numbers/1.ids on.ids && [ "$(wc -c <on.ids)" = 1280 ] &&
        status 0 "$par" eval --ids on.ids --model of-numbers/last.safetensors
}
rule 'numbers are continued with numbers within the vocabulary' continues_numbers
continues_image() {
    status 0 go_on of-images images/1.ppm -o on.ppm &&
        [ "$(wc -c <on.ppm)" = "$(wc -c <images/1.ppm)" ] &&
        head -c 107 images/1.ppm >upper && begins_as upper on.ppm &&
        ! cmp -s on.ppm images/1.ppm &&
        status 0 "$par" eval --ids on.ppm --model of-images/last.safetensors
}
rule 'the upper half of an image is continued to an image of the same size' continues_image
takes() {
    status 0 go_on of-text text/1.txt -o on.txt --tokens 9 --takes 2 &&
        [ -s on-1.txt ] && [ -s on-2.txt ] && ! cmp -s on-1.txt on-2.txt
}
rule 'several takes are several files' takes
ends() {
    status 0 go_on of-text text/1.txt -o end.txt --tokens 5000 --natural-end &&
        [ "$(wc -c <end.txt)" -lt 6400 ] && begins_as text/1.txt end.txt
}
rule 'the model may end a take itself' ends

# --- likelihood ---
json() { # KEY: the first value of it
    sed -n "s/.*\"$1\":[[:space:]]*\([0-9.e+-]*\),*/\1/p" out | head -n 1
}
# UNIT NATS: whether the file in out gives as many bits, and ids in all its pieces.
figures() {
    awk -v nats="$(json nats_per_id)" -v bits="$(json "$1")" 'BEGIN {
        d = nats / log(2) - bits; exit !(nats > 0 && d < 1e-9 && d > -1e-9) }' &&
        tr -d '\n\t' <out | sed 's/.*"pieces"://' | grep -o '"nats_per_id":[0-9.]*\|"ids":[0-9]*' |
        awk -F: -v nats="$(json nats_per_id)" -v ids="$(json ids)" '
            /nats/ { own = $2 }
            /ids/ && !/nats/ { all += $2; sum += $2 * own }
            END { d = sum / all - nats; exit !(all == ids && d < 1e-6 && d > -1e-6) }'
}
measures() { # MODEL UNIT PATHS...
    model=$1 unit=$2
    shift 2
    status 0 "$par" eval --ids --json --threads 1 --model "$model/last.safetensors" "$@" &&
        figures "$unit" && status 0 "$par" eval --ids --threads 1 \
        --model "$model/last.safetensors" --contexts 24,96 "$@" &&
        grep -q "^context  latents  nats per id  $(echo "$unit" | tr _ ' ')$" out
}
rule 'text is measured in bits per byte' measures of-text bits_per_byte text
rule 'numbers are measured in bits per id' measures of-numbers bits_per_id numbers
rule 'images are measured in bits per dimension' measures of-images bits_per_dimension images/1.ppm images/2.ppm
rule 'images in a folder with text are measured as bytes' measures of-images bits_per_byte images/1.ppm text/2.txt
counted() {
    status 0 "$par" eval --ids --model of-text/last.safetensors text/1.txt &&
        grep -q "^$(wc -c <text/1.txt) ids in 1 files" out
}
rule 'every id of a file counts, but not the end token' counted

# --- what is refused ---
no() {
    refused 2 'vocabulary is missing' train new numbers --steps 1 &&
        refused 2 'vocabulary must be 256 for bytes' train new text --vocabulary 99 --steps 1 &&
        refused 2 '--vocabulary needs --ids' "$par" train text --vocabulary 256 --steps 1 &&
        refused 2 '--validation needs --ids' "$par" train text --validation text/1.txt --steps 1 &&
        refused 2 '--transpose cannot be given with --ids' train new text --transpose 0 --steps 1 &&
        refused 2 'is missing' "$par" train --ids --steps 1 &&
        refused 1 'one is a file of ids and one of bytes' train new text numbers \
            --vocabulary 300 --steps 1 &&
        refused 1 'none: No such file' train new none --steps 1 &&
        refused 1 'none of its 1 files can be used (.*is empty)' train new text/empty.txt \
            --steps 1 && [ ! -e new ]
}
rule 'options that make no sense are one sentence' no
not_music() {
    refused 1 'is no model of music' "$par" train text \
        --from of-text/last.safetensors --out new --steps 1 &&
        refused 1 'is no model of ids' "$par" train --ids text \
            --from "$root/assets/model.safetensors" --out new --steps 1 &&
        refused 2 'is a model of bytes and not of ids' "$par" train --ids numbers \
            --vocabulary 300 --from of-text/last.safetensors --out new --steps 1
}
rule 'a run of music does not begin with a model of ids, nor the reverse' not_music

not_measured() {
    refused 1 'is a model of ids' "$par" eval "$root/assets/prompts" --model of-text/last.safetensors &&
        refused 1 'is a model of ids' "$par" eval --recall "$root/assets/prompts" \
            --model of-text/last.safetensors &&
        refused 1 "tokenizer 'bytes' is none of music" "$par" eval --generate \
            "$root/assets/prompts" --model of-text/last.safetensors &&
        refused 1 'is a model of music' "$par" eval --ids text &&
        refused 2 '--recall cannot be given with --ids' "$par" eval --ids --recall text &&
        status 1 "$par" eval --ids numbers/1.ids --model of-text/last.safetensors &&
        grep -q 'is a file of ids of 16 bits, where bytes are wanted' err
}
rule 'a model of ids measures no music, nor the reverse' not_measured

not_continued() {
    song="$root/assets/prompts/bach-prelude-in-c.mid" m=of-text/last.safetensors
    cp text/1.txt kept.txt
    refused 1 'is none of music' "$par" continue "$song" -o x.mid --model $m &&
        refused 1 'is no model of ids' "$par" continue --ids text/1.txt -o x &&
        refused 2 '--seconds cannot be given with --ids' go_on of-text text/1.txt -o x --seconds 3 &&
        refused 2 '--density cannot be given with --ids' go_on of-text text/1.txt -o x --density 2 &&
        refused 2 'given needs --ids' "$par" continue "$song" -o x.mid --given 3 &&
        refused 1 'fewer ids than --given' go_on of-text text/1.txt -o x --given 1401 &&
        refused 1 'is an image' go_on of-images images/1.ppm -o x --tokens 3 &&
        refused 1 'is an image' go_on of-images images/1.ppm -o x --prompt omit &&
        refused 1 'is empty' go_on of-text text/empty.txt -o x &&
        refused 1 'where bytes are wanted' go_on of-text numbers/1.ids -o x &&
        refused 2 'kept.txt' go_on of-text kept.txt -o ./kept.txt &&
        cmp -s kept.txt text/1.txt && [ ! -e x ] && [ ! -e x.mid ]
}
rule 'ids that cannot be continued are one sentence, and nothing is written' not_continued

echo "1..$count"
exit $((failures > 0))
