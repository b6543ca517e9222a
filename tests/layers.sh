#!/bin/bash
# Checks which folder may include which, and which files may include each outside library:
# layers.sh FOLDER. Prints TAP. The last case runs the rules on a tree that breaks each.
set -u
cd "$1" || exit 1
count=0

report() { # RULE, then the lines that break it
    count=$((count + 1))
    if [ -z "$2" ]; then echo "ok $count - $1"; else
        echo "not ok $count - $1"
        printf '%s\n' "$2" >&2
    fi
}

code() { # an expression, then folders and grep's options: where C has it, not in comments
    grep -rnE "$@" --include='*.[ch]' 2>/dev/null | sed 's,//.*,,' | grep -E "$1"
}

folder() { # NAME, the allowed beginnings of its includes, options
    report "$1 includes only what stands below it" \
        "$(code '#[[:space:]]*include[[:space:]]*"' "$1" "${@:3}" | grep -vE "\"($2)")"
}

door() { # LIBRARY, its headers, the files that may include them
    report "$1 comes in by $3 only" \
        "$(code "#[[:space:]]*include[[:space:]]*[<\"]($2)" app audio midi model thread ui |
            grep -vE "^($3)")"
}

# The parts of the desktop are the headers that desktop_parts.h includes. A part's files are
# those whose names begin with the part's name.
strangers() {
    local part
    for part in desktop desktop_parts $(sed -n 's,^#include "app/desktop/\(.*\)\.h".*,\1,p' \
        app/desktop/desktop_parts.h); do
        code "#[[:space:]]*include[[:space:]]*\"app/desktop/$part\.h\"" app/desktop |
            grep -vE "^app/desktop/(desktop|$part)[_.]"
    done
}

rules() {
    # From the lowest folder to the highest. Without an option a rule holds for the folders
    # inside too.
    folder thread 'thread/'
    folder midi 'midi/[^/]*"|thread/references\.h' --exclude-dir={analysis,smf}
    folder midi/smf 'midi/([^/]*"|smf/)'
    folder midi/analysis 'midi/([^/]*"|analysis/)'
    folder model/kernels 'model/(kernels/|real\.h|files/memory\.h)'
    folder model/files 'model/(files/|[^/]*")'
    folder model/layers 'model/((config|parameters|real)\.h|kernels/|files/memory\.h|layers/)'
    folder model/recall 'model/([^/]*"|kernels/|files/|layers/|recall/)'
    folder model 'model/([^/]*"|kernels/|files/|layers/|recall/)' --exclude-dir={kernels,files,generate,layers,recall,train}
    folder model/generate 'model/([^/]*"|kernels/|files/|layers/|recall/|generate/)|thread/references\.h'
    folder model/train/data 'model/([^/]*"|kernels/|files/|layers/|train/data/)'
    folder model/train/optimizer 'model/([^/]*"|kernels/|files/|train/optimizer/)'
    folder model/train 'model/'
    folder audio 'audio/[^/]*"|midi/(event|performance)\.h' --exclude-dir={devices,files,ports}
    folder audio/files 'audio/([^/]*"|files/)|midi/(event|performance)\.h'
    folder audio/devices 'audio/([^/]*"|devices/)|thread/'
    folder audio/ports 'audio/([^/]*"|devices/|ports/)|midi/performance\.h|thread/'
    folder ui/drawing 'ui/drawing/'
    folder ui/toolkit 'ui/(drawing|toolkit)/'
    local ui='ui/([^/]*"|drawing/|toolkit/)' midi='midi/(bars|performance|file_name)\.h'
    folder ui/cards "ui/cards/|$ui|$midi"
    folder ui/roll "ui/roll/|$ui|$midi"
    folder ui/panels "ui/(roll|panels)/|$ui|$midi"
    folder ui "ui/|$midi"
    folder app/base 'app/base/|midi/|model/'
    folder app/sound 'app/(base|sound)/|audio/|midi/|model/files/'
    local generation='app/base/|app/generation/[^/]*"|midi/|model/|thread/references\.h'
    folder app/generation/choice "app/generation/choice/|$generation"
    folder app/generation "$generation" --exclude-dir=choice
    folder app/document 'app/(base|generation|document)/|midi/|model/|thread/'
    folder app/data 'app/(base|data)/|midi/|model/'
    local evaluation='app/(base|generation|data)/|app/evaluation/[^/]*"|midi/|model/'
    folder app/evaluation/likelihood "app/evaluation/likelihood/|$evaluation"
    folder app/evaluation/music "app/evaluation/music/|$evaluation"
    folder app/evaluation "$evaluation" --exclude-dir={likelihood,music}
    local commands='app/(base|sound|generation|data|evaluation)/|app/commands\.h|audio/|midi/|model/'
    folder app/commands/train "app/commands/train/|$commands"
    folder app/commands "app/commands/[^/]*\"|$commands" --exclude-dir=train
    local desktop='app/(base|sound|generation|document)/|app/data/repertoire\.h|audio/|midi/|model/|thread/|ui/'
    folder app/desktop/playing "app/desktop/(playing/|choices\.h)|$desktop"
    folder app/desktop/piece "app/desktop/(playing/|piece/|choices\.h)|$desktop"
    folder app/desktop/writing "app/desktop/(playing/|writing/|choices\.h)|$desktop"
    folder app/desktop "app/desktop/|$desktop"
    folder app 'app/|audio/|midi/|model/|thread/|ui/'
    report 'no part of the desktop includes another' "$(strangers)"
    door libsmf 'smf\.h' midi/smf/smf_save.c
    door FluidSynth 'fluidsynth' 'audio/(synth|ports/midi_input)\.c'
    door libsndfile 'sndfile' audio/files/sound_file.c
    door PortAudio 'portaudio|pa_linux' audio/devices/device_portaudio.c
    door ALSA 'alsa/' 'audio/(devices/device_portaudio|ports/midi_(ports|send)_alsa)\.c'
    door JACK 'jack/' 'audio/(devices/(jack_clients\.[ch]|device_jack\.c)|ports/midi_(ports|send)_jack\.c)'
    door SDL 'SDL' ui/
    door SDL_ttf 'SDL_ttf' 'ui/drawing/font(_faces)?\.[ch]'
    door fontconfig 'fontconfig/' ui/drawing/font_files.c
    door OpenBLAS 'cblas|openblas' model/kernels/gemm_openblas.c
    door GIO 'gio/' 'app/(base/deflate|desktop/portal)\.c'
    door MPI 'mpi\.h' model/train/ranks_mpi.c
    report 'only app prints and exits' "$(code \
        '\<((v?printf|puts|putchar|perror|g_print(err)?|_?exit) *\(|stdout\>|stderr\>)' \
        audio midi model thread ui)"
}

breaks() { # FILE LINE
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "$2" >"$1"
}

break_every_rule() {
    breaks thread/a.c '#include "midi/performance.h"'
    breaks midi/a.c '#include "midi/analysis/loop.h"'
    breaks midi/smf/a.c '#include "midi/analysis/loop.h"'
    breaks midi/analysis/a.c '#include "model/files/model.h"'
    breaks model/kernels/a.c '#include "model/layers/layers.h"'
    breaks model/layers/a.c '#include "model/block.h"'
    breaks model/files/a.c '#include "model/kernels/pool.h"'
    breaks model/recall/a.c '#include "model/generate/session.h"'
    breaks model/a.c '#include "model/train/trainer.h"'
    breaks model/generate/a.c '#include "model/train/trainer.h"'
    breaks model/train/data/a.c '#include "model/train/trainer.h"'
    breaks model/train/optimizer/a.c '#include "model/train/data/corpus.h"'
    breaks model/train/a.c '#include "midi/tokenizer.h"'
    breaks audio/a.c '#include "audio/devices/output.h"'
    breaks audio/files/a.c '#include "audio/devices/output.h"'
    breaks audio/devices/a.c '#include "audio/ports/midi_input.h"'
    breaks audio/ports/a.c '#include "midi/tokenizer.h"'
    breaks ui/drawing/a.h '#  include "ui/toolkit/gui.h"'
    breaks ui/toolkit/a.h '#  include "ui/view.h"'
    breaks ui/cards/a.h '#  include "ui/roll/roll.h"'
    breaks ui/roll/a.h '#  include "ui/panels/panels.h"'
    breaks ui/panels/a.h '#  include "ui/cards/card.h"'
    breaks ui/a.h '#  include "app/base/messages.h"'
    breaks app/base/a.c '#include "app/generation/prompt.h"'
    breaks app/sound/a.c '#include "app/generation/prompt.h"'
    breaks app/generation/choice/a.c '#include "app/document/take.h"'
    breaks app/generation/a.c '#include "app/generation/choice/choice.h"'
    breaks app/document/a.c '#include "app/data/repertoire.h"'
    breaks app/data/a.c '#include "app/generation/prompt.h"'
    breaks app/evaluation/likelihood/a.c '#include "app/evaluation/music/form.h"'
    breaks app/evaluation/music/a.c '#include "app/evaluation/likelihood/evaluation.h"'
    breaks app/evaluation/a.c '#include "app/evaluation/music/form.h"'
    breaks app/commands/train/a.c '#include "app/commands/bench.h"'
    breaks app/commands/a.c '#include "app/desktop/playing/player.h"'
    breaks app/desktop/playing/a.c '#include "app/desktop/piece/piece.h"'
    breaks app/desktop/piece/a.c '#include "app/desktop/writing/writer.h"'
    breaks app/desktop/writing/a.c '#include "app/desktop/piece/piece.h"'
    breaks app/desktop/a.c '#include "app/commands/bench.h"'
    breaks app/desktop/desktop_parts.h '#include "app/desktop/piece/piece.h"'
    breaks app/desktop/playing/sound.c '#include "app/desktop/piece/piece.h"'
    breaks app/a.c '#include "cli.h"'
    breaks midi/smf/smf_read.c '#include <smf.h>'
    breaks audio/files/render.c '#include <fluidsynth/synth.h>'
    breaks audio/files/render.h '#include <sndfile.h>'
    breaks ui/output.c '#include <portaudio.h>'
    breaks audio/devices/output.c '#include <alsa/asoundlib.h>'
    breaks audio/engine.c '#include <jack/jack.h>'
    breaks app/window.c '#include <SDL2/SDL.h>'
    breaks ui/drawing/draw.c '#include <SDL_ttf.h>'
    breaks ui/drawing/font.c '#include <fontconfig/fontconfig.h>'
    breaks model/kernels/gemm_bf16.c '#include <cblas.h> // nothing but one product'
    breaks app/base/paths.c '#include <gio/gio.h>'
    breaks model/train/optimizer/optimizer.c '#include "mpi.h"'
    breaks audio/wav.c 'fprintf(stderr, "no WAV");'
}

rules
broken=$(mktemp -d) || exit 1
trap 'rm -rf "$broken"' EXIT
passed=$(cd "$broken" && break_every_rule && rules 2>/dev/null | sed -n '/^ok/p' ||
    echo 'it could not be made')
report 'a tree that breaks every rule passes none' "$passed"
echo "1..$count"
